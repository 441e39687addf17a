import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRuleInterpreter } from '../../../core/intent-rules.ts';
import { createTaggedInterpreter } from '../../../core/interpreters/tagged-interpreter.ts';
import { createInterpreterWithFallback } from '../../../core/interpreters/with-fallback.ts';
import type { InterpreterRequest } from '../../../core/ports.ts';
import { asChatModel } from '../../../prompts/chat-models/chat-model.ts';
import { GeneratedChatModel, type GenerationRequest } from '../../../prompts/chat-models/generated-chat-model.ts';
import template from '../../../prompts/interpret/dreamomni2.v1.json' with { type: 'json' };
import { anImage } from '../../support/builders/conversation.ts';
import { englishTexts } from '../../support/easel-in-memory.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';
import { localInterpreter } from '../../support/interpreters.ts';
import { tinyVlm } from '../../support/tiny-vlm.ts';

const TEXT = 'Give the bag in image 2 the pattern of the dress in image 1.';
const REQUEST: InterpreterRequest = {
  text: TEXT,
  images: [anImage(1), anImage(2)],
  attached: [1, 2],
  current: null,
  maxImages: 4,
};
const NOTE = { key: 'note.by-rules', values: {} };
const signal = () => new AbortController().signal;

/** DreamOmni2's model as it answers, without the seven billion weights. */
function openScripted(text: string, finishReason: 'stop' | 'length' = 'stop') {
  const requests: GenerationRequest[] = [];
  const generate = (request: GenerationRequest) => {
    requests.push(request);
    return Promise.resolve({ text, finishReason });
  };
  const { maxNewTokens, repetitionPenalty } = template;
  const model = asChatModel('local', new GeneratedChatModel({ generate, maxNewTokens, repetitionPenalty }));
  const showImage = ({ number }: { readonly number: number }) =>
    Promise.resolve({ bytes: new Uint8Array([number]), contentType: 'image/png' });
  const logger = createMemoryLogger();
  const interpreter = createInterpreterWithFallback({
    main: createTaggedInterpreter({ model, template, showImage, texts: englishTexts }, { timeoutMs: 60_000 }),
    fallback: createRuleInterpreter({ texts: englishTexts }),
    logger,
  });
  return {
    requests,
    logger,
    interpret: (changes: Partial<InterpreterRequest> = {}) =>
      interpreter.interpret({ ...REQUEST, ...changes }, { signal: signal() }),
  };
}

describe('reading a request as DreamOmni2 does', () => {
  it('shows the base first and asks with the positions, the suffix of the task and a repetition penalty', async () => {
    const { interpret, requests } = openScripted('<edit>Any words.</edit>');
    await interpret();
    expect(requests).toEqual([
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image' },
              { type: 'image' },
              {
                type: 'text',
                text: 'Give the bag in image 1 the pattern of the dress in image 2. It is editing task.',
              },
            ],
          },
        ],
        images: [new Uint8Array([2]), new Uint8Array([1])],
        maxNewTokens: 512,
        repetitionPenalty: 1.05,
      },
    ]);
  });

  it('keeps the instruction and takes what follows it as the description, in people’s numbers', async () => {
    const { interpret } = openScripted(
      '<edit>Give the bag in image 1 the pattern of the dress in image 2. The bag in image 1 has white dots.</edit>',
    );
    expect(await interpret()).toMatchObject({
      mode: 'edit',
      base: 2,
      references: [1],
      instruction: 'Give the bag in image 2 the pattern of the dress in image 1.',
      description: 'The bag in image 2 has white dots.',
    });
  });

  it('takes the whole text as the instruction where it says it in other words', async () => {
    const { interpret } = openScripted('<edit>The bag of image 1 wears dots like image 2.</edit>');
    const reading = await interpret();
    expect(reading).toMatchObject({ instruction: 'The bag of image 2 wears dots like image 1.', description: '' });
    expect(reading.note).toBeUndefined();
  });

  it('takes the text of a generation as its description', async () => {
    const { interpret, requests } = openScripted('<gen>\nA red bag with dots like image 1.\n</gen>');
    const reading = await interpret({ text: 'Make a picture of the bag from image 2 with the pattern of image 1' });
    expect(reading).toMatchObject({ mode: 'generate', base: null, description: 'A red bag with dots like image 2.' });
    expect(JSON.stringify(requests)).toContain(' It is generation task.');
  });

  it.each([
    ['without tags, about the request', 'The bag in image 1 gets the pattern of the dress.'],
    ['without the closing tag', '<edit>The bag in image 1 gets the pattern of the dress.'],
  ])('takes a text %s', async (_, text) => {
    const reading = await openScripted(text).interpret();
    expect(reading).toMatchObject({ instruction: 'The bag in image 2 gets the pattern of the dress.' });
    expect(reading.note).toBeUndefined();
  });

  it.each([
    ['noise', 'qx\ufffd\u0003 zzz', 'stop'],
    ['words that have nothing to do with it', 'Lorem ipsum dolor sit amet.', 'stop'],
    ['an image that it was not shown', '<edit>Give the bag in image 1 the look of image 3.</edit>', 'stop'],
    ['a text that was cut', '<edit>Give the bag in image 1 the', 'length'],
    ['silence', '', 'stop'],
  ] as const)('leaves it to the rules after %s, and says so', async (_, text, finishReason) => {
    const { interpret, requests, logger } = openScripted(text, finishReason);
    expect(await interpret()).toMatchObject({ base: 2, references: [1], instruction: TEXT, note: NOTE });
    expect(requests).toHaveLength(1);
    expect(logger.lines).toMatchObject([{ level: 'warn', fields: { model: 'local' } }]);
  });

  it('does not ask where there is no picture to look at', async () => {
    const { interpret, requests } = openScripted('<gen>A cat.</gen>');
    const reading = await interpret({ text: 'draw a cat', images: [], attached: [] });
    expect(reading).toMatchObject({ mode: 'generate', description: 'A cat' });
    expect(reading.note).toBeUndefined();
    expect(requests).toEqual([]);
  });
});

describe('a random language model in the model folder', () => {
  let local: Awaited<ReturnType<typeof localInterpreter>>;
  beforeEach(async () => {
    local = await localInterpreter(tinyVlm('nested'));
  });
  afterEach(() => local.close());

  it('answers nonsense from its own process, which ends in the rules, said so', async () => {
    expect(await local.interpreter.interpret(REQUEST, { signal: signal() })).toMatchObject({
      mode: 'edit',
      base: 2,
      references: [1],
      instruction: TEXT,
      note: NOTE,
    });
    // Not because it could not be asked.
    expect(local.logger.lines).toMatchObject([{ fields: { reason: 'unusable', model: 'local' } }]);
  });

  it('stops when it is told to', async () => {
    await local.opened.ready();
    const cancel = new AbortController();
    const reading = local.interpreter.interpret(REQUEST, { signal: cancel.signal });
    cancel.abort('cancelled');
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
