import { z } from 'zod';
import type { InferenceError } from '../../errors.ts';
import { checkRequest } from '../check-request.ts';
import type { Engine, EngineDescription, EngineResult } from '../engine.ts';
import { type Answer, createRemoteClient, jsonOf, type RemoteClient } from './client.ts';
import { type FittedInputs, fitInputs } from './fit-inputs.ts';
import { fromBase64, readPicture } from './picture.ts';
import { labelOf, type PromptTemplate, writePrompt } from './prompt-template.ts';
import { rememberReadiness } from './readiness.ts';
import { remoteOptions, webAddress } from './remote-options.ts';
import { failureOfStatus } from './status.ts';
import { unmetWishes } from './unmet-wishes.ts';
import { aspectWarning, nearestAspect, wantedAspect } from './wanted-size.ts';

/** Google's Gemini API, or a server that speaks it. */
export const geminiSchema = z
  .strictObject({
    kind: z.literal('gemini'),
    ...remoteOptions,
    /** With its version, for example `https://generativelanguage.googleapis.com/v1beta`. */
    baseUrl: webAddress,
    model: z.string().regex(/^[\w.-]+$/, 'must be the name of a model'),
    /** `1K`, `2K`, `4K`, where the model knows them; they differ in price. */
    imageSize: z.enum(['1K', '2K', '4K']).optional(),
  })
  .readonly();
export type GeminiOptions = z.infer<typeof geminiSchema>;

/** Shapes that Gemini makes. */
const RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'].map((name) => {
  const [width = 1, height = 1] = name.split(':').map(Number);
  return { name, width, height };
});
/** A request may have 20 MB; base64 makes four bytes of three. */
const MAX_INPUT_BYTES = 14_000_000;

const partSchema = z.object({
  thought: z.boolean().optional(),
  inlineData: z.object({ data: z.string().min(1) }).optional(),
});
const answerSchema = z.object({
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(partSchema).optional() }).optional(),
        finishReason: z.string().optional(),
      }),
    )
    .optional(),
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
});
const errorSchema = z.object({
  error: z.object({
    status: z.string().optional(),
    details: z
      .array(
        z.looseObject({
          reason: z.string().optional(),
          retryDelay: z.string().optional(),
          violations: z.array(z.looseObject({ quotaId: z.string().optional() })).optional(),
        }),
      )
      .optional(),
  }),
});
const REFUSED = /SAFETY|PROHIBITED|BLOCKLIST|SPII|RECITATION/;

/** Pictures by POST /models/MODEL:generateContent, with the images inline. */
export function createGeminiEngine(options: GeminiOptions): Engine {
  const client = createRemoteClient({
    engine: options.id,
    baseUrl: options.baseUrl,
    apiKey: options.apiKey,
    keyHeader: 'x-goog-api-key',
    allowPrivate: options.allowPrivate,
    timeoutMs: options.timeoutMs,
  });
  const path = `models/${options.model}`;
  const description = describe(options);

  return {
    description,

    async render(request, { signal } = {}): Promise<EngineResult> {
      const started = performance.now();
      const checked = checkRequest(request, options.maxImages);
      const aspect = await wantedAspect(checked);
      const inputs = await fitInputs(checked.images, MAX_INPUT_BYTES);
      const answer = await client.sendPatiently({
        path: `${path}:generateContent`,
        method: 'POST',
        json: bodyOf(options, writePrompt(options.template, checked), inputs, aspect),
        signal,
        hasEffect: true,
        comeBackAfterMs: retryDelayOf,
      });
      if (answer.status !== 200) throw failureOf(client, answer);
      const picture = await readPicture(client, fromBase64(pictureOf(client, answer)));
      return {
        images: [picture],
        warnings: [
          ...inputs.warnings,
          ...unmetWishes(description, checked),
          ...aspectWarning({ width: picture.widthPx, height: picture.heightPx }, aspect),
        ],
        timingsMs: { total: performance.now() - started },
      };
    },

    ready: rememberReadiness(async () => {
      const answer = await client.send({ path, hasEffect: false, timeoutMs: 10_000 });
      if (answer.status !== 200) throw failureOf(client, answer);
    }),

    dispose: () => client.close(),
  };
}

