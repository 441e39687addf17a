import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setImmediate as breathe } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { type Fault, json, type Reply, readForm, startHttpFake, withFault } from './http-fake.ts';
import { paint, plainPicture } from './paint.ts';

const linkSchema = z.tuple([z.string(), z.int()]);
const graphSchema = z.record(
  z.string(),
  z.looseObject({ class_type: z.string(), inputs: z.record(z.string(), z.unknown()) }),
);
type Graph = z.infer<typeof graphSchema>;
const promptSchema = z.object({ prompt: graphSchema, client_id: z.string().optional() });

/** Kinds of nodes that are "installed", with the inputs that each needs. */
const NODES: Readonly<Record<string, readonly string[]>> = {
  LoadImage: ['image'],
  CLIPTextEncode: ['text'],
  EditSampler: ['positive', 'seed', 'steps', 'width', 'height'],
  SaveImage: ['images'],
};

export interface FakeComfyOptions {
  /** Called before each step; a test waits here until it wants the next one to happen. */
  readonly beforeStep?: (step: number) => Promise<void> | void;
}

/** One workflow as it was queued. */
export interface ComfyCall {
  readonly promptId: string;
  readonly graph: Graph;
  readonly images: readonly Uint8Array[];
}

interface Queued extends ComfyCall {
  readonly clientId: string;
  isInterrupted: boolean;
}

/** ComfyUI's API: /upload/image, /prompt, /queue, /interrupt, /history, /view, /object_info and the socket with its JSON events
 * and binary previews. It works on one prompt after the other. */
