import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRuleInterpreter } from '../../../core/intent-rules.ts';
import { createChatInterpreter } from '../../../core/interpreters/chat-interpreter.ts';
import { chatTemplateSchema } from '../../../core/interpreters/prompt-template.ts';
import { createInterpreterWithFallback } from '../../../core/interpreters/with-fallback.ts';
import type { InterpreterRequest } from '../../../core/ports.ts';
import { asChatModel } from '../../../prompts/chat-models/chat-model.ts';
import { GeneratedChatModel, type GenerationRequest } from '../../../prompts/chat-models/generated-chat-model.ts';
import template from '../../../prompts/interpret/stickers.v1.json' with { type: 'json' };
import { anImage } from '../../support/builders/conversation.ts';
import { englishTexts } from '../../support/easel-in-memory.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';
import { localInterpreter } from '../../support/interpreters.ts';
import { copyTinyVlm } from '../../support/tiny-vlm.ts';

const REQUEST: InterpreterRequest = {
  text: 'taschenmuster wie beim kleid',
  images: [anImage(1), anImage(2)],
  attached: [1, 2],
  current: null,
  maxImages: 5,
};
const NOTE = { key: 'note.by-rules', values: {} };
const signal = () => new AbortController().signal;

/** A model of this machine that answers these texts in turn. */
function openScripted(...answers: readonly string[]) {
  const requests: GenerationRequest[] = [];
  const generate = (request: GenerationRequest) => {
    requests.push(request);
    return Promise.resolve({ text: answers[requests.length - 1] ?? '', finishReason: 'stop' as const });
  };
  const model = asChatModel('local', new GeneratedChatModel({ generate, maxNewTokens: 256, repetitionPenalty: 1 }));
  const showImage = ({ number }: { readonly number: number }) =>
    Promise.resolve({ bytes: new Uint8Array([number]), contentType: 'image/png' });
  const interpreter = createInterpreterWithFallback({
    main: createChatInterpreter(
      { model, template: chatTemplateSchema.parse(template), showImage, texts: englishTexts },
      { timeoutMs: 60_000 },
    ),
    fallback: createRuleInterpreter({ texts: englishTexts }),
    logger: createMemoryLogger(),
  });
  return { requests, interpret: () => interpreter.interpret(REQUEST, { signal: signal() }) };
}

const ANSWER =
  '{"seen":["red dotted dress","blue bag"],"mode":"edit","base":2,"references":[1],' +
  '"instruction":"Give the bag in image 2 the pattern of the dress in image 1.","language":"de"}';

describe('a language model that answers with an interpretation', () => {
  it('chooses base and references itself, and what it saw is left aside', async () => {
    const { interpret, requests } = openScripted(ANSWER);
    const reading = await interpret();
    expect(reading).toMatchObject({
      mode: 'edit',
      base: 2,
      references: [1],
      instruction: 'Give the bag in image 2 the pattern of the dress in image 1.',
      description: '',
      language: 'de',
    });
    expect(reading.note).toBeUndefined();
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ images: [new Uint8Array([1]), new Uint8Array([2])], maxNewTokens: 256 });
  });

  it('is told once what is wrong with its answer', async () => {
    const { interpret, requests } = openScripted(ANSWER.replace('"base":2', '"base":7'), ANSWER);
    expect(await interpret()).toMatchObject({ base: 2, references: [1] });
    expect(JSON.stringify(requests[1])).toContain('there is no image 7');
  });

  it('leaves it to the rules after two answers that cannot be used, and says so', async () => {
    const { interpret, requests } = openScripted('{"mode":"edit"', '{"mode":"dance"}');
    expect(await interpret()).toMatchObject({ mode: 'edit', note: NOTE });
    expect(requests).toHaveLength(2);
  });
});

describe('a model folder whose language model says how it is asked', () => {
  let vlm: ReturnType<typeof copyTinyVlm>;
  let local: Awaited<ReturnType<typeof localInterpreter>>;
  beforeEach(async () => {
    vlm = copyTinyVlm('nested');
    writeFileSync(join(vlm.folder, 'easel.json'), JSON.stringify({ template: 'stickers.v1', maxNewTokens: 12 }));
    local = await localInterpreter(vlm.folder);
  });
  afterEach(async () => {
    await local.close();
    vlm.remove();
  });

  it('is asked for an interpretation; nonsense ends in the rules, said so', async () => {
    const request = { ...REQUEST, text: 'Give the bag in image 2 the pattern of the dress in image 1.' };
    expect(await local.interpreter.interpret(request, { signal: signal() })).toMatchObject({
      mode: 'edit',
      base: 2,
      references: [1],
      note: NOTE,
    });
    expect(local.logger.lines).toMatchObject([{ fields: { reason: 'unusable', model: 'local' } }]);
  });
});
