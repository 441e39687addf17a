import { type InboundImage, LIMITS } from '../../core/domain.ts';
import { AppError, fromWire } from '../../core/errors.ts';
import type { Blobs, ImageIntake } from '../../core/ports.ts';
import { boundaryOf, type Part, readMultipart } from '../shared/multipart.ts';
import { readBytes } from '../shared/read-bytes.ts';
import { storeImage } from '../shared/store-image.ts';
import { invalidParameter } from './api-error.ts';

export interface RequestBody {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Stored, in the order they came; image 1 is the first. */
  readonly images: readonly InboundImage[];
}

const IMAGE_FIELD = /^image(?:\[\d*\])?$/;
const FIELD_BYTES = 64 * 1024;
const FORM_LIMITS = {
  maxParts: 64,
  maxBytes: (LIMITS.imagesPerMessage + 1) * LIMITS.imageBytes,
};

/**
 * Read a form with images, or JSON without. Images are stored one after the other while they arrive, so one is in memory at a
 * time; the first one that cannot be used ends the request, because each is wanted.
 * @throws ApiError, AppError REQUEST_INVALID, TOO_MANY_IMAGES, IMAGE_UNREADABLE, IMAGE_TOO_LARGE, STORE_UNAVAILABLE, CANCELLED
 */
export async function readBody(
  deps: { readonly intake: ImageIntake; readonly blobs: Blobs },
  request: { readonly contentType: string | undefined; readonly body: AsyncIterable<Uint8Array> | null },
  options: { readonly signal: AbortSignal },
): Promise<RequestBody> {
  const type = request.contentType?.split(';')[0]?.trim().toLowerCase();
  const body = request.body ?? nothing();
  if (type === 'application/json') return { fields: await readJson(body), images: [] };
  if (type !== 'multipart/form-data') {
    throw invalidParameter(null, 'invalid_content_type', 'Send application/json, or multipart/form-data with images.');
  }
  const fields = new Map<string, string>();
  const images: InboundImage[] = [];
  for await (const part of readMultipart(body, boundaryOf(request.contentType), FORM_LIMITS)) {
    if (IMAGE_FIELD.test(part.name)) images.push(await readImage(deps, part, images.length + 1, options));
    else if (part.name === 'mask') throw unsupportedMask();
    else if (fields.has(part.name)) throw invalidParameter(part.name, 'invalid_value', `\`${part.name}\` came twice.`);
    else fields.set(part.name, await readField(part));
  }
  return { fields: Object.fromEntries(fields), images };
}

async function readImage(
  deps: { readonly intake: ImageIntake; readonly blobs: Blobs },
  { fileName, content }: Part,
  number: number,
  options: { readonly signal: AbortSignal },
): Promise<InboundImage> {
  const limit = LIMITS.imagesPerMessage;
  if (number > limit) throw new AppError('TOO_MANY_IMAGES', { limit, count: number });
  const name = fileName === undefined ? {} : { name: fileName };
  const image = await storeImage(deps, { origin: 'attachment', ...name, chunks: content }, options);
  if (image.status === 'failed') throw fromWire({ ...image.reason, values: { ...image.reason.values, number } });
  return image;
}

async function readField({ name, content }: Part): Promise<string> {
  const read = await readBytes(content, FIELD_BYTES);
  if (read.kind === 'complete') return Buffer.from(read.bytes).toString('utf8');
  if (name === 'prompt') throw new AppError('TEXT_TOO_LONG', { count: read.sizeBytes, limit: LIMITS.textCharacters });
  throw invalidParameter(name, 'invalid_value', `\`${name}\` is too long.`);
}

async function readJson(body: AsyncIterable<Uint8Array>): Promise<Readonly<Record<string, unknown>>> {
  const read = await readBytes(body, FIELD_BYTES);
  const json = read.kind === 'complete' ? parseJson(Buffer.from(read.bytes).toString('utf8')) : undefined;
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw invalidParameter(null, 'invalid_json', 'The body must be a JSON object; images go as multipart/form-data.');
  }
  if ('mask' in json) throw unsupportedMask();
  const inJson = Object.keys(json).find((name) => name === 'images' || IMAGE_FIELD.test(name));
  if (inJson !== undefined) throw invalidParameter(inJson, 'unsupported_value', 'Send images as multipart/form-data.');
  return { ...json };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unsupportedMask() {
  const message = 'There are no masks here. Say in the prompt which part to change; the rest is kept.';
  return invalidParameter('mask', 'unsupported_parameter', message);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