export async function startFakeComfyUi({ beforeStep }: FakeComfyOptions = {}) {
  const calls: ComfyCall[] = [];
  const faults: Fault[] = [];
  const uploads = new Map<string, Uint8Array>();
  const results = new Map<string, Buffer>();
  const history = new Map<string, object>();
  const sockets = new Map<string, WebSocket>();
  const pending: Queued[] = [];
  let running: Queued | undefined;
  let made = 0;

  async function handle(request: IncomingMessage, body: Buffer, gone: AbortSignal): Promise<Reply> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake');
    const [, first = '', second = ''] = pathname.split('/');
    switch (`${request.method} /${first}`) {
      case 'POST /upload':
        return await upload(await readForm(request, body));
      case 'POST /prompt':
        return await queue(promptSchema.parse(JSON.parse(body.toString('utf8'))), gone);
      case 'GET /queue':
        return json(200, {
          queue_running: running === undefined ? [] : [itemOf(running)],
          queue_pending: pending.map(itemOf),
        });
      case 'POST /queue': {
        const gone = z.object({ delete: z.array(z.string()) }).parse(JSON.parse(body.toString('utf8'))).delete;
        for (const id of gone) pending.splice(0, pending.length, ...pending.filter((each) => each.promptId !== id));
        return { status: 200, body: '' };
      }
      case 'POST /interrupt': {
        const { prompt_id: id } = z
          .object({ prompt_id: z.string().optional() })
          .parse(JSON.parse(body.toString('utf8')));
        if (running !== undefined && (id === undefined || id === running.promptId)) running.isInterrupted = true;
        return { status: 200, body: '' };
      }
      case 'GET /history':
        return json(200, history.has(second) ? { [second]: history.get(second) } : {});
      case 'GET /view':
        return await view(searchParams, gone);
      case 'GET /object_info':
        return json(200, second in NODES ? { [second]: { input: { required: {} } } } : {});
      default:
        return { status: 404, body: '404: Not Found', headers: { 'content-type': 'text/plain' } };
    }
  }

  async function upload(form: FormData): Promise<Reply> {
    const image = form.get('image');
    if (!(image instanceof File)) return { status: 400, body: '' };
    uploads.set(image.name, new Uint8Array(await image.arrayBuffer()));
    return json(200, { name: image.name, subfolder: '', type: form.get('type') ?? 'input' });
  }

  async function queue(
    { prompt: graph, client_id: clientId = '' }: z.infer<typeof promptSchema>,
    gone: AbortSignal,
  ): Promise<Reply> {
    if (faults[0]?.kind === 'answer') return await withFault(faults.shift(), json(500, {}), gone);
    const problem = problemOf(graph);
    if (problem !== undefined)
      return json(400, { error: { type: 'prompt_outputs_failed_validation', ...problem }, node_errors: {} });
    const promptId = randomUUID();
    const queued: Queued = { promptId, clientId, graph, images: imagesOf(graph), isInterrupted: false };
    calls.push(queued);
    pending.push(queued);
    if (running === undefined) void work();
    return json(200, { prompt_id: promptId, number: calls.length, node_errors: {} });
  }

  function problemOf(graph: Graph): { readonly message: string } | undefined {
    for (const { class_type: kind, inputs } of Object.values(graph)) {
      const needed = NODES[kind];
      if (needed === undefined) return { message: `Node type ${kind} not found` };
      const missing = needed.find((name) => !(name in inputs));
      if (missing !== undefined) return { message: `Required input is missing: ${missing}` };
      const broken = Object.values(inputs).find((value) => {
        const link = linkSchema.safeParse(value);
        return link.success && graph[link.data[0]] === undefined;
      });
      if (broken !== undefined) return { message: 'Bad linked input' };
      if (kind === 'LoadImage' && !uploads.has(String(inputs['image']))) return { message: 'Invalid image file' };
    }
    return undefined;
  }

  function imagesOf(graph: Graph): readonly Uint8Array[] {
    const sampler = samplerOf(graph).inputs;
    return ['image1', 'image2', 'image3'].flatMap((name) => {
      const link = linkSchema.safeParse(sampler[name]);
      const file = link.success ? String(graph[link.data[0]]?.inputs['image']) : '';
      return uploads.get(file) ?? [];
    });
  }

  async function work(): Promise<void> {
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      running = next;
      await execute(next);
      running = undefined;
    }
  }

  async function execute(queued: Queued): Promise<void> {
    const { promptId, graph, images } = queued;
    const [sampler] = nodesOf(graph, 'EditSampler');
    const [output] = nodesOf(graph, 'SaveImage');
    const inputs = samplerOf(graph).inputs;
    const steps = Number(inputs['steps']);
    const fault = faults.shift();
    tell(queued, 'execution_start', {});
    if (fault?.kind === 'cut') sockets.get(queued.clientId)?.terminate();
    for (let step = 1; step <= steps; step += 1) {
      await beforeStep?.(step);
      await breathe();
      if (fault?.kind === 'silence')
        await new Promise<void>((resolve) => stopped.signal.addEventListener('abort', () => resolve()));
      if (queued.isInterrupted) return end(queued, 'execution_interrupted', 'error', {});
      if (fault?.kind === 'status-after-effect' && step === steps) {
        return end(queued, 'execution_error', 'error', {
          exception_type: 'RuntimeError',
          exception_message: 'mat1 and mat2',
        });
      }
      await sendPreview(queued);
      tell(queued, 'progress', { node: sampler, value: step, max: steps });
    }
    const { width, height, seed, positive } = inputs;
    const prompt = String(graph[String(linkSchema.parse(positive)[0])]?.inputs['text']);
    made += 1;
    const filename = `ComfyUI_${made}.png`;
    const size = { width: Number(width) / 16, height: Number(height) / 16 };
    results.set(filename, await paint({ images, prompt, seed: Number(seed), ...size }));
    if (fault?.kind === 'no-picture') results.set(filename, Buffer.from('not a picture'));
    const file = { filename, subfolder: '', type: 'output' };
    const outputs = fault?.kind === 'empty' ? {} : { [output ?? '']: { images: [file] } };
    history.set(promptId, { outputs, status: { status_str: 'success', completed: true, messages: [] } });
    if (fault?.kind === 'huge' || fault?.kind === 'html') faults.unshift(fault);
    tell(queued, 'executing', { node: null });
    tell(queued, 'execution_success', {});
  }

  function end(queued: Queued, type: string, status: string, data: object): void {
    history.set(queued.promptId, {
      outputs: {},
      status: { status_str: status, completed: false, messages: [[type, data]] },
    });
    tell(queued, type, data);
  }

  async function view(query: URLSearchParams, gone: AbortSignal): Promise<Reply> {
    const stored = results.get(query.get('filename') ?? '');
    if (stored === undefined || query.get('type') !== 'output') return { status: 404, body: '' };
    return await withFault(
      faults.shift(),
      { status: 200, body: stored, headers: { 'content-type': 'image/png' } },
      gone,
    );
  }

  function tell({ clientId, promptId }: Queued, type: string, data: object): void {
    sockets.get(clientId)?.send(JSON.stringify({ type, data: { ...data, prompt_id: promptId } }));
  }

  /** uint32 1 (preview), uint32 2 (PNG), the picture. */
  async function sendPreview({ clientId }: Queued): Promise<void> {
    const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 2]);
    sockets.get(clientId)?.send(Buffer.concat([header, await plainPicture([9, 9, 9], 8, 8)]));
  }

  const stopped = new AbortController();
  const fake = await startHttpFake(handle);
  const socketServer = new WebSocketServer({ server: fake.server, path: '/ws' });
  socketServer.on('connection', (socket, request) => {
    const clientId = new URL(request.url ?? '/', 'http://fake').searchParams.get('clientId') ?? '';
    sockets.set(clientId, socket);
    socket.send(
      JSON.stringify({ type: 'status', data: { status: { exec_info: { queue_remaining: 0 } }, sid: clientId } }),
    );
  });
  return {
    ...fake,
    baseUrl: fake.url,
    calls,
    made: () => made,
    /** What waits or runs. */
    open: () => [...(running === undefined ? [] : [running.promptId]), ...pending.map(({ promptId }) => promptId)],
    failNext: (...next: readonly Fault[]) => faults.push(...next),
    async stop(): Promise<void> {
      stopped.abort();
      for (const socket of socketServer.clients) socket.terminate();
      socketServer.close();
      await fake.stop();
    },
  };
}

