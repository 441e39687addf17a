import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DownloadRules, openDownload } from '../../../bots/shared/download.ts';
import { LIMITS } from '../../../core/domain.ts';

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

const asked: string[] = [];
let serve: Serve;
let origin: string;
let foreign: string;
const servers = [0, 1].map((index) =>
  createServer((request, response) => {
    asked.push(`${index} ${request.headers.authorization ?? ''}`.trim());
    serve(request, response);
  }),
);

beforeAll(async () => {
  const origins = await Promise.all(
    servers.map(async (server) => {
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const address = server.address();
      return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    }),
  );
  [origin = '', foreign = ''] = origins;
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function download(
  how: Serve,
  rules: Partial<DownloadRules> = {},
  url = `${origin}/picture.png`,
): Promise<number> {
  serve = how;
  asked.length = 0;
  const { signal } = new AbortController();
  let sizeBytes = 0;
  for await (const chunk of await openDownload(url, { origins: [origin], ...rules }, { signal }))
    sizeBytes += chunk.length;
  return sizeBytes;
}

const failed = (problem: string) => ({ code: 'DOWNLOAD_FAILED', details: { problem } });

describe('openDownload', () => {
  it('brings the bytes, with the headers of the platform', async () => {
    const headers = { authorization: 'Bearer x' };
    expect(await download((_request, response) => response.end(Buffer.alloc(1000)), { headers })).toBe(1000);
    expect(asked).toEqual(['0 Bearer x']);
  });

  it.each([
    'http://127.0.0.1/picture.png',
    'https://cdn.discordapp.com.evil.test/x',
    'file:///etc/hostname',
    'nonsense',
  ])('asks no other address: %s', async (url) => {
    await expect(download((_request, response) => response.end(), {}, url)).rejects.toMatchObject({
      code: 'DOWNLOAD_BLOCKED_HOST',
    });
    expect(asked).toEqual([]);
  });

  it('follows a redirect to an allowed address only, and never brings the token elsewhere', async () => {
    const redirect =
      (to: string): Serve =>
      (request, response) =>
        request.url === '/picture.png' ? response.writeHead(302, { location: to }).end() : response.end('12345');
    expect(await download(redirect('/other.png'))).toBe(5);
    await expect(
      download(redirect(`${foreign}/other.png`), { headers: { authorization: 'secret' } }),
    ).rejects.toMatchObject(failed('redirect'));
    expect(asked).toEqual(['0 secret']);
    await expect(download(redirect('/picture.png'))).rejects.toMatchObject(failed('redirect'));
  });

  it('recognises a page in place of the picture', async () => {
    const page: Serve = (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>');
    await expect(download(page)).rejects.toMatchObject(failed('page'));
  });

  it('refuses by the declared length, and stops reading beyond the limit', async () => {
    const declared: Serve = (_request, response) => {
      response.writeHead(200, { 'content-length': String(LIMITS.imageBytes + 1) });
      response.write('x');
    };
    await expect(download(declared)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
    const endless: Serve = (_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024);
      const write = () => {
        while (response.write(chunk));
      };
      response.on('drain', write);
      write();
    };
    const sizeBytes = await download(endless);
    expect(sizeBytes).toBeGreaterThan(LIMITS.imageBytes);
    expect(sizeBytes).toBeLessThan(LIMITS.imageBytes + 2 * 1024 * 1024);
  });

  it('tries once more where the server or the line failed, and not where it refused', async () => {
    let tries = 0;
    const flaky =
      (how: Serve): Serve =>
      (request, response) => {
        tries += 1;
        if (tries === 1) how(request, response);
        else response.end('1');
      };
    for (const how of [
      (_: IncomingMessage, response: ServerResponse) => response.writeHead(503).end(),
      (request: IncomingMessage) => request.socket.destroy(),
    ]) {
      tries = 0;
      expect(await download(flaky(how))).toBe(1);
    }
    await expect(download((_request, response) => response.writeHead(404).end())).rejects.toMatchObject(
      failed('status'),
    );
    expect(asked).toHaveLength(1);
  });

  it('gives up in time, and at once when it is not wanted any more', async () => {
    await expect(download(() => undefined, { timeoutMs: 50 })).rejects.toMatchObject(failed('timeout'));
    const stalled: Serve = (_request, response) => void response.write('begin');
    await expect(download(stalled, { timeoutMs: 100 })).rejects.toMatchObject(failed('timeout'));
    const unwanted = openDownload(`${origin}/picture.png`, { origins: [origin] }, { signal: AbortSignal.abort() });
    await expect(unwanted).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
