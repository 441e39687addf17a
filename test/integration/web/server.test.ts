import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClient } from '../../../bots/web/build-client.ts';
import { createWebApp } from '../../../bots/web/server/create-web-app.ts';
import { AppError } from '../../../core/errors.ts';
import { createWebClient } from '../../support/web/web-client.ts';
import { startWebEasel, type WebEasel } from '../../support/web/web-easel.ts';

let easel: WebEasel;
let isReady = true;

beforeAll(async () => {
  easel = await startWebEasel({
    checkReady: () => (isReady ? Promise.resolve() : Promise.reject(new AppError('ENGINE_UNAVAILABLE', {}))),
    server: { allowedHosts: ['pictures.example'] },
  });
});
afterAll(() => easel.stop());

/** fetch does not let a program choose Host and Origin. */
function ask(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${easel.url}${path}`, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('who may ask', () => {
  const port = () => new URL(easel.url).port;

  it.each(['127.0.0.1', 'localhost', '[::1]', 'pictures.example'])('somebody who calls it %s', async (host) => {
    expect((await ask('GET', '/healthz', { host: `${host}:${port()}` })).status).toBe(200);
  });

  it.each(['evil.example', 'localhost.evil.example', '192.168.0.7'])('nobody who calls it %s', async (host) => {
    const refused = await ask('POST', '/api/conversations', { host });
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'HOST_REFUSED' });
  });

  it('its own page, and programs on this machine', async () => {
    const host = `localhost:${port()}`;
    expect((await ask('POST', '/api/conversations', { host, origin: `http://${host}` })).status).toBe(201);
    expect((await ask('POST', '/api/conversations', { host })).status).toBe(201);
  });

  it.each(['http://evil.example', 'http://localhost:1', 'null', 'https://pictures.example.evil.example'])(
    'no page of %s',
    async (origin) => {
      const refused = await ask('POST', '/api/conversations', { host: `localhost:${port()}`, origin });
      expect(refused.status).toBe(403);
      expect(JSON.parse(refused.body)).toMatchObject({ code: 'ORIGIN_REFUSED' });
    },
  );

  it('no other site that embeds a picture or a stream', async () => {
    const headers = { host: `localhost:${port()}`, 'sec-fetch-site': 'cross-site' };
    expect((await ask('GET', '/api/samples', headers)).status).toBe(403);
    // A link from another site to the page itself is fine.
    expect((await ask('GET', '/', headers)).status).toBe(200);
  });

  it('a machine in the network only with an Origin, when it listens there', async () => {
    const app = createWebApp(easel.deps, {
      host: '0.0.0.0',
      allowedHosts: [],
      times: { pollMs: 1000, heartbeatMs: 1000 },
      stopping: new AbortController().signal,
    });
    const from = (remoteAddress: string, headers: Readonly<Record<string, string>>) =>
      app.request('/api/conversations', { method: 'POST', headers }, { incoming: { socket: { remoteAddress } } });
    const host = '192.168.0.7:3210';
    expect((await from('192.168.0.9', { host })).status).toBe(403);
    expect((await from('192.168.0.9', { host, origin: `http://${host}` })).status).toBe(201);
    expect((await from('127.0.0.1', { host })).status).toBe(201);
    expect((await from('::ffff:127.0.0.1', { host })).status).toBe(201);
    expect((await from('192.168.0.9', { host: 'rebound.example', origin: 'http://rebound.example' })).status).toBe(403);
  });
});

