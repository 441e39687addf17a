import { describe, expect, it } from 'vitest';
import {
  type ConversationChange,
  type ConversationState,
  changeConversation,
  EMPTY_CONVERSATION,
  nextImageNumber,
} from '../../../bots/web/client/src/conversation-state.ts';
import type { ImageView, TurnView } from '../../../bots/web/protocol.ts';

const turn: TurnView = {
  id: 'a',
  reference: '#a',
  kind: 'request',
  status: 'queued',
  canRetry: false,
  text: 'make it red',
  attached: [1],
  resultNumbers: [],
  receivedAt: 10,
  queuePosition: 2,
};
const image: ImageView = {
  number: 1,
  turnId: 'a',
  kind: 'input',
  status: 'ready',
  url: '/api/images/1',
  altText: '',
  isCurrent: false,
};

function stateAfter(...changes: readonly ConversationChange[]): ConversationState {
  return changes.reduce(changeConversation, EMPTY_CONVERSATION);
}

describe('the conversation as the page knows it', () => {
  it('replaces an object by its newer self and keeps the order', () => {
    const state = stateAfter(
      { kind: 'turn', turn: { ...turn, id: 'b', receivedAt: 20 } },
      { kind: 'turn', turn },
      { kind: 'image', image: { ...image, number: 2 } },
      { kind: 'image', image },
      { kind: 'image', image: { ...image, isCurrent: true } },
    );
    expect(state.turns.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(state.images.map(({ number, isCurrent }) => [number, isCurrent])).toEqual([
      [1, true],
      [2, false],
    ]);
    expect(nextImageNumber(state.images)).toBe(3);
  });

  it('forgets the place in the queue when the work begins', () => {
    const state = stateAfter(
      { kind: 'turn', turn },
      { kind: 'progress', progress: { turnId: 'a', step: 3, steps: 16 } },
    );
    expect(state.turns[0]).toMatchObject({ step: 3, steps: 16 });
    expect(state.turns[0]).not.toHaveProperty('queuePosition');
  });

  it('shows a preview until the picture is made', () => {
    const rendering: TurnView = { ...turn, status: 'rendering' };
    const shown = stateAfter(
      { kind: 'turn', turn: rendering },
      { kind: 'preview', preview: { turnId: 'a', dataUrl: 'data:,x' } },
      { kind: 'turn', turn: { ...rendering, step: 4 } },
    );
    expect(shown.previews).toEqual({ a: 'data:,x' });
    expect(changeConversation(shown, { kind: 'turn', turn: { ...turn, status: 'done' } }).previews).toEqual({});
  });

  it('is empty again when another conversation is opened', () => {
    expect(stateAfter({ kind: 'turn', turn }, { kind: 'closed' })).toEqual(EMPTY_CONVERSATION);
  });
});
