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
const NEAR_END_PX = 240;

/** Everything said and made so far. */
export function Transcript({ conversation, onReuse, onEdit, announce }: TranscriptProps) {
  const { state, pending } = conversation;
  const requests = state.turns.filter((turn) => turn.kind !== 'word');
  const firstOpen = state.turns.findIndex(isOpen);
  useFollowing(state.images.length, state.turns.length + pending.length);
  return (
    <ol class="transcript">
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

/** Stay at the end while things arrive, unless somebody has scrolled up to look at something. A new message always goes there. */
function useFollowing(images: number, messages: number): void {
  const seenMessages = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what arrives is the reason to look, not something to read
  useEffect(() => {
    const page = document.documentElement;
    const isNewMessage = messages > seenMessages.current;
    const isNearEnd = page.scrollHeight - page.clientHeight - page.scrollTop < NEAR_END_PX + lastTurnHeight();
    seenMessages.current = messages;
    if (isNewMessage || isNearEnd) scrollTo({ top: page.scrollHeight });
  }, [images, messages]);
}

/** What has just arrived at the end made the page longer by at most the last turn. */
function lastTurnHeight(): number {
  return document.querySelector('.transcript > :last-child')?.clientHeight ?? 0;
}
