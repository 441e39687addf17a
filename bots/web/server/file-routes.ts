import { type Context, Hono } from 'hono';
import { blobKeySchema } from '../../../core/ids.ts';
import { refuse } from './answers.ts';
import type { WebDeps, WebEnv } from './deps.ts';
import type { PageFile } from './page.ts';

const IMMUTABLE = 'private, max-age=31536000, immutable';
const IMAGE_TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);

/** Pictures by their unguessable key, samples by name, and the page itself. */
export function createFileRoutes({ blobs, samples, page }: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/api/images/:key', async (c) => {
      const key = blobKeySchema.safeParse(c.req.param('key'));
      const blob = key.success ? await blobs.get(key.data) : undefined;
      if (blob === undefined || !IMAGE_TYPES.has(blob.contentType)) return refuse(c, 'NOT_FOUND');
      return picture(c, blob.bytes, blob.contentType, IMMUTABLE);
    })
    .get('/api/samples', (c) => c.json(samples.view))
    .get('/api/samples/:name', (c) => {
      const bytes = samples.get(c.req.param('name'));
      // Another model may have another picture of the same name.
      return bytes === undefined ? refuse(c, 'NOT_FOUND') : picture(c, bytes, 'image/png', 'private, max-age=600');
    })
    .get('*', (c) => {
      const file = page.get(c.req.path);
      return file === undefined ? refuse(c, 'NOT_FOUND') : pageFile(c, file);
    });
}

function picture(c: Context<WebEnv>, bytes: Uint8Array, contentType: string, cacheControl: string): Response {
  return c.body(new Uint8Array(bytes), 200, { 'Content-Type': contentType, 'Cache-Control': cacheControl });
}

function pageFile(c: Context<WebEnv>, file: PageFile): Response {
  const headers = {
    'Content-Type': file.contentType,
    'Cache-Control': file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    ETag: file.etag,
    Vary: 'Accept-Encoding',
  };
  if (c.req.header('if-none-match') === file.etag) return c.body(null, 304, headers);
  const isCompressed = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
  return isCompressed
    ? c.body(file.compressed, 200, { ...headers, 'Content-Encoding': 'gzip' })
    : c.body(file.bytes, 200, headers);
}
