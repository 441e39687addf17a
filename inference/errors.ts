import { z } from 'zod';

/** Every way in which inference can fail. The meaning of each is one row of the table in `core/errors.ts`. */
export const INFERENCE_ERROR_CODES = [
  'MODEL_MISSING',
  'MODEL_INVALID',
  'SHAPE_MISMATCH',
  'NUMERIC_INVALID',
  'INFERENCE_OUT_OF_MEMORY',
  'INFERENCE_CHILD_DIED',
  'DEVICE_UNAVAILABLE',
  'CANCELLED',
  'INPUT_UNSUPPORTED_IMAGE',
  'INPUT_TOO_LARGE',
  'INPUT_INVALID',
  'ENGINE_UNAVAILABLE',
  'ENGINE_BUSY',
  'ENGINE_QUOTA',
  'ENGINE_MISCONFIGURED',
  'ENGINE_CANNOT',
  'ENGINE_FAILED',
  'PROMPT_BLOCKED',
  'RESULT_BLOCKED',
  'BUG',
] as const;

export type InferenceErrorCode = (typeof INFERENCE_ERROR_CODES)[number];

/** JSON-safe facts about a failure; never prompts, pixels or tensor data. */
export type InferenceErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

const wireSchema = z.object({
  code: z.enum(INFERENCE_ERROR_CODES),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** An InferenceError as it crosses a process boundary. */
export type WireInferenceError = Readonly<z.infer<typeof wireSchema>>;

// Class identity is lost between processes and duplicate packages, a registered symbol is not.
const brand = Symbol.for('easel.InferenceError');

/** A failure of inference: a code for programs, a sentence for people, facts for the log. */
export class InferenceError extends Error {
  readonly [brand] = true;
  readonly code: InferenceErrorCode;
  readonly details: InferenceErrorDetails;

  constructor(
    code: InferenceErrorCode,
    message: string,
    details: InferenceErrorDetails = {},
    options: ErrorOptions = {},
  ) {
    super(message, options);
    this.name = 'InferenceError';
    this.code = code;
    this.details = details;
  }
}

export function isInferenceError(value: unknown): value is InferenceError {
  return typeof value === 'object' && value !== null && brand in value;
}

/** Describe any thrown value for the wire; what is not an InferenceError becomes `BUG`. */
export function toWire(error: unknown): WireInferenceError {
  if (isInferenceError(error)) {
    return { code: error.code, message: error.message, details: { ...error.details } };
  }
  return { code: 'BUG', message: error instanceof Error ? error.message : String(error), details: {} };
}

/** Rebuild the error on the other side; a malformed message becomes `BUG` instead of a second failure. */
export function fromWire(wire: unknown): InferenceError {
  const parsed = wireSchema.safeParse(wire);
  if (!parsed.success) {
    return new InferenceError('BUG', 'The inference process sent an error that could not be read.');
  }
  return new InferenceError(parsed.data.code, parsed.data.message, parsed.data.details);
}
