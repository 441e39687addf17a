import { describe, expect, it } from 'vitest';
import { answerOf, cardOf, noticeOf, resultOf } from '../../../core/cards.ts';
import type { Turn } from '../../../core/domain.ts';
import { renderJobId, turnIdSchema } from '../../../core/ids.ts';
import { withRenders } from '../../../core/turn-changes.ts';
import { aConversation, anImage, anInterpretation, aTurn } from '../../support/builders/conversation.ts';
import { englishTexts as texts } from '../../support/easel-in-memory.ts';

const id = turnIdSchema.parse('a7f3'.padEnd(32, '0'));
const settings = { engine: { id: 'memory', maxImages: 4 }, maxOpenTurns: 1, maxRuns: 1 };
const reading = anInterpretation({
  base: 1,
  references: [2],
  instruction: 'Give the bag in image 1 the pattern of the dress in image 2',
});

function cardFor(changes: Partial<Turn>, now = {}) {
  const turn = aTurn({ id, ...changes });
  return cardOf(aConversation({ turns: [turn] }), turn, { texts, engines: settings, now });
}

describe('cardOf', () => {
  it('says what was understood and where the turn is', () => {
    expect(cardFor({ status: 'queued', interpretation: reading }, { position: 2 }).lines).toEqual([
      'Editing image 1 using image 2  #a7f3',
      '“Give the bag in image 1 the pattern of the dress in image 2”',
      'Queued · 3rd in line',
    ]);
  });

  it.each([
    [{ mode: 'edit', base: 3, references: [] }, 'Editing image 3  #a7f3'],
    [{ mode: 'edit', base: 3, references: [1, 2] }, 'Editing image 3 using image 1 + image 2  #a7f3'],
    [{ mode: 'generate', base: null, references: [] }, 'Making a new picture  #a7f3'],
    [{ mode: 'generate', base: null, references: [4] }, 'Making a new picture from image 4  #a7f3'],
  ] as const)('names the images of %o', (changes, title) => {
    expect(cardFor({ status: 'queued', interpretation: anInterpretation(changes) }).lines[0]).toBe(title);
  });

  it.each([
    ['received', {}, 'Got it. Reading your request…'],
    ['interpreting', {}, 'Got it. Reading your request…'],
    ['queued', {}, 'Queued'],
    ['rendering', {}, 'Working · getting ready'],
    ['rendering', { progress: { step: 12, steps: 30 } }, 'Working · 12/30 steps · 40 %'],
    ['delivering', {}, 'Finishing · uploading'],
    ['cancelled', {}, 'Cancelled.'],
  ] as const)('%s %o: %s', (status, now, line) => {
    expect(cardFor({ status }, now).lines).toEqual([line]);
  });

  it('says when a request was read by rules, below what they read', () => {
    const interpretation = { ...reading, note: { key: 'note.by-rules', values: {} } };
    const { lines } = cardFor({ status: 'queued', interpretation });
    expect(lines[2]).toMatch(/^Read by simple rules.*Please check it\.$/);
  });

  it('says which request comes first', () => {
    const turn = aTurn({ id });
    expect(
      cardOf(aConversation({ turns: [aTurn({ status: 'rendering' }), turn] }), turn, { texts, engines: settings })
        .lines,
    ).toEqual(['Waiting for the request before this one']);
  });

  it('names the results, the failure or the answer at the end', () => {
    const made = withRenders(aTurn({ id, interpretation: reading }), 2, settings.engine);
    const renders = made.renders.map((render, index) => ({
      ...render,
      status: 'ready' as const,
      resultNumber: index + 3,
    }));
    expect(cardFor({ ...made, status: 'done', renders }).lines.at(-1)).toBe('Done · image 3, image 4');
    expect(cardFor({ status: 'failed', error: { code: 'BUG', values: {} } }).lines).toEqual([
      'Something went wrong on my side #a7f3. Press Retry, or send the request again.',
    ]);
    expect(cardFor({ status: 'done', reply: { key: 'reply.cancelled', values: {} } }).lines).toEqual(['Cancelled.']);
  });

  it('says which picture got which number where a person could count otherwise', () => {
    const images = [
      anImage(1, { origin: 'reply' }),
      anImage(2, { origin: 'attachment', name: 'dress.png' }),
      anImage(3, { origin: 'attachment' }),
      anImage(4, { kind: 'result' }),
    ];
    const lineFor = (attached: readonly number[]) => {
      const turn = aTurn({ id, attached });
      return cardOf(aConversation({ turns: [turn], images }), turn, { texts, engines: settings }).lines[0];
    };
    expect(lineFor([1, 2, 3, 4])).toBe(
      'image 1 = from the message you answered · image 2 = dress.png · image 3 · image 4 = earlier result',
    );
    expect(lineFor([1])).toBe('image 1 = from the message you answered');
    expect(lineFor([2])).toBe('Got it. Reading your request…');
  });

  it('warns of images that could not be used', () => {
    const turn = aTurn({ id });
    const { blob: _none, widthPx: _w, heightPx: _h, ...image } = anImage(2, { turnId: id });
    const failed = {
      ...image,
      status: 'failed' as const,
      kind: 'input' as const,
      origin: 'attachment' as const,
      reason: { code: 'DOWNLOAD_FAILED', values: { number: 2 } },
    };
    expect(
      cardOf(aConversation({ turns: [turn], images: [anImage(1), failed] }), turn, { texts, engines: settings })
        .lines[0],
    ).toBe("⚠ image 2: I couldn't download image 2. Please send it again.");
  });

  it.each([
    ['queued', reading, ['cancel', 'swap', 'mode generate']],
    ['done', reading, ['retry', 'swap', 'mode generate']],
    ['delivering', reading, []],
    ['received', undefined, ['cancel']],
    ['failed', undefined, ['retry']],
    ['done', anInterpretation({ references: [] }), ['retry', 'mode generate']],
    ['done', anInterpretation({ mode: 'generate', base: null, references: [1] }), ['retry', 'mode edit']],
    ['done', anInterpretation({ mode: 'generate', base: null, references: [] }), ['retry']],
  ] as const)('offers what is possible when %s', (status, interpretation, expected) => {
    const card = cardFor({ status, ...(interpretation === undefined ? {} : { interpretation }) });
    expect(card.actions.map(({ kind, argument }) => (argument === undefined ? kind : `${kind} ${argument}`))).toEqual(
      expected,
    );
    expect(card.actions.every(({ label, turnId }) => label !== '' && turnId === id)).toBe(true);
    expect(card.ended).toBe(['done', 'failed'].includes(status));
  });

  it.each([
    ['PROMPT_BLOCKED', []],
    ['POLICY_REFUSED', []],
    ['IMAGE_REFUSED', []],
    ['RESULT_REFUSED', ['retry']],
    ['BUG', ['retry']],
  ])('offers Retry after %s only where it can help: %o', (code, expected) => {
    const failed = { status: 'failed', error: { code, values: { number: 1 } } } as const;
    expect(cardFor(failed).actions.map(({ kind }) => kind)).toEqual(expected);
    expect(noticeOf(aConversation(), aTurn(failed), texts).actions.map(({ kind }) => kind)).toEqual(expected);
  });

  it('offers nothing for a word', () => {
    expect(cardFor({ status: 'done', kind: 'word', reply: { key: 'reply.cancelled', values: {} } }).actions).toEqual(
      [],
    );
  });
});

