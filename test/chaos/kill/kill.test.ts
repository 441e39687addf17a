import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chaosSeed, seededRandom } from '../../support/seeded-random.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { type RedisServer, redisProgram, startRedis } from '../../support/servers/redis.ts';
import { tinyModel } from '../../support/tiny-model.ts';
import { type KillRounds, type KillRoundsOptions, killAtRandomMoments } from './kill-rounds.ts';

const WITHIN_MS = 900_000;

/** The seed draws the moments; what a process has come to by then is the machine's. */
async function killOften(home: string, options: Omit<KillRoundsOptions, 'random'>): Promise<KillRounds> {
  const seed = chaosSeed();
  process.stdout.write(`${home}: CHAOS_SEED=${seed}\n`);
  const rounds = await killAtRandomMoments({ ...options, random: seededRandom(seed) });
  process.stdout.write(`${home}: killed while ${JSON.stringify(rounds.killedWhile)}\n`);
  return rounds;
}

describe('the embedded home, killed 30 times at random moments of a turn', () => {
  let rounds: KillRounds;
  beforeAll(async () => {
    rounds = await killOften('embedded', { kills: 30, modelFolder: tinyModel('small') });
  }, WITHIN_MS);

  lostNothing(() => rounds);
});

describe('one of two processes on Redis, killed 5 times at random moments of a turn', whereFound(redisProgram), () => {
  let redis: RedisServer;
  let rounds: KillRounds;
  beforeAll(async () => {
    redis = await startRedis();
    rounds = await killOften('Redis', { kills: 5, redisUrl: redis.url });
  }, WITHIN_MS);
  afterAll(() => redis.stop());

  lostNothing(() => rounds);
});

function lostNothing(result: () => KillRounds): void {
  it('has one turn for every message that was sent, in spite of all repetitions', () => {
    expect(
      result()
        .document.turns.map(({ messageId }) => messageId)
        .toSorted(),
    ).toEqual(result().messageIds.toSorted());
  });

  it('ended every turn with one picture', () => {
    const ends = result().document.turns.map(({ status, renders }) => ({
      status,
      pictures: renders.filter(({ resultNumber }) => resultNumber !== undefined).length,
    }));
    expect(ends).toEqual(result().messageIds.map(() => ({ status: 'done', pictures: 1 })));
  });

  it('numbered images and results 1..n', () => {
    const numbers = result().document.images.map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: result().messageIds.length * 2 }, (_, index) => index + 1));
  });

  it('never gave a number to another picture, and never took one back', () => {
    for (const snapshot of result().snapshots) {
      expect(result().document.images.slice(0, snapshot.images.length)).toEqual(snapshot.images);
    }
  });

  it('posted every picture exactly once', () => {
    const posted = result().posts.flatMap(({ kind, number }) => (kind === 'result' ? [number] : []));
    const results = result().document.images.flatMap(({ kind, number }) => (kind === 'result' ? [number] : []));
    expect(posted.toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(results);
  });

  it('posted nothing else twice', () => {
    const nonces = result().posts.map(({ nonce }) => nonce);
    expect(new Set(nonces).size).toBe(nonces.length);
  });
}
