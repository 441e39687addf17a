import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { layOutVision } from '../../../../inference/vlm/vision-layout.ts';
import { vlmFile } from '../../../support/tiny-vlm.ts';

const { windows } = z
  .object({
    windows: z.array(
      z.object({
        grid: z.tuple([z.number(), z.number()]),
        merge: z.number(),
        cells: z.number(),
        index: z.array(z.number()),
        boundaries: z.array(z.number()),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(vlmFile('cases/preprocessing.json'), 'utf8')));

function filledSlots(layout: ReturnType<typeof layOutVision>): number[][] {
  return Array.from({ length: layout.windows }, (_, window) =>
    [...layout.windowSlots.subarray(window * layout.slots, (window + 1) * layout.slots)]
      .map(Number)
      .filter((patch) => patch >= 0),
  );
}

describe('layOutVision', () => {
  it.each(windows)('puts the cells of a $grid grid into the windows of the reference', (golden) => {
    const [rows, columns] = golden.grid;
    const layout = layOutVision({ rows, columns }, { mergeSize: golden.merge, windowCells: golden.cells });
    const filled = filledSlots(layout);
    const unit = golden.merge ** 2;
    const cells = filled.flatMap((patches) =>
      patches.filter((patch) => patch % unit === 0).map((patch) => patch / unit),
    );
    expect(cells).toEqual(golden.index);
    const ends = filled.map((_, window) => filled.slice(0, window + 1).reduce((sum, { length }) => sum + length, 0));
    expect([0, ...ends]).toEqual(golden.boundaries);
  });

  it('fills 81 windows whole, 18 at the edges and one in the corner for a picture of 1036 x 1036', () => {
    const layout = layOutVision({ rows: 74, columns: 74 }, { mergeSize: 2, windowCells: 4 });
    const sizes = filledSlots(layout).map(({ length }) => length);
    expect([64, 16, 4].map((size) => sizes.filter((length) => length === size).length)).toEqual([81, 18, 1]);
  });

  it('knows the slot of every patch', () => {
    const layout = layOutVision({ rows: 6, columns: 10 }, { mergeSize: 2, windowCells: 2 });
    expect([...layout.slotOfPatch].map((slot) => layout.windowSlots[Number(slot)])).toEqual(
      Array.from({ length: 60 }, (_, patch) => BigInt(patch)),
    );
  });

  it('counts the rows and columns of the patches cell by cell', () => {
    const { positions } = layOutVision({ rows: 2, columns: 4 }, { mergeSize: 2, windowCells: 4 });
    const pairs = Array.from({ length: 8 }, (_, patch) => `${positions[patch * 2]}/${positions[patch * 2 + 1]}`);
    expect(pairs).toEqual(['0/0', '0/1', '1/0', '1/1', '0/2', '0/3', '1/2', '1/3']);
  });
});