function itemOf({ promptId, graph }: Queued): readonly unknown[] {
  return [1, promptId, graph, {}, []];
}

function nodesOf(graph: Graph, kind: string): readonly string[] {
  return Object.entries(graph).flatMap(([id, node]) => (node.class_type === kind ? [id] : []));
}

function samplerOf(graph: Graph): Graph[string] {
  const sampler = graph[nodesOf(graph, 'EditSampler')[0] ?? ''];
  if (sampler === undefined) throw new Error('the workflow has no sampler');
  return sampler;
}

/** A workflow in API form for this server: up to three images. */
export function comfyWorkflow(): object {
  return {
    '1': { class_type: 'LoadImage', inputs: { image: 'example.png' }, _meta: { title: 'Easel image 1 optional' } },
    '2': { class_type: 'LoadImage', inputs: { image: 'example.png' }, _meta: { title: 'Easel image 2 optional' } },
    '3': { class_type: 'LoadImage', inputs: { image: 'example.png' }, _meta: { title: 'Easel image 3 optional' } },
    '4': { class_type: 'CLIPTextEncode', inputs: { text: 'a cat' }, _meta: { title: 'Easel prompt' } },
    '5': {
      class_type: 'EditSampler',
      inputs: {
        positive: ['4', 0],
        seed: 1,
        steps: 4,
        width: 1024,
        height: 1024,
        image1: ['1', 0],
        image2: ['2', 0],
        image3: ['3', 0],
      },
      _meta: { title: 'Easel seed, steps, width, height' },
    },
    '6': {
      class_type: 'SaveImage',
      inputs: { images: ['5', 0], filename_prefix: 'easel' },
      _meta: { title: 'Easel output' },
    },
  };
}
