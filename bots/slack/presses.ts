import type { ConversationManager } from '../../core/conversation-manager.ts';
import { asAppError, policyOf, sayingOf, toWire } from '../../core/errors.ts';
import type { Logger } from '../../core/ports.ts';
import type { Texts } from '../../core/texts/catalogue.ts';
import type { LiveCards } from '../shared/live-cards.ts';
import { pressButton } from '../shared/press-button.ts';
import { pressedIn } from './blocks.ts';
import { type PressBody, userSchema } from './events.ts';
import { escapeText } from './text.ts';
import type { WebApi } from './web-api.ts';

export interface PressesDeps {
  readonly api: WebApi;
  readonly manager: ConversationManager;
  readonly liveCards: LiveCards;
  readonly texts: Texts;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Carries out presses of Easel's buttons and choices in its menus, which say themselves what they mean. Never throws. */
export function createPresses({ api, manager, liveCards, texts, logger, signal }: PressesDeps) {
  async function isAdmin(user: string): Promise<boolean> {
    const answer = await api.patiently((client) => client.users.info({ user }), { signal });
    const { is_admin: admin = false, is_owner: owner = false } = userSchema.parse(answer).user;
    return admin || owner;
  }

  async function press({ user, actions, message }: PressBody): Promise<Answer | undefined> {
    const [action] = actions;
    const pressed = action === undefined ? undefined : pressedIn(action);
    if (action === undefined || pressed === undefined) return undefined;
    // The same press carried out twice, after a crash, does one thing.
    const eventId = `${user.id}:${message.ts}:${action.action_id}:${action.action_ts}`;
    const { document, saying } = await pressButton(manager, {
      pressed,
      authorId: user.id,
      eventId,
      isAdmin: () => isAdmin(user.id),
    });
    await liveCards.watch(document.id);
    return saying === undefined ? undefined : { text: texts.sayStored(saying), to: saying.to };
  }

  /** In a direct message everybody is that person. */
  async function say({ channel, user, message }: PressBody, { text, to }: Answer): Promise<void> {
    const isDirect = channel.id.startsWith('D');
    const thread = message.thread_ts ?? (isDirect ? undefined : message.ts);
    const post = {
      channel: channel.id,
      text: escapeText(text),
      ...(thread === undefined ? {} : { thread_ts: thread }),
    };
    await api.once((client) =>
      to === 'everybody' || isDirect
        ? client.chat.postMessage(post)
        : client.chat.postEphemeral({ ...post, user: user.id }),
    );
  }

  return async (body: PressBody): Promise<void> => {
    try {
      const answer = await press(body).catch((thrown: unknown): Answer => {
        const error = asAppError(thrown);
        const { log } = policyOf(error.code);
        logger[log === 'fatal' ? 'error' : log]({ event: 'slack-press', code: error.code }, 'a button was refused');
        return { text: texts.sayStored(sayingOf(toWire(error))), to: 'person' };
      });
      if (answer !== undefined) await say(body, answer);
    } catch (error) {
      logger.warn({ event: 'slack-press-answer', code: asAppError(error).code }, 'a press could not be answered');
    }
  };
}

interface Answer {
  readonly text: string;
  readonly to: 'everybody' | 'person';
}
