import { z } from 'zod';
import { LIMITS, type RenderMode, renderModeSchema, SEEDS, type Wishes } from '../../core/domain.ts';
import type { EngineDescription } from '../../core/ports.ts';
import { ApiError, invalidParameter } from './api-error.ts';
import type { HttpApiDeps } from './deps.ts';

/** What a request asks for, checked. */
export interface PictureRequest {
  readonly mode: RenderMode;
  readonly text: string;
  readonly wishes: Wishes;
  /** Id of the engine that was chosen. */
  readonly engine?: string;
  /** As it was asked for: `1024x1024`. */
  readonly size?: string;
  readonly responseFormat?: 'b64_json' | 'url';
  /** What was asked for and makes no difference here; the answer says so. */
  readonly warnings: readonly string[];
}

export interface ParameterRules {
  /** `generations` takes no images, `edits` needs some, `jobs` takes either. */
  readonly endpoint: 'generations' | 'edits' | 'jobs';
  readonly imageCount: number;
  readonly engines: HttpApiDeps['engines'];
}

const SIZE = /^([1-9]\d{0,3})x([1-9]\d{0,3})$/;
const never = 'has no other value here';

/** Parameters of OpenAI's images API, and Easel's own `mode` and `seed`. Forms send numbers as text. */
const fieldsSchema = z.strictObject({
  prompt: z.string('must be text'),
  model: z.string('must be text').optional(),
  n: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(LIMITS.picturesPerMessage, `must be at most ${LIMITS.picturesPerMessage}`)
    .default(1),
  size: z
    .string('must be text')
    .refine((size) => size === 'auto' || SIZE.test(size), 'must be `auto` or like `1024x1024`')
    .default('auto'),
  response_format: z.enum(['b64_json', 'url'], 'must be `b64_json` or `url`').optional(),
  /** Whom the caller acts for; one key is one place in the queue. */
  user: z.string('must be text').optional(),
  mode: z.enum(renderModeSchema.options, 'must be `edit` or `generate`').optional(),
  seed: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(0, 'must not be negative')
    .max(SEEDS - 1, `must be at most ${SEEDS - 1}`)
    .optional(),

  quality: z.string('must be text').optional(),
  style: z.string('must be text').optional(),
  moderation: z.string('must be text').optional(),
  input_fidelity: z.string('must be text').optional(),
  output_compression: z.coerce.number('must be a number').optional(),

  background: z.enum(['auto', 'opaque'], `${never} than \`auto\` and \`opaque\``).optional(),
  output_format: z.enum(['png'], `${never} than \`png\``).optional(),
  partial_images: z.coerce.number('must be a number').max(0, `${never} than 0`).optional(),
  stream: z
    .union([z.boolean(), z.string()])
    .refine(
      (stream) => String(stream) === 'false',
      `${never} than \`false\`; POST /v1/jobs makes pictures beside the request`,
    )
    .optional(),
});

/** With which value nothing is wished, where a wish has no effect. */
const NOTHING: ReadonlyMap<string, string | number> = new Map<string, string | number>([
  ['quality', 'auto'],
  ['moderation', 'auto'],
  ['output_compression', 100],
]);

/**
 * @param fields as they came; null and empty count as absent.
 * @throws ApiError 400 naming the parameter that is unknown, wrong, or cannot be met; 404 for a model that there is not.
 */
