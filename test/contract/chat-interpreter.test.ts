import { localInterpreter, servedInterpreter } from '../support/interpreters.ts';
import { tinyVlm } from '../support/tiny-vlm.ts';
import { describeInterpreter } from './interpreter.contract.ts';

/** What a good model makes of the sentences of the suite. */
const READINGS: Readonly<Record<string, object>> = {
  'Give the bag in image 2 the pattern of the dress in image 1': {
    mode: 'edit',
    base: 2,
    references: [1],
    instruction: 'Give the bag in image 2 the pattern of the dress in image 1.',
  },
  'make it blue': { mode: 'edit', base: 3, references: [], instruction: 'Change the colour of image 3 to blue.' },
  'Make a picture of the bag from image 1 in the style of image 2': {
    mode: 'generate',
    base: null,
    references: [1, 2],
    instruction: 'A picture of the bag from image 1 in the style of image 2.',
    description: 'The bag from image 1 in the style of image 2.',
  },
  'the bag from image 1 with the pattern of image 2': {
    mode: 'generate',
    base: null,
    references: [1, 2],
    instruction: 'The bag from image 1 with the pattern of image 2.',
  },
};

describeInterpreter('a chat model on a server', () =>
  servedInterpreter(({ said }) => {
    const sentence = /The request: (".*")/.exec(said.at(-1) ?? '')?.[1] ?? '""';
    return JSON.stringify(READINGS[JSON.parse(sentence)] ?? {});
  }),
);

describeInterpreter('a language model of this machine that answers nonsense', () => localInterpreter(tinyVlm('flat')));
