import { AppError } from '../../core/errors.ts';

/** One part of a form. Its content must be read before the next part is asked for; what is left unread is skipped. */
export interface Part {
  readonly name: string;
  readonly fileName?: string;
  readonly content: AsyncIterable<Uint8Array>;
}

export interface MultipartLimits {
  readonly maxParts: number;
  /** Of the whole body; reading stops there. */
  readonly maxBytes: number;
}

const MAX_HEADER_BYTES = 8 * 1024;
const HEADERS_END = Buffer.from('\r\n\r\n');

/** @returns the boundary of a `multipart/form-data` content type. @throws AppError REQUEST_INVALID */
export function boundaryOf(contentType: string | undefined): string {
  const match = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i.exec(
    contentType ?? '',
  );
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) throw invalid('boundary');
  return boundary;
}

/**
 * Read a form part by part while it arrives (RFC 7578), holding no more than one chunk and one header in memory.
 * @throws AppError REQUEST_INVALID when the body is not such a form, ends early, or is over a limit.
 */
export async function* readMultipart(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
  limits: MultipartLimits,
): AsyncGenerator<Part, void, undefined> {
  // The first boundary has no line break before it; with one put in front, every boundary looks the same.
  const reader = createReader(withFirstBreak(body), limits.maxBytes);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  await skip(reader.until(delimiter));

  for (let parts = 0; ; parts += 1) {
    const next = await reader.take(2);
    if (next === '--') return;
    if (next !== '\r\n') throw invalid('delimiter');
    if (parts === limits.maxParts) throw invalid('parts');
    const headers = parseHeaders(await readHeaders(reader));
    let isRead = false;
    const content = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      yield* reader.until(delimiter);
      isRead = true;
    };
    yield { ...headers, content: content() };
    if (!isRead) await skip(reader.until(delimiter));
  }
}

async function skip(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of chunks) {
    // Read only to come to what follows.
  }
}

interface Reader {
  /** What comes before `delimiter`, in chunks; the delimiter itself is consumed. */
  until(delimiter: Buffer): AsyncGenerator<Buffer, void, undefined>;
  take(count: number): Promise<string>;
}

function createReader(source: AsyncIterable<Uint8Array>, maxBytes: number): Reader {
  const chunks = source[Symbol.asyncIterator]();
  let pending = Buffer.alloc(0);
  let total = 0;

  async function pull(): Promise<void> {
    const { done, value } = await chunks.next();
    if (done === true) throw invalid('end');
    total += value.length;
    if (total > maxBytes) throw invalid('size');
    pending = pending.length === 0 ? Buffer.from(value) : Buffer.concat([pending, value]);
  }

  return {
    async *until(delimiter) {
      for (;;) {
        const at = pending.indexOf(delimiter);
        const ready = at === -1 ? pending.length - delimiter.length + 1 : at;
        const chunk = pending.subarray(0, Math.max(0, ready));
        pending = pending.subarray(chunk.length);
        if (chunk.length > 0) yield chunk;
        // Consumed only now: a reader that stops at the last chunk leaves the delimiter to whoever skips the rest.
        if (at !== -1) {
          pending = pending.subarray(delimiter.length);
          return;
        }
        await pull();
      }
    },
    async take(count) {
      while (pending.length < count) await pull();
      const text = pending.toString('latin1', 0, count);
      pending = pending.subarray(count);
      return text;
    },
  };
}

async function readHeaders(reader: Reader): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reader.until(HEADERS_END)) {
    size += chunk.length;
    if (size > MAX_HEADER_BYTES) throw invalid('headers');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseHeaders(headers: string): { readonly name: string; readonly fileName?: string } {
  const disposition = headers.split('\r\n').find((line) => /^content-disposition\s*:/i.test(line)) ?? '';
  const name = parameterOf(disposition, 'name');
  if (!/:\s*form-data\s*;/i.test(disposition) || name === undefined) throw invalid('disposition');
  const fileName = parameterOf(disposition, 'filename');
  return { name, ...(fileName === undefined ? {} : { fileName }) };
}

/** Browsers write a quote in a name as %22. */
function parameterOf(disposition: string, name: string): string | undefined {
  return new RegExp(`;\\s*${name}="([^"\\r\\n]*)"`, 'i').exec(disposition)?.[1]?.replaceAll('%22', '"');
}

async function* withFirstBreak(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.from('\r\n');
  yield* body;
}

function invalid(part: string): AppError {
  return new AppError('REQUEST_INVALID', {}, { details: { multipart: part } });
}