export function readParameters(fields: Readonly<Record<string, unknown>>, rules: ParameterRules): PictureRequest {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== ''));
  if (given['prompt'] === undefined) throw missing('prompt', 'Say in `prompt` what to make.');
  const parsed = fieldsSchema.safeParse(given);
  if (!parsed.success) throw refusalOf(parsed.error);
  const { prompt, model, n, size, response_format: responseFormat, seed } = parsed.data;
  const engine = engineOf(model, rules.engines);
  if (rules.endpoint === 'jobs' && responseFormat !== undefined) {
    throw invalidParameter('response_format', 'unsupported_parameter', 'Ask for a format when you read the job.');
  }
  const aspect = aspectOf(size);
  return {
    mode: modeOf(parsed.data.mode, model === undefined ? rules.engines : [engine], rules),
    text: prompt,
    wishes: { count: n, ...(aspect === undefined ? {} : { aspect }), ...(seed === undefined ? {} : { seed }) },
    ...(model === undefined ? {} : { engine: model }),
    ...(size === 'auto' ? {} : { size }),
    ...(responseFormat === undefined ? {} : { responseFormat }),
    warnings: withoutEffect(parsed.data, engine).map((name) => `${name}: makes no difference here.`),
  };
}

function withoutEffect(
  { quality, style, moderation, input_fidelity, output_compression, seed }: z.infer<typeof fieldsSchema>,
  engine: EngineDescription,
): readonly string[] {
  const wishes = { quality, style, moderation, input_fidelity, output_compression };
  const wished = Object.entries(wishes).filter(([name, value]) => value !== undefined && value !== NOTHING.get(name));
  return [...wished.map(([name]) => name), ...(engine.seed || seed === undefined ? [] : ['seed'])];
}

function modeOf(
  asked: RenderMode | undefined,
  chosen: readonly EngineDescription[],
  { endpoint, imageCount }: ParameterRules,
): RenderMode {
  const maxImages = Math.max(...chosen.map((engine) => engine.maxImages));
  if (imageCount > maxImages) {
    const names = chosen.map(({ id }) => id).join(', ');
    const message = `${names}: up to ${maxImages} images at once; this request has ${imageCount}.`;
    throw invalidParameter('image', 'too_many_images', message);
  }
  if (endpoint === 'generations') {
    if (imageCount > 0) throw invalidParameter('image', 'unknown_parameter', 'Send images to /v1/images/edits.');
    if (asked === 'edit') throw invalidParameter('mode', 'invalid_value', 'An edit belongs to /v1/images/edits.');
    return 'generate';
  }
  const mode = asked ?? (imageCount > 0 ? 'edit' : 'generate');
  const needsImage = mode === 'edit' || endpoint === 'edits';
  if (needsImage && imageCount === 0) throw missing('image', 'Send at least one file as `image` or `image[]`.');
  return mode;
}

/** @throws ApiError 404 */
export function engineOf(model: string | undefined, engines: HttpApiDeps['engines']): EngineDescription {
  const engine = model === undefined ? engines[0] : engines.find(({ id }) => id === model);
  if (engine !== undefined) return engine;
  throw new ApiError({
    status: 404,
    type: 'invalid_request_error',
    code: 'model_not_found',
    param: 'model',
    message: `There is no model ${quote(model)} here. There are: ${engines.map(({ id }) => id).join(', ')}.`,
  });
}

/** `1536x1024` has the aspect `3:2`. */
function aspectOf(size: string): string | undefined {
  const [, width, height] = SIZE.exec(size) ?? [];
  if (width === undefined || height === undefined) return undefined;
  const divisor = greatestCommonDivisor(Number(width), Number(height));
  return `${Number(width) / divisor}:${Number(height) / divisor}`;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function refusalOf({ issues }: z.ZodError): ApiError {
  const [issue] = issues;
  if (issue?.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    return invalidParameter(name, 'unknown_parameter', `Unknown parameter: ${quote(name)}.`);
  }
  const name = String(issue?.path[0] ?? '');
  const code = issue?.message.startsWith(never) === true ? 'unsupported_value' : 'invalid_value';
  return invalidParameter(name, code, `The parameter \`${name}\` ${issue?.message ?? 'is wrong'}.`);
}

function missing(param: string, message: string): ApiError {
  return invalidParameter(param, 'missing_required_parameter', message);
}

function quote(text = ''): string {
  return JSON.stringify(text.slice(0, 100));
}
