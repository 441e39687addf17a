import { FormData } from 'undici';
import { z } from 'zod';
import type { InferenceError } from '../../errors.ts';
import { checkRequest } from '../check-request.ts';
import type { Engine, EngineDescription, EngineResult } from '../engine.ts';
import type { ImageRequest } from '../image-request.ts';
import { type Answer, createRemoteClient, jsonOf, type RemoteClient } from './client.ts';
import { contentTypeOf } from './fit-inputs.ts';
import { fromBase64, readPicture } from './picture.ts';
import { writePrompt } from './prompt-template.ts';
import { rememberReadiness } from './readiness.ts';
import { remoteOptions, webAddress } from './remote-options.ts';
import { failureOfStatus } from './status.ts';
import { unmetWishes } from './unmet-wishes.ts';
import { aspectWarning, sizeFor, sizeRuleSchema, wantedAspect } from './wanted-size.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** A server that speaks OpenAI's images API. */
export const openAiImagesSchema = z
  .strictObject({
    kind: z.literal('openai-images'),
    ...remoteOptions,
    /** With its version, for example `https://api.openai.com/v1`. */
    baseUrl: webAddress,
    model: z.string().min(1),
    size: sizeRuleSchema,
    /** How images travel. `image[]` and `image`: as files to /images/edits. `ref_images`: in base64 to /images/generations,
     * as LocalAI has it. */
    images: z.enum(['image[]', 'image', 'ref_images']).default('image[]'),
    /** Names of the fields that the server knows beside OpenAI's. Without a name the wish cannot be passed on. */
    fields: z.object({ seed: z.string(), steps: z.string(), guidance: z.string() }).partial().readonly().default({}),
    /** Whether the seed reaches the server in the template's `{seed}`. */
    seedInPrompt: z.boolean().default(false),
    defaultSteps: z.int().positive().optional(),
    /** Fields of every request, for example `{"quality": "medium"}`. */
    extra: z.record(z.string(), scalar).readonly().default({}),
  })
  .readonly();
export type OpenAiImagesOptions = z.infer<typeof openAiImagesSchema>;

const answerSchema = z.object({
  data: z
    .array(z.object({ b64_json: z.string().min(1).nullish(), url: z.string().min(1).nullish() }))
    .refine((data) => data.some((each) => (each.b64_json ?? each.url ?? '') !== '')),
});
/** Servers that speak the API put all sorts of things here. */
const word = z.union([z.string(), z.number()]).nullish().catch(null);
const errorSchema = z.object({ error: z.object({ code: word, type: word }) });

