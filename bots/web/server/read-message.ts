import type { InboundImage, RenderMode } from '../../../core/domain.ts';
import { imageNumberSchema, LIMITS, renderModeSchema } from '../../../core/domain.ts';
import { AppError } from '../../../core/errors.ts';
import { slugSchema } from '../../../core/ids.ts';
import type { Blobs, ImageIntake } from '../../../core/ports.ts';
import { boundaryOf, type Part, readMultipart } from '../../shared/multipart.ts';
import { readBytes } from '../../shared/read-bytes.ts';
import { storeImage } from '../../shared/store-image.ts';

export interface MessageForm {
  readonly text: string;
  readonly mode?: RenderMode;
  readonly messageId?: string;
  /** Id of the engine that shall make the pictures. */
  readonly engine?: string;
  readonly images: readonly InboundImage[];
}

/** Room for what is not pictures: the text, some fields, and the form's own lines. */
const OTHER_BYTES = 1024 * 1024;
const FIELD_BYTES = 64 * 1024;
const LIMITS_OF_FORM = {
  // A few more pictures than allowed are counted, so that the answer can say how many came.
  maxParts: 64,
  maxBytes: (LIMITS.imagesPerMessage + 2) * LIMITS.imageBytes + OTHER_BYTES,
};

/**
 * Read the multipart form of a message while it arrives: fields `text`, `mode`, `messageId`, `engine`, repeated `image` files, and
 * repeated `imageNumber` for images that the conversation has already. Pictures are stored one after the other, so only one
 * is in memory at a time.
 * @throws AppError REQUEST_INVALID, TEXT_TOO_LONG, TOO_MANY_IMAGES, STORE_UNAVAILABLE
 */
export async function readMessage(
  deps: { readonly intake: ImageIntake; readonly blobs: Blobs },
  request: { readonly contentType: string | undefined; readonly body: AsyncIterable<Uint8Array> | null },
  { signal }: { readonly signal: AbortSignal },
): Promise<MessageForm> {
  const boundary = boundaryOf(request.contentType);
  if (request.body === null) throw invalid('body');
  const fields = new Map<string, string>();
  const images: InboundImage[] = [];
  let count = 0;
  for await (const part of readMultipart(request.body, boundary, LIMITS_OF_FORM)) {
    if (part.name === 'image') {
      count += 1;
      if (count <= LIMITS.imagesPerMessage) images.push(await storeImage(deps, uploadOf(part), { signal }));
    } else if (part.name === 'imageNumber') {
      count += 1;
      if (count <= LIMITS.imagesPerMessage) images.push(knownImage(await readField(part)));
    } else {
      fields.set(part.name, await readField(part));
    }
  }
  if (count > LIMITS.imagesPerMessage) throw new AppError('TOO_MANY_IMAGES', { limit: LIMITS.imagesPerMessage, count });
  return { text: fields.get('text') ?? '', ...modeOf(fields), ...messageIdOf(fields), ...engineOf(fields), images };
}

function uploadOf({ fileName, content }: Part) {
  return {
    origin: 'attachment' as const,
    ...(fileName === undefined ? {} : { name: fileName }),
    chunks: content,
  };
}

async function readField({ name, content }: Part): Promise<string> {
  const read = await readBytes(content, FIELD_BYTES);
  if (read.kind === 'complete') return Buffer.from(read.bytes).toString('utf8');
  if (name === 'text') throw new AppError('TEXT_TOO_LONG', { count: read.sizeBytes, limit: LIMITS.textCharacters });
  throw invalid(name);
}

function knownImage(field: string): InboundImage {
  const number = imageNumberSchema.safeParse(Number(field));
  if (!number.success) throw invalid('imageNumber');
  return { status: 'known', number: number.data };
}

function modeOf(fields: ReadonlyMap<string, string>): { readonly mode?: RenderMode } {
  const field = fields.get('mode') ?? '';
  if (field === '') return {};
  const mode = renderModeSchema.safeParse(field);
  if (!mode.success) throw invalid('mode');
  return { mode: mode.data };
}

function messageIdOf(fields: ReadonlyMap<string, string>): { readonly messageId?: string } {
  const messageId = fields.get('messageId') ?? '';
  if (messageId === '') return {};
  if (messageId.length > 200) throw invalid('messageId');
  return { messageId };
}

function engineOf(fields: ReadonlyMap<string, string>): { readonly engine?: string } {
  const field = fields.get('engine') ?? '';
  if (field === '') return {};
  if (!slugSchema.safeParse(field).success) throw invalid('engine');
  return { engine: field };
}

function invalid(field: string): AppError {
  return new AppError('REQUEST_INVALID', {}, { details: { field: field.slice(0, 40) } });
}
