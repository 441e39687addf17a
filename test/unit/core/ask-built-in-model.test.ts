import { describe, expect, it } from 'vitest';
import { composeMessages } from '../../../core/interpreters/compose-messages.ts';
import { chatTemplateSchema } from '../../../core/interpreters/prompt-template.ts';
import type { InterpreterRequest } from '../../../core/ports.ts';
import template from '../../../prompts/interpret/stickers.v1.json' with { type: 'json' };
import { anImage, anInterpretation } from '../../support/builders/conversation.ts';

const REQUEST: InterpreterRequest = {
  text: 'make "it" red',
  images: [anImage(1), anImage(2), anImage(3, { kind: 'result' }), anImage(4, { origin: 'reply' }), anImage(5)],
  attached: [4, 5],
  own: [1, 5],
  current: 3,
  previous: anInterpretation({ references: [2], instruction: 'Add the hat from image 2 to image 1.' }),
  maxImages: 5,
};

const showImage = () => Promise.resolve({ bytes: new Uint8Array(1), contentType: 'image/webp' });

describe('how the built-in language model is asked', () => {
  it('is told in a few words: the training knows the same ones (training/tests/test_reader.py)', async () => {
    const messages = await composeMessages(REQUEST, [], chatTemplateSchema.parse(template), showImage);
    const said = messages.map(({ content }) =>
      content.map((part) => (part.kind === 'text' ? part.text : '[]')).join(''),
    );
    expect(said).toEqual([
      'Read.',
      '1 earlier[]2 other[]3 result[]4 reply[]5 sent 2[]now 3\n' +
        'before {"mode":"edit","base":1,"references":[2],"instruction":"Add the hat from image 2 to image 1."}\n' +
        '"make \\"it\\" red"',
    ]);
  });

  it('says the chosen mode, and nothing about what is not there', async () => {
    const request: InterpreterRequest = {
      ...{ text: 'a cat', images: [], attached: [], current: null, maxImages: 5, chosenMode: 'generate' },
    };
    const messages = await composeMessages(request, [], chatTemplateSchema.parse(template), showImage);
    expect(messages[1]?.content).toEqual([{ kind: 'text', text: 'mode generate\n"a cat"' }]);
  });
});