/** Pictures by POST /images/edits and /images/generations. */
export function createOpenAiImagesEngine(options: OpenAiImagesOptions): Engine {
  const client = createRemoteClient({
    engine: options.id,
    baseUrl: options.baseUrl,
    apiKey: options.apiKey,
    allowPrivate: options.allowPrivate,
    timeoutMs: options.timeoutMs,
  });

  async function ask(request: ImageRequest, size: string, signal: AbortSignal | undefined): Promise<Answer> {
    const fields = fieldsOf(options, request, size);
    const { images } = request;
    if (images.length > 0 && options.images !== 'ref_images') {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
      for (const [index, bytes] of images.entries()) form.append(options.images, fileOf(bytes), fileName(bytes, index));
      return await client.sendPatiently({ path: 'images/edits', method: 'POST', form, signal, hasEffect: true });
    }
    const references = images.map((bytes) => Buffer.from(bytes).toString('base64'));
    const json = { ...fields, ...(references.length === 0 ? {} : { ref_images: references }) };
    return await client.sendPatiently({ path: 'images/generations', method: 'POST', json, signal, hasEffect: true });
  }

  return {
    description: describe(options),

    async render(request, { signal } = {}): Promise<EngineResult> {
      const started = performance.now();
      const checked = checkRequest(request, options.maxImages);
      const aspect = await wantedAspect(checked);
      const size = sizeFor(options.size, aspect);
      const answer = await ask(checked, size === undefined ? '' : `${size.width}x${size.height}`, signal);
      if (answer.status !== 200) throw failureOf(client, answer);
      const { data } = client.read(answer, answerSchema);
      const made = data.find((each) => (each.b64_json ?? each.url ?? '') !== '');
      const bytes =
        made?.b64_json == null ? await client.fetchResult(made?.url ?? '', signal) : fromBase64(made.b64_json);
      const picture = await readPicture(client, bytes);
      const steps = options.fields.steps === undefined ? undefined : (checked.steps ?? options.defaultSteps);
      return {
        images: [picture],
        ...(steps === undefined ? {} : { steps }),
        warnings: [
          ...unmetWishes(describe(options), checked),
          ...aspectWarning({ width: picture.widthPx, height: picture.heightPx }, aspect),
        ],
        timingsMs: { total: performance.now() - started },
      };
    },

    ready: rememberReadiness(async () => {
      const answer = await client.send({ path: 'models', hasEffect: false, timeoutMs: 10_000 });
      // Servers without such a list, and keys that may only make pictures: they answer, and that is what was asked.
      if ([403, 404, 405].includes(answer.status)) return;
      if (answer.status !== 200) throw failureOf(client, answer);
      client.read(answer, z.looseObject({}));
    }),

    dispose: () => client.close(),
  };
}

function describe(options: OpenAiImagesOptions): EngineDescription {
  const { size } = options;
  return {
    id: options.id,
    model: options.model,
    licence: options.licence,
    attribution: options.attribution,
    maxImages: options.maxImages,
    defaultSteps: options.fields.steps === undefined ? null : (options.defaultSteps ?? null),
    guidance: { kind: 'none', default: 1 },
    size:
      size.rule === 'free'
        ? { rule: 'free', multiple: size.multiple, native: [] }
        : { rule: size.rule, multiple: 1, native: size.rule === 'listed' ? size.sizes : [] },
    adapters: [],
    seed: options.fields.seed !== undefined || options.seedInPrompt,
    cancel: false,
    progress: false,
    previews: false,
    atOnce: options.atOnce,
  };
}

function fieldsOf(
  options: OpenAiImagesOptions,
  request: ImageRequest,
  size: string,
): Record<string, string | number | boolean> {
  const { fields } = options;
  const steps = request.steps ?? options.defaultSteps;
  return {
    model: options.model,
    prompt: writePrompt(options.template, request),
    n: 1,
    ...(size === '' ? {} : { size }),
    ...options.extra,
    ...(fields.seed === undefined ? {} : { [fields.seed]: request.seed }),
    ...(fields.steps === undefined || steps === undefined ? {} : { [fields.steps]: steps }),
    ...(fields.guidance === undefined || request.guidance === undefined ? {} : { [fields.guidance]: request.guidance }),
  };
}

function fileOf(bytes: Uint8Array): Blob {
  return new Blob([Uint8Array.from(bytes)], { type: contentTypeOf(bytes) });
}

/** Some servers tell the format by the name. */
function fileName(bytes: Uint8Array, index: number): string {
  return `image-${index + 1}.${contentTypeOf(bytes).replace('image/', '').replace('jpeg', 'jpg')}`;
}

/** What the codes of OpenAI's API, and of those who speak it, mean for us. A 500 may come after the work was done. */
function failureOf(client: RemoteClient, answer: Answer): InferenceError {
  const parsed = errorSchema.safeParse(jsonOf(answer));
  const { code: name, type } = parsed.success ? parsed.data.error : {};
  const code = `${name ?? ''} ${type ?? ''}`;
  if (/moderation|content_policy|safety/.test(code)) return client.failure('PROMPT_BLOCKED', 'request', answer);
  if (/insufficient_quota|billing/.test(code)) return client.failure('ENGINE_QUOTA', 'status', answer);
  return failureOfStatus(client, answer);
}
