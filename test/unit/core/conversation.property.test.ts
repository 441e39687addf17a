import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Conversation, Turn } from '../../../core/domain.ts';
import { conversationSchema } from '../../../core/domain.ts';
import { isAppError } from '../../../core/errors.ts';
import type { ConversationId, TurnId } from '../../../core/ids.ts';
import type { DeliverJob, InterpretJob, RenderJob } from '../../../core/render.ts';
import { isEnded, isUnfinished, resultNumbers } from '../../../core/turns.ts';
import { aMessage } from '../../support/builders/conversation.ts';
import { createEaselInMemory } from '../../support/easel-in-memory.ts';

const TEXTS = [
  'make it red',
  'draw a cat',
  'make image 1 like image 2',
  'same but tilted',
  'make image 40 red',
  'undo',
  'again',
  'cancel',
  'swap',
  'use image 1 as base',
  'undo to image 1',
  'image 1',
  'help',
  'thanks',
  '',
] as const;

type Action =
  | {
      readonly kind: 'message';
      readonly text: string;
      readonly images: number;
      readonly broken: boolean;
      readonly messageId: number;
    }
  | { readonly kind: 'cancel' | 'retry' | 'undo' | 'swap'; readonly turn: number }
  | { readonly kind: 'serve'; readonly which: readonly ('interpret' | 'render' | 'deliver')[] }
  | { readonly kind: 'stale'; readonly job: 'interpret' | 'render' | 'deliver'; readonly turn: number }
  | { readonly kind: 'crash' }
  | { readonly kind: 'sweep' };

const turn = fc.nat({ max: 5 });
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('message' as const),
      text: fc.constantFrom(...TEXTS),
      images: fc.nat({ max: 3 }),
      broken: fc.boolean(),
      messageId: fc.nat({ max: 12 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('cancel' as const, 'retry' as const, 'undo' as const, 'swap' as const),
      turn,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('serve' as const),
      which: fc.subarray(['interpret', 'render', 'deliver'] as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('stale' as const),
      job: fc.constantFrom('interpret' as const, 'render' as const, 'deliver' as const),
      turn,
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'crash' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'sweep' as const }) },
);

type Easel = ReturnType<typeof createEaselInMemory>;

/** People and platforms may be refused; nothing else may go wrong. */
async function allowRefusal(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isAppError(error) || error.code === 'BUG') throw error;
  }
}

async function perform(easel: Easel, id: ConversationId, each: Action): Promise<void> {
  const turns = (await easel.manager.get(id)).turns;
  switch (each.kind) {
    case 'message': {
      const good = await Promise.all(
        Array.from({ length: each.images }, (_, index) => easel.image(`${each.messageId}-${index}`)),
      );
      const broken = {
        status: 'failed' as const,
        origin: 'attachment' as const,
        reason: { code: 'IMAGE_UNREADABLE', values: { format: 'PDF' } },
      };
      const images = each.broken ? [...good, broken] : good;
      return allowRefusal(easel.manager.receive(id, aMessage(each.text, { messageId: `m${each.messageId}`, images })));
    }
    case 'serve': {
      const stop = await easel.serve(each.which);
      await easel.jobs.idle();
      return stop();
    }
    case 'crash':
      return easel.jobs.lose();
    case 'sweep':
      await easel.manager.sweep();
      return;
    case 'stale':
      return allowRefusal(repeatOldJob(easel, id, turns[each.turn], each.job));
    case 'cancel':
    case 'retry':
    case 'undo':
    case 'swap':
      return allowRefusal(press(easel, turns[each.turn]?.id, each.kind));
  }
}

async function press(
  easel: Easel,
  turnId: TurnId | undefined,
  button: 'cancel' | 'retry' | 'undo' | 'swap',
): Promise<unknown> {
  if (turnId === undefined) return undefined;
  if (button === 'swap') return easel.manager.correct(turnId, { base: 1 });
  return easel.manager[button](turnId);
}

/** A job that a queue delivers once more, long after its work was done. */
async function repeatOldJob(
  easel: Easel,
  conversationId: ConversationId,
  old: Turn | undefined,
  kind: 'interpret' | 'render' | 'deliver',
): Promise<void> {
  if (old === undefined) return;
  const input: InterpretJob & RenderJob & DeliverJob = { conversationId, turnId: old.id, n: 1 };
  const common = {
    attempt: 1,
    isLastAttempt: true,
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
  const id = old.renders[0]?.id ?? old.deliveries[0]?.id;
  if (id !== undefined) await easel.handlers[kind]({ ...common, id, input });
}

function checkNumbers(before: Conversation, after: Conversation): void {
  expect(conversationSchema.parse(after)).toEqual(after);
  expect(after.images.map(({ number }) => number)).toEqual(after.images.map((_, index) => index + 1));
  expect(after.images.slice(0, before.images.length)).toEqual(before.images);
  const results = after.images.filter(({ kind }) => kind === 'result').map(({ number }) => number);
  expect(after.turns.flatMap(resultNumbers).toSorted((a, b) => a - b)).toEqual(results);
  expect(new Set(after.turns.map(({ messageId }) => messageId)).size).toBe(after.turns.length);
  if (after.current !== null) expect(after.images[after.current - 1]?.status).toBe('ready');
}

describe('any sequence of messages, buttons, crashes and repeated jobs', () => {
  it('never repeats a number, ends every turn, and posts every result once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 25 }), fc.boolean(), async (actions, cards) => {
        const easel = createEaselInMemory();
        const { id } = await easel.open(cards);
        for (const each of actions) {
          const before = await easel.manager.get(id);
          await perform(easel, id, each);
          checkNumbers(before, await easel.manager.get(id));
        }

        await easel.manager.sweep();
        await easel.serve();
        await easel.jobs.idle();
        const end = await easel.manager.get(id);
        expect(end.turns.filter((each) => !isEnded(each) && each.status !== 'asked')).toEqual([]);
        expect(end.turns.filter(isUnfinished)).toEqual([]);
        expect(await easel.documents.listUnfinished()).toEqual([]);
        for (const each of end.turns) expect(each.endedAt === undefined).toBe(each.status === 'asked');
        expect(easel.logger.lines.filter(({ level, fields }) => level === 'error' && fields['code'] === 'BUG')).toEqual(
          [],
        );

        const posted = easel.platform.posts.flatMap((post) =>
          post.kind === 'result' ? [post.content.image.number] : [],
        );
        const results = end.images.filter(({ kind }) => kind === 'result').map(({ number }) => number);
        expect(posted.toSorted((a, b) => a - b)).toEqual(results);
        expect(new Set(easel.platform.posts.map(({ nonce }) => nonce)).size).toBe(easel.platform.posts.length);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
