import type { ConversationView, ImageView, PreviewView, ProgressView, TurnView } from '../../protocol.ts';

/** The conversation as this page knows it. */
export interface ConversationState {
  readonly images: readonly ImageView[];
  readonly turns: readonly TurnView[];
  /** Data URL by turn id, while its picture is being made. */
  readonly previews: Readonly<Record<string, string>>;
}

export type ConversationChange =
  | { readonly kind: 'loaded'; readonly view: ConversationView }
  | { readonly kind: 'closed' }
  | { readonly kind: 'image'; readonly image: ImageView }
  | { readonly kind: 'turn'; readonly turn: TurnView }
  | { readonly kind: 'progress'; readonly progress: ProgressView }
  | { readonly kind: 'preview'; readonly preview: PreviewView };

export const EMPTY_CONVERSATION: ConversationState = { images: [], turns: [], previews: {} };

/** Objects replace their older selves; order is by number for images, and by arrival for turns. */
export function changeConversation(state: ConversationState, change: ConversationChange): ConversationState {
  switch (change.kind) {
    case 'loaded':
      return { images: change.view.images, turns: change.view.turns, previews: {} };
    case 'closed':
      return EMPTY_CONVERSATION;
    case 'image':
      return { ...state, images: replaceImage(state.images, change.image) };
    case 'turn':
      return { ...state, turns: replaceTurn(state.turns, change.turn), previews: previewsAfter(state, change.turn) };
    case 'progress': {
      const { turnId, ...progress } = change.progress;
      return { ...state, turns: state.turns.map((turn) => (turn.id === turnId ? moved(turn, progress) : turn)) };
    }
    case 'preview':
      return { ...state, previews: { ...state.previews, [change.preview.turnId]: change.preview.dataUrl } };
  }
}

export function nextImageNumber(images: readonly ImageView[]): number {
  return images.reduce((highest, image) => Math.max(highest, image.number), 0) + 1;
}

export function isOpen({ status }: TurnView): boolean {
  return status !== 'done' && status !== 'failed' && status !== 'cancelled' && status !== 'asked';
}

function replaceImage(images: readonly ImageView[], image: ImageView): readonly ImageView[] {
  return [...images.filter((each) => each.number !== image.number), image].toSorted((a, b) => a.number - b.number);
}

function replaceTurn(turns: readonly TurnView[], turn: TurnView): readonly TurnView[] {
  return turns.some((each) => each.id === turn.id)
    ? turns.map((each) => (each.id === turn.id ? turn : each))
    : [...turns, turn].toSorted((a, b) => a.receivedAt - b.receivedAt);
}

/** What progress leaves out is no longer so: a turn that works is not in the queue any more. */
function moved(turn: TurnView, progress: Omit<ProgressView, 'turnId'>): TurnView {
  const { queuePosition: _queuePosition, step: _step, steps: _steps, ...rest } = turn;
  return { ...rest, ...progress };
}

function previewsAfter({ previews }: ConversationState, turn: TurnView): ConversationState['previews'] {
  if (turn.status === 'rendering' || !(turn.id in previews)) return previews;
  return Object.fromEntries(Object.entries(previews).filter(([id]) => id !== turn.id));
}
