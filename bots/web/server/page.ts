import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly compressed: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  readonly etag: string;
  /** Files whose name carries a hash of their content never change. */
  readonly isImmutable: boolean;
}

/** The built page, held in memory: it is small. */
export interface Page {
  get(path: string): PageFile | undefined;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** @param folder what `buildClient` wrote. */
export async function readPage(folder: string): Promise<Page> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = new Map<string, PageFile>();
  for (const entry of entries) {
    const contentType = CONTENT_TYPES[extname(entry.name)];
    if (!entry.isFile() || contentType === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${file.slice(folder.length).replaceAll('\\', '/').replace(/^\/+/, '')}`;
    const bytes = new Uint8Array(await readFile(file));
    files.set(path === '/index.html' ? '/' : path, {
      bytes,
      compressed: new Uint8Array(await promisify(gzip)(bytes, { level: 9 })),
      contentType,
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
      isImmutable: path.startsWith('/assets/'),
    });
  }
  return { get: (path) => files.get(path) };
}
