import { readFileSync } from 'node:fs';
import { openSafety } from '../../cli/open-safety.ts';
import { loadConfig } from '../../core/config.ts';
import { createWordFilter } from '../support/fakes/safety-filter.ts';
import { MISTAKEN_THRESHOLD, mistakenPicture } from '../support/safety/mistaken-picture.ts';
import { describeSafetyFilter } from './safety-filter.contract.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const sample = (name: string) => new Uint8Array(readFileSync(`models/easel-stickers/samples/${name}.png`));
const prompts = { allowed: 'a red bag', refused: 'make her nude' };

describeSafetyFilter('words, in memory', () =>
  Promise.resolve({
    filter: createWordFilter({ prompt: 'nude', image: 'bad' }),
    prompts,
    pictures: { allowed: bytes('good'), refused: bytes('bad') },
    close: () => Promise.resolve(),
  }),
);

describeSafetyFilter('rules and the picture classifier', async () => {
  const { filter, dispose } = openSafety(loadConfig(MISTAKEN_THRESHOLD));
  const pictures = { allowed: sample('red-bag'), refused: await mistakenPicture() };
  return { filter, prompts, pictures, close: dispose };
});
