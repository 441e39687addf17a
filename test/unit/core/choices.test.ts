import { describe, expect, it } from 'vitest';
import { choicesOf } from '../../../core/choices.ts';
import type { Choice } from '../../../core/content.ts';
import type { Conversation, Interpretation, Turn } from '../../../core/domain.ts';
import { newTurnId } from '../../../core/ids.ts';
import { withRenders } from '../../../core/turn-changes.ts';
import { aConversation, anImage, anInterpretation, aTurn } from '../../support/builders/conversation.ts';
import { englishTexts as texts } from '../../support/easel-in-memory.ts';

const id = newTurnId();
const price = { currency: 'USD', perImage: 0.05, perInput: 0.01 };
const engine = { id: 'local', maxImages: 5, model: 'stickers 1' };
const ONE = { engine };
const THREE = {
  engine,
  engines: {
    others: [
      { id: 'gemini', maxImages: 14, price },
      { id: 'small', maxImages: 1 },
    ],
  },
};

function choicesFor(
  reading: Partial<Interpretation>,
  conversation: Partial<Conversation> = {},
  { engines = ONE, turn: changes = {} }: { engines?: typeof ONE | typeof THREE; turn?: Partial<Turn> } = {},
): readonly Choice[] {
  const turn = aTurn({ id, status: 'done', interpretation: anInterpretation(reading), ...changes });
  return choicesOf(aConversation({ turns: [turn], ...conversation }), turn, { texts, engines });
}

const find = (choices: readonly Choice[], kind: Choice['kind']) => choices.find((each) => each.kind === kind);
const chosen = (choice: Choice | undefined) =>
  choice?.options.filter(({ isChosen }) => isChosen).map(({ value }) => value);
const offered = (choice: Choice | undefined) => choice?.options.map(({ value }) => value);

describe('choicesOf', () => {
  const images = [anImage(1, { name: 'bag.png' }), anImage(2), anImage(3, { kind: 'result', altText: 'a red bag' })];

  it('offers every image as base, and all but the base as references, with what is used now', () => {
    const choices = choicesFor({ base: 1, references: [2] }, { images });
    expect(offered(find(choices, 'base'))).toEqual(['1', '2', '3']);
    expect(chosen(find(choices, 'base'))).toEqual(['1']);
    expect(find(choices, 'references')).toMatchObject({
      atLeast: 0,
      atMost: 2,
      options: [
        { value: '2', label: 'Use image 2', isChosen: true },
        { value: '3', label: 'Use image 3', description: 'a red bag', isChosen: false },
      ],
    });
    expect(find(choices, 'base')?.options[0]).toMatchObject({ label: 'Change image 1', description: 'bag.png' });
  });

  it('offers no base for a new picture', () => {
    const choices = choicesFor({ mode: 'generate', base: null, references: [1, 2] }, { images });
    expect(choices.map(({ kind }) => kind)).toEqual(['references']);
    expect(chosen(find(choices, 'references'))).toEqual(['1', '2']);
  });

  it('leaves out failed images and the results of this very turn', () => {
    const own = anImage(4, { kind: 'result', turnId: id });
    const reason = { code: 'DOWNLOAD_FAILED', values: { number: 5 } };
    const { blob: _none, widthPx: _width, heightPx: _height, ...rest } = anImage(5);
    const failed = { ...rest, status: 'failed' as const, kind: 'input' as const, origin: 'link' as const, reason };
    const choices = choicesFor({ base: 1 }, { images: [...images, own, failed] });
    expect(offered(find(choices, 'base'))).toEqual(['1', '2', '3']);
  });

  it('offers nothing where there is nothing to choose', () => {
    expect(choicesFor({ base: 1 }, { images: [anImage(1)] })).toEqual([]);
    expect(choicesFor({ mode: 'chat', base: null }, { images })).toEqual([]);
    expect(choicesFor({ base: 1 }, { images }, { turn: { status: 'delivering' } })).toEqual([]);
  });

  it('belongs to the newest request only; words in between do not count', () => {
    const turn = aTurn({ id, status: 'done', interpretation: anInterpretation({ base: 1 }) });
    const word = aTurn({ kind: 'word', status: 'done' });
    const context = { texts, engines: ONE };
    expect(choicesOf(aConversation({ turns: [turn, word], images }), turn, context)).not.toEqual([]);
    expect(choicesOf(aConversation({ turns: [turn, aTurn()], images }), turn, context)).toEqual([]);
  });

  it('keeps to as many options as every platform shows: what is used, and the newest', () => {
    const many = Array.from({ length: 40 }, (_, index) => anImage(index + 1));
    const options = offered(find(choicesFor({ base: 1, references: [2] }, { images: many }), 'base'));
    expect(options).toHaveLength(25);
    expect(options?.slice(0, 3)).toEqual(['1', '2', '18']);
  });

  it('lets as many references be chosen as the engine takes beside the base', () => {
    const many = Array.from({ length: 9 }, (_, index) => anImage(index + 1));
    expect(find(choicesFor({ base: 1 }, { images: many }), 'references')?.atMost).toBe(4);
    const generation = choicesFor({ mode: 'generate', base: null, references: [1] }, { images: many });
    expect(find(generation, 'references')?.atMost).toBe(5);
  });

  it('offers the engines that take as many images, with what each would charge', () => {
    const choices = choicesFor({ base: 1, references: [2] }, { images }, { engines: THREE });
    expect(find(choices, 'engine')).toMatchObject({
      options: [
        { value: 'local', label: 'Make it with local', description: 'stickers 1', isChosen: true },
        { value: 'gemini', description: 'about $0.07', isChosen: false },
      ],
    });
  });

  it('shows the engine that made the newest picture', () => {
    const interpretation = anInterpretation({ base: 1 });
    const { renders } = withRenders(aTurn({ id, interpretation }), 1, { id: 'gemini', maxImages: 14 });
    const choices = choicesFor({ base: 1 }, { images }, { engines: THREE, turn: { renders } });
    expect(chosen(find(choices, 'engine'))).toEqual(['gemini']);
    expect(find(choices, 'references')?.atMost).toBe(2);
  });

  it('offers no engine where there is one', () => {
    expect(find(choicesFor({ base: 1 }, { images }), 'engine')).toBeUndefined();
  });
});
