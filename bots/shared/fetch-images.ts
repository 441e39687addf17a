import { type InboundImage, LIMITS } from '../../core/domain.ts';
import { AppError, type ErrorCode, isAppError, toWire } from '../../core/errors.ts';
import type { Blobs, ImageIntake } from '../../core/ports.ts';
import { tooLarge } from './download.ts';
import { storeImage } from './store-image.ts';

/** A picture of a message that is still where the platform keeps it. */
export interface RemoteImage {
  readonly status: 'remote';
  readonly origin: 'reply' | 'attachment' | 'link';
  readonly url: string;
  readonly name?: string;
  /** As the platform declares it; only what cannot be a picture at all is believed. */
  readonly contentType?: string;
  readonly sizeBytes?: number;
}

/** A picture that a message brings or points at: to be fetched, numbered already, or known not to be had. */
export type ImageSource = RemoteImage | Exclude<InboundImage, { status: 'ready' }>;

/** Begin to read a remote picture; throws as `openDownload` does. */
export type OpenRemote = (url: string, options: { readonly signal: AbortSignal }) => Promise<AsyncIterable<Uint8Array>>;

export interface FetchImagesDeps {
  readonly intake: ImageIntake;
  readonly blobs: Blobs;
  readonly open: OpenRemote;
}

/** Each holds up to 25 MB. */
const AT_ONCE = 4;
const NAME_CHARACTERS = 120;
const NO_PICTURE = /^(?:video|audio|text)\//;
const IMAGE_CODES: ReadonlySet<ErrorCode> = new Set([
  'DOWNLOAD_BLOCKED_HOST',
  'DOWNLOAD_FAILED',
  'DOWNLOAD_FORBIDDEN',
  'IMAGE_TOO_LARGE',
  'IMAGE_UNREADABLE',
]);

/**
 * Fetch, check and store the pictures of a message. One that cannot be had becomes a failed image with its reason, so
 * that it keeps its number and the others keep theirs.
 * @returns one image per source, in the order of the sources.
 * @throws AppError TOO_MANY_IMAGES (before anything is fetched), STORE_UNAVAILABLE, CANCELLED
 */
export async function fetchImages(
  deps: FetchImagesDeps,
  sources: readonly ImageSource[],
  { signal }: { readonly signal: AbortSignal },
): Promise<readonly InboundImage[]> {
  const count = sources.length;
  if (count > LIMITS.imagesPerMessage) throw new AppError('TOO_MANY_IMAGES', { limit: LIMITS.imagesPerMessage, count });
  const images = new Map<number, InboundImage>();
  const waiting = [...sources.entries()];
  async function fetchNext(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, source] = next;
      images.set(index, source.status === 'remote' ? await fetchImage(deps, source, { signal }) : source);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, fetchNext));
  return sources.flatMap((_, index) => images.get(index) ?? []);
}

async function fetchImage(
  deps: FetchImagesDeps,
  source: RemoteImage,
  { signal }: { readonly signal: AbortSignal },
): Promise<InboundImage> {
  const { origin, url, name, contentType = '', sizeBytes = 0 } = source;
  const about = { origin, ...(name === undefined ? {} : { name: name.slice(0, NAME_CHARACTERS) }) };
  try {
    if (NO_PICTURE.test(contentType)) throw new AppError('IMAGE_UNREADABLE', { number: 0, format: contentType });
    if (sizeBytes > LIMITS.imageBytes) throw tooLarge(sizeBytes);
    return await storeImage(deps, { ...about, chunks: await deps.open(url, { signal }) }, { signal });
  } catch (error) {
    if (!isAppError(error) || !IMAGE_CODES.has(error.code)) throw error;
    return { status: 'failed', ...about, reason: toWire(error) };
  }
}
