import { useEffect, useRef } from 'preact/hooks';
import type { ImageView } from '../../../protocol.ts';
import { isOpen } from '../conversation-state.ts';
import type { ConversationHandle, PendingMessage } from '../use-conversation.ts';
import { Pending } from './pending.tsx';
import { Turn } from './turn.tsx';

interface TranscriptProps {
  readonly conversation: ConversationHandle;
  readonly onReuse: (image: ImageView) => void;
  readonly onEdit: (message: PendingMessage) => void;
  readonly announce: (text: string) => void;
}

/** How close to the end somebody must be to be taken along when something arrives. */
const NEAR_END_PX = 96;

/** Everything said and made so far. */
export function Transcript({ conversation, onReuse, onEdit, announce }: TranscriptProps) {
  const { state, pending } = conversation;
  const requests = state.turns.filter((turn) => turn.kind !== 'word');
  const firstOpen = state.turns.findIndex(isOpen);
  const list = useRef<HTMLOListElement>(null);
  useFollowing(list, pending.at(-1)?.messageId ?? state.turns.at(-1)?.id);
  return (
    <ol class="transcript" ref={list}>
      {state.turns.map((turn, index) => (
        <Turn
          key={turn.id}
          turn={turn}
          conversation={conversation}
          isNewest={turn === requests.at(-1)}
          isWaiting={firstOpen !== -1 && firstOpen < index}
          onReuse={onReuse}
          announce={announce}
        />
      ))}
      {pending.map((message) => (
        <Pending
          key={message.messageId}
          message={message}
          onAgain={() => void conversation.sendAgain(message)}
          onEdit={() => onEdit(message)}
          onDiscard={() => conversation.takeBack(message)}
        />
      ))}
    </ol>
  );
}

/** Stay at the end while the last turn grows, unless somebody has scrolled up to look at something. A new message always goes there. */
function useFollowing(list: { readonly current: HTMLElement | null }, last: string | undefined): void {
  useEffect(() => {
    const element = list.current?.lastElementChild;
    if (last === undefined || element == null) return undefined;
    const page = document.documentElement;
    let isAtEnd = true;
    let lastTop = page.scrollTop;
    const look = (): void => {
      const isNearEnd = page.scrollHeight - page.clientHeight - page.scrollTop < NEAR_END_PX;
      // Being far from the end without having gone up means that the page has grown, not that somebody left.
      isAtEnd = isNearEnd || (isAtEnd && page.scrollTop >= lastTop);
      lastTop = page.scrollTop;
    };
    // Only the last turn: opening the details of an earlier one must not move what was pressed.
    const observer = new ResizeObserver(() => {
      if (isAtEnd) scrollTo({ top: page.scrollHeight });
    });
    observer.observe(element);
    addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      removeEventListener('scroll', look);
    };
  }, [list, last]);
}
