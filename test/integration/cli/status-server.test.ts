import { afterEach, describe, expect, it } from 'vitest';
import { startStatusServer } from '../../../cli/status-server.ts';
import type { Stop } from '../../../core/ports.ts';
import { freePort } from '../../support/servers/spawn-server.ts';

let stop: Stop | undefined;
afterEach(() => stop?.());

async function statusOf(path: string, checkReady: () => Promise<unknown>): Promise<number> {
  const port = await freePort();
  stop = await startStatusServer(port, checkReady, 50);
  return (await fetch(`http://127.0.0.1:${port}${path}`)).status;
}

describe('the status of a process', () => {
  it.each([
    ['can do its work', () => Promise.resolve(), 200],
    ['cannot do its work', () => Promise.reject(new Error('no model')), 503],
    ['does not know in time', () => new Promise(() => undefined), 503],
  ])('that %s', async (_what, checkReady, ready) => {
    expect(await statusOf('/readyz', checkReady)).toBe(ready);
  });

  it('is alive whatever it can do, and says nothing else', async () => {
    const fail = () => Promise.reject(new Error('no model'));
    expect(await statusOf('/healthz', fail)).toBe(200);
    await stop?.();
    expect(await statusOf('/metrics', fail)).toBe(404);
  });
});
