import { beforeAll, describe, expect, it } from 'vitest';
import { tinyModel } from '../../support/tiny-model.ts';
import { type KillRounds, killAtRandomMoments } from './kill-rounds.ts';

const KILLS = 30;

describe(`a home that is killed ${KILLS} times at random moments of a turn`, () => {
  let rounds: KillRounds;
  beforeAll(async () => {
    rounds = await killAtRandomMoments({ kills: KILLS, random: Math.random, modelFolder: tinyModel('small') });
    process.stdout.write(`killed while: ${JSON.stringify(rounds.killedWhile)}\n`);
  }, 900_000);

  it('has one turn for every message that was sent, in spite of all repetitions', () => {
    expect(rounds.document.turns.map(({ messageId }) => messageId).toSorted()).toEqual(rounds.messageIds.toSorted());
  });

  it('ended every turn with one picture', () => {
    const ends = rounds.document.turns.map(({ status, renders }) => ({
      status,
      pictures: renders.filter(({ resultNumber }) => resultNumber !== undefined).length,
    }));
    expect(ends).toEqual(rounds.messageIds.map(() => ({ status: 'done', pictures: 1 })));
  });

  it('numbered images and results 1..n', () => {
    const numbers = rounds.document.images.map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: rounds.messageIds.length * 2 }, (_, index) => index + 1));
  });

  it('never gave a number to another picture, and never took one back', () => {
    for (const snapshot of rounds.snapshots) {
      expect(rounds.document.images.slice(0, snapshot.images.length)).toEqual(snapshot.images);
    }
  });

  it('posted every picture exactly once', () => {
    const posted = rounds.posts.flatMap(({ kind, number }) => (kind === 'result' ? [number] : []));
    const results = rounds.document.images.flatMap(({ kind, number }) => (kind === 'result' ? [number] : []));
    expect(posted.toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(results);
  });

  it('posted nothing else twice', () => {
    const nonces = rounds.posts.map(({ nonce }) => nonce);
    expect(new Set(nonces).size).toBe(nonces.length);
  });
});
