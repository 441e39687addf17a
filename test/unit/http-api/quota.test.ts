import { describe, expect, it } from 'vitest';
import { createQuota } from '../../../bots/http-api/quota.ts';
import { newApiKey } from '../../../core/api-keys.ts';
import { createManualClock } from '../../support/fakes/clock.ts';
import { createMemoryDocuments } from '../../support/fakes/documents.ts';
import { createMemoryEphemeral } from '../../support/fakes/ephemeral.ts';
import { createGate } from '../../support/web/gate.ts';

const MINUTE_MS = 60_000;

/** Three web processes on the same stores, and a key that may have so many requests at once. */
function processes(atOnce: number) {
  const clock = createManualClock();
  const stores = { documents: createMemoryDocuments(), ephemeral: createMemoryEphemeral(clock), clock };
  const { key } = newApiKey({ name: 'test', picturesPerDay: 100, atOnce }, clock.now());
  const process = () => {
    const quota = createQuota(stores);
    return (accept: () => Promise<void>) =>
      quota.admit(key, { pictures: 1, known: () => Promise.resolve(undefined), accept });
  };
  return { clock, one: process(), other: process(), third: process() };
}

const written = () => Promise.resolve();
const tooMany = { problem: { status: 429, code: 'rate_limit_exceeded' } };

describe('requests that come to several processes together', () => {
  it('do not all find room', async () => {
    const { one, other } = processes(1);
    const writing = createGate();
    const first = one(writing.pass);
    await writing.reached();
    await expect(other(written)).rejects.toMatchObject(tooMany);
    writing.open();
    await first;
    await other(written);
  });

  it('leave the room that there is, and are seen by those of the next minute', async () => {
    const { clock, one, other, third } = processes(2);
    const [early, late] = [createGate(), createGate()];
    const first = one(early.pass);
    await early.reached();
    clock.advance(MINUTE_MS);
    const second = other(late.pass);
    await late.reached();
    await expect(third(written)).rejects.toMatchObject(tooMany);
    early.open();
    await first;
    await third(written);
    late.open();
    await second;
  });

  it('are forgotten where the process died in the middle', async () => {
    const { clock, one, other } = processes(1);
    const never = createGate();
    void one(never.pass);
    await never.reached();
    clock.advance(MINUTE_MS);
    await expect(other(written)).rejects.toMatchObject(tooMany);
    clock.advance(MINUTE_MS);
    await other(written);
  });
});
