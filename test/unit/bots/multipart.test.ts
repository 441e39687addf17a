import { array, asyncProperty, assert as check, integer, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundaryOf, readMultipart } from '../../../bots/shared/multipart.ts';

const LIMITS = { maxParts: 20, maxBytes: 1_000_000 };

async function encode(form: FormData): Promise<{ readonly boundary: string; readonly body: Buffer }> {
  const response = new Response(form);
  const boundary = boundaryOf(response.headers.get('content-type') ?? undefined);
  return { boundary, body: Buffer.from(await response.arrayBuffer()) };
}

async function* inChunks(body: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let index = 0; at < body.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    yield body.subarray(at, at + size);
    at += size;
  }
}

async function collect(body: AsyncIterable<Uint8Array>, boundary: string, limits = LIMITS) {
  const parts: { readonly name: string; readonly fileName: string | undefined; readonly content: Buffer }[] = [];
  for await (const part of readMultipart(body, boundary, limits)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of part.content) chunks.push(chunk);
    parts.push({ name: part.name, fileName: part.fileName, content: Buffer.concat(chunks) });
  }
  return parts;
}

describe('readMultipart', () => {
  it('gives back every part, however the body is cut into chunks', async () => {
    await check(
      asyncProperty(
        array(uint8Array({ maxLength: 300 }), { maxLength: 4 }),
        array(integer({ min: 1, max: 97 }), { minLength: 1, maxLength: 5 }),
        async (files, sizes) => {
          const form = new FormData();
          form.set('text', 'héllo\r\n--not the boundary');
          for (const [index, file] of files.entries())
            form.append('image', new Blob([new Uint8Array(file)]), `ä "${index}".png`);
          const { boundary, body } = await encode(form);
          const parts = await collect(inChunks(body, sizes), boundary);
          expect(parts.map((part) => part.name)).toEqual(['text', ...files.map(() => 'image')]);
          expect(parts[0]?.content.toString()).toBe('héllo\r\n--not the boundary');
          for (const [index, file] of files.entries()) {
            expect(parts[index + 1]?.fileName).toBe(`ä "${index}".png`);
            expect(parts[index + 1]?.content.equals(file)).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('skips what a reader leaves unread and goes on with the next part', async () => {
    const form = new FormData();
    form.append('image', new Blob([new Uint8Array(5000)]), 'big.png');
    form.set('text', 'after');
    const { boundary, body } = await encode(form);
    const names: string[] = [];
    for await (const part of readMultipart(inChunks(body, [100]), boundary, LIMITS)) {
      names.push(part.name);
      for await (const _first of part.content) break;
    }
    expect(names).toEqual(['image', 'text']);
  });

  it('refuses a body that ends early', async () => {
    const form = new FormData();
    form.set('text', 'hello there');
    const { boundary, body } = await encode(form);
    await expect(collect(inChunks(body.subarray(0, body.length - 20), [64]), boundary)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  it.each([
    ['more parts than allowed', { ...LIMITS, maxParts: 1 }],
    ['more bytes than allowed', { ...LIMITS, maxBytes: 150 }],
  ])('refuses %s', async (_what, limits) => {
    const form = new FormData();
    form.set('text', 'hello');
    form.set('mode', 'edit');
    const { boundary, body } = await encode(form);
    await expect(collect(inChunks(body, [64]), boundary, limits)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('refuses endless headers', async () => {
    const body = Buffer.from(`--b\r\nX-Long: ${'x'.repeat(20_000)}`);
    await expect(collect(inChunks(body, [512]), 'b')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('refuses a part without a name', async () => {
    const body = Buffer.from('--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n');
    await expect(collect(inChunks(body, [512]), 'b')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('boundaryOf', () => {
  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['multipart/form-data; charset=utf-8; boundary="a b;c"', 'a b;c'],
  ])('reads %s', (contentType, boundary) => {
    expect(boundaryOf(contentType)).toBe(boundary);
  });

  it.each([undefined, 'application/json', 'multipart/form-data', 'multipart/mixed; boundary=a'])(
    'refuses %s',
    (contentType) => {
      expect(() => boundaryOf(contentType)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    },
  );
});