describe('resultOf', () => {
  const renders = [
    {
      id: renderJobId(id, 1),
      n: 1,
      engine: 'memory',
      seed: 1,
      status: 'ready' as const,
      runs: 1,
      resultNumber: 3,
      startedAt: 1000,
      endedAt: 27_400,
    },
  ];

  it('says number, sources and seconds, and nothing else', () => {
    const lineage = {
      renderId: renderJobId(id, 1),
      parent: 1,
      mode: 'edit' as const,
      base: 1,
      references: [2],
      instruction: '',
      description: '',
      prompt: '',
      adapter: 'edit',
      seed: 1,
      model: 'm',
      engine: 'memory',
      timingsMs: {},
      warnings: [],
    };
    const content = resultOf(aTurn({ id, renders }), anImage(3, { kind: 'result', altText: 'a bag', lineage }), texts);
    expect(content.text).toBe('image 3 · from image 1 + image 2 · 26 s');
    expect(content.image).toMatchObject({ number: 3, altText: 'a bag', fileName: 'image-3.png' });
    expect(content.actions.map(({ label }) => label)).toEqual(['Retry', 'Undo', 'Details']);
  });

  it('names no sources where there are none', () => {
    expect(resultOf(aTurn({ id }), anImage(1, { kind: 'result' }), texts).text).toBe('image 1 · 1 s');
  });
});

describe('noticeOf', () => {
  it('says nothing for a turn that has nothing to say', () => {
    expect(answerOf(aTurn(), texts)).toBe('');
    expect(noticeOf(aConversation(), aTurn(), texts)).toMatchObject({ text: '', actions: [] });
  });
});
