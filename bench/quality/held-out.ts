import { createHash } from 'node:crypto';

/** One pair of noun and attribute in this many is held out of training. */
const ONE_IN = 10;

/** Whether training excludes a pair `noun|attribute`; plain is never held out.
 * @source is_held_out in training/easel_training/world/vocabulary.py, which decides what is trained on. */
export function isHeldOut(pair: string): boolean {
  if (pair.endsWith('|plain')) return false;
  return createHash('sha256').update(pair).digest().readUInt32BE(0) % ONE_IN === 0;
}
