import { useCallback, useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { Mode, TurnView } from '../../protocol.ts';
import {
  ApiError,
  type CorrectionChoice,
  correctTurn,
  createConversation,
  pressButton,
  readConversation,
  sendMessage,
} from './api.ts';
import { type Attachment, releaseAttachments } from './attachments.ts';
import { type ConversationState, changeConversation, EMPTY_CONVERSATION } from './conversation-state.ts';
import { newId } from './new-id.ts';
import { forgetConversation, onAddressChange, rememberConversation, rememberedConversation } from './session.ts';
import { watchConversation } from './watch-conversation.ts';

export interface Draft {
  readonly text: string;
  readonly mode: Mode | undefined;
  /** Id of the engine; undefined: the default one. */
  readonly engine: string | undefined;
  readonly attachments: readonly Attachment[];
}

/** A message on its way to the server. It disappears when its turn is in the conversation. */
export interface PendingMessage extends Draft {
  readonly messageId: string;
  readonly turnId?: string;
  readonly failure?: ApiError;
}

export type Phase = 'empty' | 'loading' | 'open' | 'unreachable';

export interface ConversationHandle {
  readonly phase: Phase;
  readonly isConnected: boolean;
  readonly state: ConversationState;
  readonly pending: readonly PendingMessage[];
  /** A conversation of the address that the server does not know, in its words. */
  readonly problem: string | undefined;
  send(draft: Draft): Promise<void>;
  sendAgain(message: PendingMessage): Promise<void>;
  /** Remove a message that was not sent. @returns what it said, to be written differently. */
  takeBack(message: PendingMessage): Draft;
  press(turn: TurnView, button: 'cancel' | 'retry' | 'undo'): Promise<void>;
  correct(turn: TurnView, choice: CorrectionChoice): Promise<void>;
  startNew(): void;
}

const RELOAD_MS = 3000;

/** Everything the page does with the server: open, watch, send, press. */
export function useConversation(): ConversationHandle {
  const [id, setId] = useState(rememberedConversation);
  const [phase, setPhase] = useState<Phase>(id === undefined ? 'empty' : 'loading');
  const [isConnected, setConnected] = useState(true);
  const [state, change] = useReducer(changeConversation, EMPTY_CONVERSATION);
  const [pending, setPending] = useState<readonly PendingMessage[]>([]);
  const [problem, setProblem] = useState<string>();
  const creating = useRef<Promise<string> | undefined>(undefined);

  useEffect(() => onAddressChange(() => setId(rememberedConversation())), []);

  useEffect(() => {
    if (id === undefined) return undefined;
    let stopWatching = (): void => undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isCurrent = true;

    async function open(conversationId: string): Promise<void> {
      try {
        const view = await readConversation(conversationId);
        if (!isCurrent) return;
        rememberConversation(conversationId);
        change({ kind: 'loaded', view });
        setPhase('open');
        stopWatching = watchConversation(conversationId, view.revision, { change, connection: setConnected });
      } catch (error) {
        if (!isCurrent) return;
        if (error instanceof ApiError && error.status === 404) {
          forgetConversation();
          setProblem(error.message);
          setId(undefined);
          setPhase('empty');
          return;
        }
        setPhase('unreachable');
        timer = setTimeout(() => void open(conversationId), RELOAD_MS);
      }
    }

    // Failures are shown by the phase.
    void open(id);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      stopWatching();
      change({ kind: 'closed' });
      setConnected(true);
    };
  }, [id]);

  const conversationId = useCallback(async (): Promise<string> => {
    if (id !== undefined) return id;
    // Two quick messages of a new conversation must not open two.
    creating.current ??= createConversation().finally(() => {
      creating.current = undefined;
    });
    const created = await creating.current;
    rememberConversation(created);
    setId(created);
    return created;
  }, [id]);

  const deliver = useCallback(
    async (message: PendingMessage): Promise<void> => {
      const { failure: _failure, ...sending } = message;
      const update = (changed: PendingMessage) =>
        setPending((all) => all.map((each) => (each.messageId === message.messageId ? changed : each)));
      update(sending);
      try {
        const { turnId } = await sendMessage(await conversationId(), {
          messageId: message.messageId,
          text: message.text,
          mode: message.mode,
          engine: message.engine,
          known: message.attachments.flatMap((each) => (each.kind === 'known' ? [each.number] : [])),
          files: message.attachments.flatMap((each) => (each.kind === 'file' ? [each.file] : [])),
        });
        update({ ...sending, turnId });
      } catch (error) {
        update({ ...sending, failure: error instanceof ApiError ? error : new ApiError('BUG', String(error), 0) });
      }
    },
    [conversationId],
  );

  // What has arrived is shown from the server; its local pictures are let go.
  useEffect(() => {
    const arrived = pending.filter((message) => isArrived(message, state));
    if (arrived.length === 0) return;
    for (const message of arrived) releaseAttachments(message.attachments);
    setPending((all) => all.filter((each) => !arrived.includes(each)));
  }, [pending, state]);

  return {
    phase,
    isConnected,
    state,
    pending: pending.filter((message) => !isArrived(message, state)),
    problem,
    async send(draft) {
      const message = { ...draft, messageId: newId() };
      setProblem(undefined);
      setPending((all) => [...all, message]);
      await deliver(message);
    },
    sendAgain: deliver,
    takeBack(message) {
      setPending((all) => all.filter((each) => each.messageId !== message.messageId));
      return message;
    },
    // What came of it is told by the events alone: an answer may be older than an event that overtook it.
    press: (turn, button) => pressButton(turn.id, button),
    correct: (turn, choice) => correctTurn(turn.id, choice),
    startNew() {
      forgetConversation();
      setPending([]);
      setProblem(undefined);
      setId(undefined);
      setPhase('empty');
    },
  };
}

function isArrived(message: PendingMessage, state: ConversationState): boolean {
  return state.turns.some((turn) => turn.id === message.turnId);
}
