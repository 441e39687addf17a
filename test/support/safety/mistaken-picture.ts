import { loadPictures, readCases } from '../../../bench/quality/cases.ts';
import { encodePng } from '../../../inference/index.ts';

const FOLDER = 'bench/quality/cases';

/** A sticker that the classifier takes for an explicit drawing (0.84), though nothing of it is: no picture is kept here that really is. */
export async function mistakenPicture(): Promise<Uint8Array> {
  const { cases, size } = readCases(FOLDER);
  const mistaken = cases.find(({ id }) => id === 'edits-073');
  if (mistaken === undefined) throw new Error('the case is gone');
  const { inputs, target } = await loadPictures(FOLDER, size, mistaken);
  return await encodePng([...inputs, target][1] ?? target);
}

/** What refuses it. */
export const MISTAKEN_THRESHOLD = { EASEL_SAFETY_THRESHOLD: '0.5' } as const;
