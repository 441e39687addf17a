import { renderRequest } from '../engines/render-request.ts';
import { InferenceError, toWire } from '../errors.ts';
import { type ModelFolder, openModelFolder } from '../model-folder/open-model-folder.ts';
import { loadModel } from '../pipelines/load-model.ts';
import { createRenderPipeline, type RenderPipeline } from '../pipelines/render.ts';
import {
  type ChildMessage,
  type HostMessage,
  hostMessageSchema,
  PROTOCOL_VERSION,
  type StartMessage,
} from './protocol.ts';

// The entry of the forked process that runs the networks. It holds one model, renders one request at a time and
// leaves when the host is gone. Signals of the terminal or the service manager are the host's to answer.

interface Opened {
  readonly model: ModelFolder;
  readonly pipeline: RenderPipeline;
}

type Outgoing = ChildMessage extends infer Message
  ? Message extends ChildMessage
    ? Omit<Message, 'version'>
    : never
  : never;

const cancellations = new Map<number, AbortController>();
let opened: Opened | undefined;

function send(message: Outgoing): void {
  process.send?.({ version: PROTOCOL_VERSION, ...message });
}

async function start({ modelFolder, device, threads, cacheBytes }: StartMessage): Promise<void> {
  try {
    const model = openModelFolder(modelFolder);
    const loaded = await loadModel(model, { device, threads });
    opened = { model, pipeline: createRenderPipeline(loaded, { cacheBytes }) };
    send({ kind: 'ready' });
  } catch (error) {
    send({ kind: 'failed', error: toWire(error) });
  }
}

async function render({ id, request, previews }: Extract<HostMessage, { kind: 'render' }>): Promise<void> {
  const cancellation = new AbortController();
  cancellations.set(id, cancellation);
  try {
    if (!opened) throw new InferenceError('BUG', 'A render was asked for before the model was open.');
    const result = await renderRequest(opened.model, opened.pipeline, request, {
      signal: cancellation.signal,
      previews,
      onStep: (step) => send({ kind: 'step', id, ...step }),
    });
    send({ kind: 'done', id, result });
  } catch (error) {
    send({ kind: 'error', id, error: toWire(error) });
  } finally {
    cancellations.delete(id);
  }
}

async function receive(content: unknown): Promise<void> {
  const message = hostMessageSchema.parse(content);
  switch (message.kind) {
    case 'start':
      return start(message);
    case 'render':
      return render(message);
    case 'cancel':
      cancellations.get(message.id)?.abort();
  }
}

process.on('message', (content) => {
  // A message that cannot be read ends the process: the host reports its death and starts another.
  receive(content).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(70);
  });
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
