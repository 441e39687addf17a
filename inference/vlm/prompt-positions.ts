/** A picture in the prompt: rows and columns of merged cells, one token each. */
export interface CellGrid {
  readonly rows: number;
  readonly columns: number;
}

interface PromptPositions {
  /** int64 [tokens, 3]: time, row, column. */
  readonly positions: BigInt64Array;
  /** Position of the first generated token, in all three; the next ones count on from it. */
  readonly next: number;
}

/** Text counts in all three rows. A picture stands still in time and counts its rows and columns from where it starts;
 * the text after it goes on behind its longer side.
 * @param ids prompt with one `imageTokenId` for every cell of every grid, in order.
 * @source transformers Qwen2_5_VLModel.get_rope_index 5.23 */
export function promptPositions(
  ids: readonly number[],
  imageTokenId: number,
  grids: readonly CellGrid[],
): PromptPositions {
  const positions = new BigInt64Array(ids.length * 3);
  const write = (token: number, ...values: readonly [number, number, number]): void => {
    positions.set(values.map(BigInt), token * 3);
  };
  const remaining = [...grids];
  let next = 0;
  for (let token = 0; token < ids.length; ) {
    const grid = ids[token] === imageTokenId ? remaining.shift() : undefined;
    if (grid === undefined) {
      write(token++, next, next, next);
      next += 1;
      continue;
    }
    for (let row = 0; row < grid.rows; row++) {
      for (let column = 0; column < grid.columns; column++) write(token++, next, next + row, next + column);
    }
    next += Math.max(grid.rows, grid.columns);
  }
  return { positions, next };
}
