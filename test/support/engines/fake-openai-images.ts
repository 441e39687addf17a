import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { type Fault, json, type Reply, readForm, startHttpFake, withFault } from './http-fake.ts';
import { paint } from './paint.ts';

export interface FakeOpenAiOptions {
  /** Absent: any, or none. */
  readonly key?: string;
  /** How a picture comes back. A `url` is an address of this server, unless `resultUrl` says where. */
  readonly answer?: 'b64_json' | 'url';
  readonly resultUrl?: (path: string) => string;
  /** Whether the server knows a field `seed`, as vLLM-Omni and SGLang do. */
  readonly seed?: boolean;
  /** Whether images travel in `ref_images` to /images/generations, as with LocalAI. */
  readonly refImages?: boolean;
}

/** One request as it arrived. */
export interface OpenAiCall {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
  readonly images: readonly Uint8Array[];
}

const MAX_IMAGES = 16;
const generationSchema = z.looseObject({ prompt: z.string().min(1), ref_images: z.array(z.string()).optional() });

/** A server of OpenAI's images API: GET /v1/models, POST /v1/images/generations (JSON) and /v1/images/edits (multipart with
 * repeated `image[]`), its errors included. A request may be met by a fault that was put in line before. */
export async function startFakeOpenAiImages(options: FakeOpenAiOptions = {}) {
  const calls: OpenAiCall[] = [];
  const faults: Fault[] = [];
  const results = new Map<string, Buffer>();
  let made = 0;

  async function handle(request: IncomingMessage, body: Buffer, gone: AbortSignal): Promise<Reply> {
    const { method, headers } = request;
    const path = new URL(request.url ?? '/', 'http://fake').pathname;
    const stored = results.get(path);
    if (method === 'GET' && stored !== undefined) {
      const isOpen = headers.authorization === undefined;
      return isOpen
        ? { status: 200, body: stored, headers: { 'content-type': 'image/png' } }
        : problem(400, 'key_sent', 'A signed address takes no key.');
    }
    if (options.key !== undefined && headers.authorization !== `Bearer ${options.key}`) {
      const shown = (headers.authorization ?? '').replace('Bearer ', '');
      return problem(401, 'invalid_api_key', `Incorrect API key provided: ${shown}.`);
    }
    if (method === 'GET' && path === '/v1/models')
      return json(200, { object: 'list', data: [{ id: 'fake', object: 'model' }] });
    if (method !== 'POST' || !/^\/v1\/images\/(?:edits|generations)$/.test(path))
      return problem(404, null, 'Not found.');

    const call = path.endsWith('edits') ? await readEdit(request, body) : readGeneration(body);
    if ('status' in call) return call;
    calls.push({ path, authorization: headers.authorization, ...call });
    const fault = faults.shift();
    if (fault?.kind === 'answer') return await withFault(fault, problem(500, null, ''), gone);
    const picture = await paintCall(call);
    made += 1;
    return await withFault(fault, answerWith(fault, picture), gone);
  }

  async function readEdit(
    request: IncomingMessage,
    body: Buffer,
  ): Promise<Omit<OpenAiCall, 'path' | 'authorization'> | Reply> {
    if (options.refImages === true) return problem(404, null, 'Not found.');
    const form = await readForm(request, body);
    const fields: Record<string, string> = {};
    const images: Uint8Array[] = [];
    for (const [name, value] of form) {
      if (typeof value === 'string') fields[name] = value;
      else if (name === 'image[]' || name === 'image') {
        if (!/^image\/(?:png|jpeg|webp)$/.test(value.type))
          return problem(400, 'invalid_image', 'Unsupported mimetype.');
        images.push(new Uint8Array(await value.arrayBuffer()));
      } else return problem(400, 'unknown_parameter', `Unknown parameter: '${name}'.`);
    }
    if (images.length === 0) return problem(400, 'missing_required_parameter', "Missing required parameter: 'image'.");
    if (images.length > MAX_IMAGES) return problem(400, 'too_many_images', 'At most 16 images.');
    return checked(fields, images);
  }

  function readGeneration(body: Buffer): Omit<OpenAiCall, 'path' | 'authorization'> | Reply {
    const parsed = generationSchema.safeParse(JSON.parse(body.toString('utf8')));
    if (!parsed.success) return problem(400, 'invalid_request', "Missing required parameter: 'prompt'.");
    const { ref_images: references = [], ...rest } = parsed.data;
    if (references.length > 0 && options.refImages !== true) {
      return problem(400, 'unknown_parameter', "Unknown parameter: 'ref_images'.");
    }
    const fields = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]));
    return checked(
      fields,
      references.map((text) => Buffer.from(text, 'base64')),
    );
  }

  /** OpenAI refuses what it does not know, and that a size is anything but auto or WIDTHxHEIGHT. */
  function checked(fields: Readonly<Record<string, string>>, images: readonly Uint8Array[]) {
    const known = ['model', 'prompt', 'n', 'size', 'quality', ...(options.seed === true ? ['seed'] : [])];
    const unknown = Object.keys(fields).find((name) => !known.includes(name));
    if (unknown !== undefined) return problem(400, 'unknown_parameter', `Unknown parameter: '${unknown}'.`);
    if (!/^(?:auto|\d+x\d+)$/.test(fields['size'] ?? 'auto')) return problem(400, 'invalid_value', 'Invalid size.');
    if ((fields['prompt'] ?? '') === '') return problem(400, 'missing_required_parameter', "Missing: 'prompt'.");
    return { fields, images };
  }

  /** A sixteenth of the size that was asked for keeps tests quick; the shape is the same. */
  function paintCall({ fields, images }: Pick<OpenAiCall, 'fields' | 'images'>): Promise<Buffer> {
    const [width = 1024, height = 1024] = (fields['size'] ?? '').split('x').map(Number).filter(Number.isFinite);
    // Without a seed every picture is another one.
    const seed = options.seed === true ? Number(fields['seed'] ?? 0) : made;
    return paint({ images, prompt: fields['prompt'] ?? '', seed, width: width / 16, height: height / 16 });
  }

  function answerWith(fault: Fault | undefined, picture: Buffer): Reply {
    if (fault?.kind === 'empty') return json(200, { created: 1, data: [] });
    const bytes = fault?.kind === 'no-picture' ? Buffer.from('{"detail":"not a picture"}') : picture;
    if (options.answer !== 'url') return json(200, { created: 1, data: [{ b64_json: bytes.toString('base64') }] });
    const path = `/results/${made}.png`;
    results.set(path, bytes);
    return json(200, { created: 1, data: [{ url: options.resultUrl?.(path) ?? `${fake.url}${path}` }] });
  }

  const fake = await startHttpFake(handle);
  return {
    ...fake,
    baseUrl: `${fake.url}/v1`,
    calls,
    /** Pictures that were made, and would be charged. */
    made: () => made,
    failNext: (...next: readonly Fault[]) => faults.push(...next),
  };
}

function problem(
  status: number,
  code: string | null,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return json(status, { error: { message, type: 'invalid_request_error', param: null, code } }, headers);
}
