import type { Case, CasePictures } from '../../../bench/quality/cases.ts';
import type { Judge, JudgeCard, Reading } from '../../../bench/quality/open-judge.ts';
import type { Picture } from '../../../inference/index.ts';

/** A picture whose pixels are given by their place. */
export function paint(size: number, colorAt: (x: number, y: number) => readonly [number, number, number]): Picture {
  const data = Uint8Array.from({ length: size * size * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return colorAt(pixel % size, Math.floor(pixel / size))[index % 3] ?? 0;
  });
  return { width: size, height: size, data };
}

/** Fine stripes: something with detail. */
export function stripes(size: number): Picture {
  return paint(size, (x) => (x % 4 < 2 ? [40, 90, 200] : [230, 230, 120]));
}

export const card: JudgeCard = {
  size: 64,
  heads: { 'left.noun': 'noun', 'left.color': 'color', 'background.color': 'color', style: 'style' },
  labels: { noun: ['cat', 'hat', 'none'], color: ['red', 'blue'], style: ['flat', 'sketch'] },
  accuracy: {
    flat: { noun: 0.99, color: 0.98, 'background.color': 0.98, style: 1 },
    sketch: { noun: 0.99, color: 0.5, 'background.color': 0.2, style: 1 },
  },
};

/** "Give the cat in image 1 the color of the hat in image 2": red becomes blue. */
export function editCase(changes: Partial<Case> = {}): Case {
  return {
    id: 'edits-000',
    group: 'edits',
    kind: 'give_color',
    concrete: false,
    quick: true,
    mode: 'edit',
    instruction: 'Give the cat in image 1 the color of the hat in image 2.',
    description: 'A blue cat on a red background.',
    inputs: 2,
    style: 'flat',
    source: { 'left.noun': 'cat', 'left.color': 'red', 'background.color': 'red', style: 'flat' },
    expected: { 'left.noun': 'cat', 'left.color': 'blue', 'background.color': 'red', style: 'flat' },
    heldOutPairs: ['cat|blue'],
    ...changes,
  };
}

export function rightReading(changes: Readonly<Record<string, string>> = {}): Reading {
  const labels = { 'left.noun': 'cat', 'left.color': 'blue', 'background.color': 'red', style: 'flat', ...changes };
  return { labels, damage: -3 };
}

/** Sees what it is told to see. */
export function fakeJudge(read: (picture: Picture) => Reading): Judge {
  return { card, read: async (picture) => read(picture), dispose: async () => undefined };
}

export function casePictures(size = 64): CasePictures {
  return {
    inputs: [paint(size, () => [250, 0, 0]), paint(size, () => [0, 250, 0])],
    target: stripes(size),
    notKept: paint(size, () => [0, 0, 250]),
  };
}
