import { expect, it } from 'vitest';
import { createWorkers } from '../../../queue/workers.ts';
import { createEaselInMemory, englishTexts } from '../../support/easel-in-memory.ts';
import { createMemoryEngine } from '../../support/fakes/engine.ts';

/** How many renders of four run together on an engine that says it takes so many. */
async function together(atOnce: number): Promise<number> {
  let [running, most] = [0, 0];
  const memory = createMemoryEngine({
    async beforeStep(step) {
      if (step === 1) running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      if (step === 2) running -= 1;
    },
  });
  const engine = { ...memory, description: { ...memory.description, atOnce } };
  const easel = createEaselInMemory({ engine });
  await easel.serve(['interpret', 'deliver']);
  const stop = await createWorkers({ ...easel, texts: englishTexts }, { engines: [engine] }, { sweepEveryMs: 60_000 });
  await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const { id } = await easel.open();
      await easel.say(id, 'draw a cat');
    }),
  );
  await stop();
  return most;
}

it('works on as many renders at the same time as the engine says', async () => {
  expect(await together(1)).toBe(1);
  expect(await together(3)).toBe(3);
});
