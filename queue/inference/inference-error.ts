import { AppError, asAppError } from '../../core/errors.ts';
import { type InferenceError, isInferenceError } from '../../inference/index.ts';

/** What inference threw, as the error that the rest of Easel knows. An image's number is filled in where it is known. */
export function fromInferenceError(error: unknown): AppError {
  if (!isInferenceError(error)) return asAppError(error);
  const options = { cause: error, details: error.details };
  switch (error.code) {
    case 'MODEL_MISSING':
    case 'MODEL_INVALID':
      return new AppError('MODEL_INVALID', modelProblem(error), options);
    case 'DEVICE_UNAVAILABLE': {
      const { device, reason } = error.details;
      return new AppError('DEVICE_UNAVAILABLE', { device: String(device), reason: String(reason) }, options);
    }
    case 'INPUT_UNSUPPORTED_IMAGE':
      return new AppError('IMAGE_UNREADABLE', { number: 0, format: formatOf(error) }, options);
    case 'INPUT_TOO_LARGE':
      return new AppError('IMAGE_TOO_LARGE', { number: 0, size: sizeOf(error) }, options);
    case 'ENGINE_BUSY':
    case 'ENGINE_QUOTA':
    case 'ENGINE_MISCONFIGURED':
    case 'ENGINE_FAILED':
      return new AppError(error.code, { engine: String(error.details['engine']) }, options);
    case 'ENGINE_CANNOT': {
      const { engine, count, accepted } = error.details;
      return new AppError(
        'ENGINE_CANNOT',
        { engine: String(engine), count: Number(count), accepted: String(accepted) },
        options,
      );
    }
    // Requests are checked before they reach an engine: what it still refuses is a mistake of ours.
    case 'INPUT_INVALID': {
      const { images: count, maxImages: limit } = error.details;
      if (typeof count === 'number' && typeof limit === 'number')
        return new AppError('TOO_MANY_IMAGES', { limit, count }, options);
      return new AppError('BUG', {}, options);
    }
    case 'BUG':
      return new AppError('BUG', {}, options);
    case 'SHAPE_MISMATCH':
    case 'NUMERIC_INVALID':
    case 'INFERENCE_OUT_OF_MEMORY':
    case 'INFERENCE_CHILD_DIED':
    case 'CANCELLED':
    case 'ENGINE_UNAVAILABLE':
    case 'PROMPT_BLOCKED':
    case 'RESULT_BLOCKED':
      return new AppError(error.code, {}, options);
  }
}

/** Messages about a model begin with the file and end with a full stop; the sentence for people brings both itself. */
function modelProblem({ message, details }: InferenceError): { readonly file: string; readonly expected: string } {
  const file = String(details['file'] ?? 'weights');
  const expected = message.startsWith(`${file} `) ? message.slice(file.length + 1) : message;
  return { file, expected: expected.replace(/\.$/, '') };
}

function formatOf({ details }: InferenceError): string {
  return String(details['format'] ?? 'damaged, or not a picture');
}

function sizeOf({ details }: InferenceError): string {
  const { bytes, width, height } = details;
  return bytes === undefined ? `${width} × ${height} pixels` : `${Math.ceil(Number(bytes) / 1_000_000)} MB`;
}
