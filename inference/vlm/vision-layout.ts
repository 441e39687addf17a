/** Where the patches of one picture lie, as the vision tower needs it. */
export interface VisionLayout {
  /** int64 [patches, 2]: row and column. */
  readonly positions: BigInt64Array;
  /** int64 [windows, slots]: the patch in every slot of every attention window, or -1. */
  readonly windowSlots: BigInt64Array;
  readonly windows: number;
  readonly slots: number;
  /** int64 [patches]: the slot of every patch, counted over all windows. */
  readonly slotOfPatch: BigInt64Array;
}

export interface PatchGrid {
  /** Of patches; both are multiples of the merge size. */
  readonly rows: number;
  readonly columns: number;
}

interface VisionLayoutOptions {
  /** Patches on each side of a cell. */
  readonly mergeSize: number;
  /** Cells on each side of a window. */
  readonly windowCells: number;
}

/** Patches come cell by cell, row by row in both; windows cover the grid row by row, those at its right and bottom edge
 * hold fewer cells.
 * @source transformers vision_utils get_vision_position_ids and get_vision_window_index 5.23 */
export function layOutVision(grid: PatchGrid, { mergeSize, windowCells }: VisionLayoutOptions): VisionLayout {
  const cellRows = grid.rows / mergeSize;
  const cellColumns = grid.columns / mergeSize;
  const windowColumns = Math.ceil(cellColumns / windowCells);
  const windows = windowColumns * Math.ceil(cellRows / windowCells);
  const slots = (windowCells * mergeSize) ** 2;
  const patches = grid.rows * grid.columns;

  const positions = new BigInt64Array(patches * 2);
  const windowSlots = new BigInt64Array(windows * slots).fill(-1n);
  const slotOfPatch = new BigInt64Array(patches);
  const filled = new Int32Array(windows);
  let patch = 0;
  for (let cellRow = 0; cellRow < cellRows; cellRow++) {
    for (let cellColumn = 0; cellColumn < cellColumns; cellColumn++) {
      const window = Math.floor(cellRow / windowCells) * windowColumns + Math.floor(cellColumn / windowCells);
      for (let inside = 0; inside < mergeSize ** 2; inside++) {
        positions[patch * 2] = BigInt(cellRow * mergeSize + Math.floor(inside / mergeSize));
        positions[patch * 2 + 1] = BigInt(cellColumn * mergeSize + (inside % mergeSize));
        const used = filled[window] ?? 0;
        const slot = window * slots + used;
        filled[window] = used + 1;
        windowSlots[slot] = BigInt(patch);
        slotOfPatch[patch] = BigInt(slot);
        patch += 1;
      }
    }
  }
  return { positions, windowSlots, windows, slots, slotOfPatch };
}
