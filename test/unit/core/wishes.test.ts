import { describe, expect, it } from 'vitest';
import type { Interpretation } from '../../../core/domain.ts';
import { withWishes } from '../../../core/wishes.ts';
import { anInterpretation, aTurn } from '../../support/builders/conversation.ts';
import { createEaselInMemory } from '../../support/easel-in-memory.ts';

const threeImages = aTurn({ attached: [1, 2, 3], chosenMode: 'edit', text: 'combine', wishes: { count: 1 } });

describe('a request with wishes', () => {
  it('uses every image it brings, whatever the text mentions', () => {
    const read = withWishes(threeImages, anInterpretation({ base: 2, references: [] }));
    expect(read).toMatchObject({ mode: 'edit', base: 2, references: [1, 3] });
  });

  it('is rendered as it stands where an interpreter would ask back or only answer', () => {
    const asked = anInterpretation({ mode: 'clarify', base: null, instruction: '', question: 'Which one?' });
    const expected = { mode: 'edit', base: 1, references: [2, 3], instruction: 'combine' } as const;
    for (const mode of ['clarify', 'chat'] as const) {
      const read: Interpretation = withWishes(threeImages, { ...asked, mode });
      expect(read).toMatchObject(expected);
      expect(read.question).toBeUndefined();
    }
  });

  it('has no base when it asks for a new picture', () => {
    const turn = aTurn({ attached: [1, 2], chosenMode: 'generate', wishes: { count: 2, aspect: '3:2' } });
    const read = withWishes(turn, anInterpretation({ base: 1, aspect: '1:1', count: 4 }));
    expect(read).toMatchObject({ mode: 'generate', base: null, references: [1, 2], count: 2, aspect: '3:2' });
  });

  it('leaves the readings of people alone', () => {
    const reading = anInterpretation({ base: 2 });
    expect(withWishes(aTurn({ attached: [1, 2, 3] }), reading)).toBe(reading);
  });

  it('draws what is a word in a chat, with the seeds it names', async () => {
    const easel = createEaselInMemory();
    await easel.serve();
    const { id } = await easel.open();
    const turn = await easel.say(id, 'undo', { mode: 'generate', wishes: { count: 2, seed: 2 ** 32 - 1 } });
    expect(turn).toMatchObject({
      kind: 'request',
      status: 'done',
      renders: [{ resultNumber: 1 }, { resultNumber: 2 }],
    });
    expect(easel.engine.requests.map(({ seed, mode }) => ({ seed, mode }))).toEqual([
      { seed: 2 ** 32 - 1, mode: 'generate' },
      { seed: 0, mode: 'generate' },
    ]);
  });
});
