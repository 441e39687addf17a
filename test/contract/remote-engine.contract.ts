import { inspect } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Engine, ImageRequest, InferenceError } from '../../inference/index.ts';
import type { Fault } from '../support/engines/http-fake.ts';
import { plainPicture, stripesOf } from '../support/engines/paint.ts';

export interface RemoteEngineUnderTest {
  readonly engine: Engine;
  readonly fake: {
    readonly baseUrl: string;
    readonly calls: readonly { readonly images: readonly Uint8Array[] }[];
    /** Faults of the fake itself. */
    readonly failures: readonly unknown[];
    /** Pictures that were made, and would be charged. */
    made(): number;
    failNext(...faults: readonly Fault[]): void;
  };
  stop(): Promise<void>;
}

export interface RemoteEngineOptions {
  /** Whether the answer to the request is the picture itself: then what went wrong with it may have been charged. */
  readonly answersAtOnce: boolean;
  /** In every header or body that must not be repeated. */
  readonly key?: string;
  start(options: { readonly timeoutMs?: number; readonly allowPrivate?: boolean }): Promise<RemoteEngineUnderTest>;
}

/** What every engine keeps whose pictures come from somebody else's server. */
export function describeRemoteEngine(name: string, { answersAtOnce, key, start }: RemoteEngineOptions): void {
  describe(`the remote engine ${name}`, () => {
    let request: ImageRequest;
    beforeAll(async () => {
      const images = [
        await plainPicture([200, 30, 30]),
        await plainPicture([30, 200, 30]),
        await plainPicture([30, 30, 200]),
      ];
      request = { mode: 'edit', prompt: 'Put image 2 and image 3 on image 1.', images, seed: 7 };
    });

    let started: RemoteEngineUnderTest;
    beforeEach(async () => {
      started = await start({});
    });
    afterEach(async () => {
      await started.engine.dispose();
      await started.stop();
      expect(started.fake.failures).toEqual([]);
    });

    async function failure(engine: Engine = started.engine, signal?: AbortSignal): Promise<InferenceError> {
      try {
        await engine.render(request, { signal });
      } catch (error) {
        return error as InferenceError;
      }
      throw new Error('it made a picture');
    }

    it('sends every image, in order, and gets the picture that was made of them', async () => {
      const { images } = await started.engine.render(request);
      expect(started.fake.calls.map((call) => call.images.length)).toEqual([3]);
      expect(await stripesOf(images[0]?.bytes ?? new Uint8Array(), 3)).toEqual([
        [200, 30, 30],
        [30, 200, 30],
        [30, 30, 200],
      ]);
    });

    const refusals: readonly { readonly name: string; readonly fault: Fault; readonly code: string }[] = [
      { name: 'too many requests without a time', fault: { kind: 'answer', status: 429 }, code: 'ENGINE_BUSY' },
      { name: 'an overloaded server', fault: { kind: 'answer', status: 503 }, code: 'ENGINE_UNAVAILABLE' },
      { name: 'a missing payment', fault: { kind: 'answer', status: 402 }, code: 'ENGINE_QUOTA' },
      { name: 'a refused key', fault: { kind: 'answer', status: 401 }, code: 'ENGINE_MISCONFIGURED' },
      { name: 'an unknown model', fault: { kind: 'answer', status: 404 }, code: 'ENGINE_MISCONFIGURED' },
      { name: 'an answer in HTML', fault: { kind: 'html' }, code: 'ENGINE_FAILED' },
      { name: 'a text in place of the picture', fault: { kind: 'no-picture' }, code: 'ENGINE_FAILED' },
      { name: 'more bytes than anybody takes', fault: { kind: 'huge' }, code: 'ENGINE_FAILED' },
      { name: 'an answer without a picture', fault: { kind: 'empty' }, code: 'ENGINE_FAILED' },
      { name: 'a failure after the work', fault: { kind: 'status-after-effect', status: 500 }, code: 'ENGINE_FAILED' },
    ];
    it.each(refusals)('ends at $name with $code, asks once, and makes the next picture', async ({ fault, code }) => {
      started.fake.failNext(fault);
      expect(await failure()).toMatchObject({ code, details: { engine: started.engine.description.id } });
      expect(started.fake.calls.length).toBeLessThanOrEqual(1);
      expect((await started.engine.render(request)).images).toHaveLength(1);
    });

    it('follows no redirect of a request', async () => {
      const elsewhere = await start({});
      started.fake.failNext({ kind: 'answer', status: 307, headers: { location: elsewhere.fake.baseUrl } });
      expect(await failure()).toMatchObject({ code: 'ENGINE_MISCONFIGURED', details: { reason: 'redirect' } });
      expect(elsewhere.fake.calls).toEqual([]);
      await elsewhere.engine.dispose();
      await elsewhere.stop();
    });

    it('says that a server which is not there cannot be reached: asking again is safe', async () => {
      const away = await start({});
      await away.stop();
      expect(await failure(away.engine)).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
      await expect(away.engine.ready()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
      await away.engine.dispose();
    });

    it('asks no private address that it was not allowed to', async () => {
      const guarded = await start({ allowPrivate: false });
      expect(await failure(guarded.engine)).toMatchObject({
        code: 'ENGINE_MISCONFIGURED',
        message: expect.stringContaining('EASEL_ALLOW_PRIVATE'),
      });
      await expect(guarded.engine.ready()).rejects.toMatchObject({ code: 'ENGINE_MISCONFIGURED' });
      expect(guarded.fake.calls).toEqual([]);
      await guarded.engine.dispose();
      await guarded.stop();
    });

    it('gives up in time, once, when no answer comes', async () => {
      const hasty = await start({ timeoutMs: 300 });
      hasty.fake.failNext({ kind: 'silence' });
      expect(await failure(hasty.engine)).toMatchObject({ code: 'ENGINE_FAILED', details: { reason: 'timeout' } });
      expect(hasty.fake.calls).toHaveLength(1);
      await hasty.engine.dispose();
      await hasty.stop();
    });

    it('ends at once when it is aborted while it waits', async () => {
      started.fake.failNext({ kind: 'silence' });
      const abort = new AbortController();
      const ended = failure(started.engine, abort.signal);
      await expect.poll(() => started.fake.calls.length).toBe(1);
      abort.abort();
      expect(await ended).toMatchObject({ code: 'CANCELLED' });
    });

    if (answersAtOnce) {
      it('comes back when a server says when, because it did nothing before', async () => {
        started.fake.failNext(
          { kind: 'answer', status: 429, headers: { 'retry-after': '0' } },
          { kind: 'answer', status: 503, headers: { 'retry-after': '0' } },
        );
        expect((await started.engine.render(request)).images).toHaveLength(1);
        expect([started.fake.calls.length, started.fake.made()]).toEqual([3, 1]);
      });

      it.each([
        { kind: 'cut' },
        { kind: 'status-after-effect', status: 502 },
        { kind: 'status-after-effect', status: 504 },
      ] as const)('never asks again after %o: the picture may have been charged', async (fault) => {
        started.fake.failNext(fault);
        expect(await failure()).toMatchObject({ code: 'ENGINE_FAILED' });
        expect([started.fake.calls.length, started.fake.made()]).toEqual([1, 1]);
      });
    }

    if (key !== undefined) {
      it('repeats its key in no error, whatever the server wrote', async () => {
        const body = `{"error":{"message":"Incorrect API key provided: ${key}. Bearer ${key}","code":"x"}}`;
        for (const status of [400, 401, 500]) {
          started.fake.failNext({ kind: 'answer', status, body, headers: { 'content-type': 'application/json' } });
          const error = await failure();
          expect(inspect(error, { depth: 10 })).not.toContain(key);
          expect(inspect(started.engine, { depth: 10 })).not.toContain(key);
        }
      });
    }
  });
}
