import { InferenceError, toWire } from '../errors.ts';
import {
  type ChildContract,
  type ChildMessage,
  type HostMessage,
  hostMessageSchema,
  PROTOCOL_VERSION,
} from './protocol.ts';

/** One call as the child sees it. */
export interface ServedCall<Progress> {
  readonly signal: AbortSignal;
  onProgress(progress: Progress): void;
}

type Serve<Request, Progress, Result> = (request: Request, call: ServedCall<Progress>) => Promise<Result>;

type Outgoing = ChildMessage extends infer Message
  ? Message extends ChildMessage
    ? Omit<Message, 'version'>
    : never
  : never;

/** Run the process that holds a model: open it once, answer one call at a time, leave when the host is gone. Signals of
 * the terminal or the service manager are the host's to answer. */
export function serveChild<Settings, Request, Progress, Result>(
  contract: ChildContract<Settings, Request, Progress, Result>,
  open: (settings: Settings) => Promise<Serve<Request, Progress, Result>>,
): void {
  const cancellations = new Map<number, AbortController>();
  let serve: Serve<Request, Progress, Result> | undefined;

  async function start(settings: unknown): Promise<void> {
    try {
      serve = await open(contract.settings.parse(settings));
      send({ kind: 'ready' });
    } catch (error) {
      send({ kind: 'failed', error: toWire(error) });
    }
  }

  async function answer({ id, request }: Extract<HostMessage, { kind: 'call' }>): Promise<void> {
    const cancellation = new AbortController();
    cancellations.set(id, cancellation);
    try {
      if (!serve) throw new InferenceError('BUG', 'A call came before the model was open.');
      const result = await serve(contract.request.parse(request), {
        signal: cancellation.signal,
        onProgress: (progress) => send({ kind: 'progress', id, progress }),
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
        return start(message.settings);
      case 'call':
        return answer(message);
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
}

function send(message: Outgoing): void {
  process.send?.({ version: PROTOCOL_VERSION, ...message });
}