describe('every answer', () => {
  it.each(['/', '/api/samples', '/nothing/here', `/api/conversations/${'0'.repeat(32)}`])(
    'carries the security headers (%s)',
    async (path) => {
      const { headers } = await fetch(`${easel.url}${path}`);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    },
  );

  it('to an unknown address is a code', async () => {
    const response = await fetch(`${easel.url}/nothing/here`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('to a failure nobody foresaw hides everything but a reference, which the log has too', async () => {
    const app = createWebApp(
      {
        ...easel.deps,
        checkReady: () => Promise.reject(new Error('secret /etc/passwd')),
      },
      {
        host: '127.0.0.1',
        allowedHosts: [],
        times: { pollMs: 1000, heartbeatMs: 1000 },
        stopping: new AbortController().signal,
      },
    );
    const response = await app.request(
      '/readyz',
      { headers: { host: 'localhost' } },
      { incoming: { socket: { remoteAddress: '127.0.0.1' } } },
    );
    expect(response.status).toBe(500);
    const body = await response.text();
    expect(body).not.toContain('secret');
    const reference = /#[0-9a-f]{4}/.exec(body)?.[0];
    expect(JSON.parse(body)).toMatchObject({ code: 'BUG' });
    const line = easel.logger.lines.findLast(({ fields }) => fields['reference'] === reference);
    expect(line?.level).toBe('error');
    expect(String(line?.fields['stack'])).toContain('secret');
  });
});

describe('operations', () => {
  it('is alive, and ready only when a message would be rendered', async () => {
    expect((await fetch(`${easel.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${easel.url}/readyz`)).status).toBe(200);
    isReady = false;
    const response = await fetch(`${easel.url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    expect((await fetch(`${easel.url}/healthz`)).status).toBe(200);
    isReady = true;
  });

  it('counts requests by route, never by id', async () => {
    const client = createWebClient(easel.url);
    const id = await client.createConversation();
    await client.read(id);
    const metrics = await (await fetch(`${easel.url}/metrics`)).text();
    expect(metrics).toContain('easel_http_requests_total{method="GET",route="/api/conversations/:id",status="200"} 1');
    expect(metrics).toContain('# TYPE easel_http_request_seconds histogram');
    expect(metrics).not.toContain(id);
  });
});

describe('the page', () => {
  it('is served compressed, checked by its ETag, and its files are kept for ever', async () => {
    const page = await fetch(`${easel.url}/`);
    const html = await page.text();
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(page.headers.get('content-encoding')).toBe('gzip');
    const etag = page.headers.get('etag') ?? '';
    expect((await fetch(`${easel.url}/`, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const file of files) {
      expect(file).toMatch(/^\/assets\//);
      const response = await fetch(`${easel.url}${file}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toContain('immutable');
    }
  });

  it('asks no other machine for anything, and is under 120 kB', async () => {
    const { folder } = await buildClient();
    const html = await (await fetch(`${easel.url}/`)).text();
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    let total = 0;
    for (const path of ['/', ...files]) {
      const file = easel.deps.page.get(path);
      total += file?.compressed.length ?? Number.NaN;
      const text = Buffer.from(file?.bytes ?? []).toString();
      const addresses = [...text.matchAll(/https?:\/\/[^\s"'`)]+/g)].map((match) => match[0]);
      // Names of markup languages look like addresses; nobody fetches them.
      expect(addresses.filter((address) => !/^https?:\/\/(www\.w3\.org|json-schema\.org)\//.test(address))).toEqual([]);
    }
    expect(total).toBeLessThan(120_000);
    expect(folder).toContain('dist');
  });

  it('is built once for the same sources', async () => {
    expect((await buildClient()).wasBuilt).toBe(false);
  });

  it('offers samples and examples that can be fetched', async () => {
    const view = (await (await fetch(`${easel.url}/api/samples`)).json()) as {
      readonly samples: readonly { readonly name: string; readonly url: string; readonly altText: string }[];
      readonly examples: readonly { readonly samples: readonly string[] }[];
    };
    expect(view.samples).toHaveLength(6);
    expect(view.samples[0]?.altText).toBe('checked kite');
    for (const { url } of view.samples) {
      expect((await fetch(`${easel.url}${url}`)).headers.get('content-type')).toBe('image/png');
    }
    const names = new Set(view.samples.map(({ name }) => name));
    expect(view.examples.flatMap(({ samples }) => samples).every((name) => names.has(name))).toBe(true);
    expect((await fetch(`${easel.url}/api/samples/samples.json`)).status).toBe(404);
    expect((await fetch(`${easel.url}/api/samples/..%2fsamples.json`)).status).toBe(404);
  });
});
