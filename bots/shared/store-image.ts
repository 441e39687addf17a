import { type InboundImage, LIMITS } from '../../core/domain.ts';
import { AppError, type ErrorCode, isAppError, toWire } from '../../core/errors.ts';
import type { Blobs, ImageIntake } from '../../core/ports.ts';
import { type LimitedBytes, readBytes } from './read-bytes.ts';

/** A picture on its way in. */
export interface ImageUpload {
  readonly origin: 'reply' | 'attachment' | 'link';
  /** As the person's device called it; only shown, never trusted. */
  readonly name?: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

const MEGABYTE = 1_000_000;
const NAME_CHARACTERS = 120;
/** Numbering fills in the image's number when it is known. */
const UNNUMBERED = 0;

/** Codes that say something about this picture; everything else is a failure of ours and is thrown. */
const PICTURE_CODES: ReadonlySet<ErrorCode> = new Set(['IMAGE_UNREADABLE', 'IMAGE_TOO_LARGE']);

/**
 * Read one picture with its byte limit, check and normalise it, and store it. A picture that cannot be used becomes a
 * failed image with its reason, so that it keeps its place and the others keep their numbers.
 * @throws AppError STORE_UNAVAILABLE, CANCELLED
 */
export async function storeImage(
  { intake, blobs }: { readonly intake: ImageIntake; readonly blobs: Blobs },
  upload: ImageUpload,
  { signal }: { readonly signal: AbortSignal },
): Promise<InboundImage> {
  const about = {
    origin: upload.origin,
    ...(upload.name === undefined ? {} : { name: upload.name.slice(0, NAME_CHARACTERS) }),
  };
  const read = await readBytes(upload.chunks, LIMITS.imageBytes);
  try {
    const { bytes, contentType, widthPx, heightPx } = await intake.normalise(requireSize(read), { signal });
    const blob = await blobs.put(bytes, contentType);
    return { status: 'ready', ...about, blob, widthPx, heightPx };
  } catch (error) {
    if (isAppError(error) && PICTURE_CODES.has(error.code))
      return { status: 'failed', ...about, reason: toWire(error) };
    throw error;
  }
}

function requireSize(read: LimitedBytes): Uint8Array {
  if (read.kind === 'complete') return read.bytes;
  const size = `${Math.ceil(read.sizeBytes / MEGABYTE)} MB`;
  throw new AppError('IMAGE_TOO_LARGE', { number: UNNUMBERED, size });
}