function describe({ id, model, licence, attribution, maxImages, atOnce }: GeminiOptions): EngineDescription {
  return {
    id,
    model,
    licence,
    attribution,
    maxImages,
    defaultSteps: null,
    guidance: { kind: 'none', default: 1 },
    size: { rule: 'unknown', multiple: 1, native: [] },
    adapters: [],
    seed: false,
    cancel: false,
    progress: false,
    previews: false,
    atOnce,
  };
}

function bodyOf(options: GeminiOptions, prompt: string, { images }: FittedInputs, aspect: number | undefined) {
  const ratio = aspect === undefined ? undefined : nearestAspect(RATIOS, aspect)?.name;
  const imageConfig = {
    ...(ratio === undefined ? {} : { aspectRatio: ratio }),
    ...(options.imageSize === undefined ? {} : { imageSize: options.imageSize }),
  };
  const parts = [
    ...images.flatMap(({ bytes, contentType }, index) => [
      ...labelPart(options.template, index + 1),
      { inlineData: { mimeType: contentType, data: Buffer.from(bytes).toString('base64') } },
    ]),
    { text: prompt },
  ];
  return { contents: [{ role: 'user', parts }], generationConfig: { responseModalities: ['IMAGE'], imageConfig } };
}

function labelPart(template: PromptTemplate, position: number): readonly { readonly text: string }[] {
  const text = labelOf(template, position);
  return text === undefined ? [] : [{ text }];
}

/** The finished picture in base64: some models think in pictures before. */
function pictureOf(client: RemoteClient, answer: Answer): string {
  const { candidates = [], promptFeedback } = client.read(answer, answerSchema);
  if (promptFeedback?.blockReason !== undefined) throw client.failure('PROMPT_BLOCKED', 'request', answer);
  const parts = candidates.flatMap(({ content }) => content?.parts ?? []);
  const picture = parts.findLast(({ thought, inlineData }) => thought !== true && inlineData !== undefined)?.inlineData;
  if (picture !== undefined) return picture.data;
  if (candidates.some(({ finishReason = '' }) => REFUSED.test(finishReason)))
    throw client.failure('RESULT_BLOCKED', 'request', answer);
  throw client.failure('ENGINE_FAILED', 'empty', answer);
}

function failureOf(client: RemoteClient, answer: Answer): InferenceError {
  const { status = '', details = [] } = problemOf(answer);
  const reasons = details.map(({ reason }) => reason);
  if (reasons.includes('API_KEY_INVALID')) return client.failure('ENGINE_MISCONFIGURED', 'key', answer);
  // A place where the API is not offered, or an account without billing.
  if (status === 'FAILED_PRECONDITION') return client.failure('ENGINE_MISCONFIGURED', 'request', answer);
  const quotas = details.flatMap(({ violations = [] }) => violations.map(({ quotaId = '' }) => quotaId));
  if (quotas.some((quota) => /PerDay|PerMonth/i.test(quota))) return client.failure('ENGINE_QUOTA', 'status', answer);
  return failureOfStatus(client, answer);
}

/** Google says in the body when to come back. */
function retryDelayOf(answer: Answer): number | undefined {
  const delay = problemOf(answer).details?.find(({ retryDelay }) => retryDelay !== undefined)?.retryDelay ?? '';
  return /^\d+(?:\.\d+)?s$/.test(delay) ? Number.parseFloat(delay) * 1000 : undefined;
}

function problemOf(answer: Answer): z.infer<typeof errorSchema>['error'] {
  const parsed = errorSchema.safeParse(jsonOf(answer));
  return parsed.success ? parsed.data.error : {};
}
