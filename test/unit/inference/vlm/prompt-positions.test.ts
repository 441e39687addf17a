import { describe, expect, it } from 'vitest';
import { promptPositions } from '../../../../inference/vlm/prompt-positions.ts';

const IMAGE = 99;

function rowsOf(positions: BigInt64Array): number[][] {
  return [0, 1, 2].map((row) => [...positions].filter((_, index) => index % 3 === row).map(Number));
}

describe('promptPositions', () => {
  it('counts text alike in time, row and column', () => {
    const { positions, next } = promptPositions([5, 6, 7], IMAGE, []);
    expect(rowsOf(positions)).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(next).toBe(3);
  });

  it('lets a picture stand still in time, and goes on behind its longer side', () => {
    const ids = [1, 2, ...Array<number>(6).fill(IMAGE), 3];
    const { positions, next } = promptPositions(ids, IMAGE, [{ rows: 2, columns: 3 }]);
    expect(rowsOf(positions)).toEqual([
      [0, 1, 2, 2, 2, 2, 2, 2, 5],
      [0, 1, 2, 2, 2, 3, 3, 3, 5],
      [0, 1, 2, 3, 4, 2, 3, 4, 5],
    ]);
    expect(next).toBe(6);
  });

  it('starts every further picture where the text stands', () => {
    const ids = [IMAGE, IMAGE, 1, IMAGE, IMAGE, IMAGE];
    const { positions, next } = promptPositions(ids, IMAGE, [
      { rows: 2, columns: 1 },
      { rows: 1, columns: 3 },
    ]);
    expect(rowsOf(positions)).toEqual([
      [0, 0, 2, 3, 3, 3],
      [0, 1, 2, 3, 3, 3],
      [0, 0, 2, 3, 4, 5],
    ]);
    expect(next).toBe(6);
  });

  it('tells two pictures apart that follow each other without a word', () => {
    const { positions } = promptPositions([IMAGE, IMAGE], IMAGE, [
      { rows: 1, columns: 1 },
      { rows: 1, columns: 1 },
    ]);
    expect(rowsOf(positions)[1]).toEqual([0, 1]);
  });
});
