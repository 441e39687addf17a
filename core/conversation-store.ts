import { reduce, type TurnEvent } from './conversation.ts';
import { type Conversation, conversationSchema, SCHEMA_VERSION } from './domain.ts';
import { effectsBetween, jobsOf, type NeededJob } from './effects.ts';
import { AppError, asAppError } from './errors.ts';
import { type ConversationEvent, conversationTopic } from './events.ts';
import { type ConversationId, newConversationId, type TurnId } from './ids.ts';
import type { Clock, Documents, Ephemeral, Jobs, Logger } from './ports.ts';
import { auditRefusal, auditRefusals, isRefusal } from './safety/audit.ts';
import type { ConversationSettings } from './turn-changes.ts';

export interface ConversationDeps {
  readonly documents: Documents;
  readonly jobs: Jobs;
  readonly ephemeral: Ephemeral;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface NewConversation {
  /** Slug; its posts go through `deliver-<platform>`. */
  readonly platform: string;
  /** The platform's address. One that was opened before is the same conversation; without an address each is a new one. */
  readonly place?: string;
  /** Whether cards and notices are posts of their own. */
  readonly cards: boolean;
}

/** Lost races before a write gives up; each means that another writer got ahead. */
const MAX_TRIES = 100;

type Unstamped<E> = E extends TurnEvent ? Omit<E, 'at'> : never;

/** The only writer of documents: load, reduce, compare-and-set, and only then the effects. */
export function createConversationStore(
  { documents, jobs, ephemeral, clock, logger }: ConversationDeps,
  settings: ConversationSettings,
) {
  /** Jobs come second: one that cannot be added now is added by the sweep, so the person's message is not refused. */
  async function addJob(job: NeededJob): Promise<boolean> {
    try {
      await jobs.add(job.queue, job.id, job.input, { owner: job.owner });
      return true;
    } catch (error) {
      logger.error(
        { event: 'job-add', jobId: job.id, code: asAppError(error).code },
        'a job could not be added; the sweep will',
      );
      return false;
    }
  }

  async function cancelJob(job: NeededJob): Promise<void> {
    try {
      await jobs.cancel(job.queue, job.id);
    } catch (error) {
      logger.warn(
        { event: 'job-cancel', jobId: job.id, code: asAppError(error).code },
        'a job could not be cancelled; its result will be ignored',
      );
    }
  }

  async function publish(id: ConversationId, event: ConversationEvent): Promise<void> {
    try {
      await ephemeral.publish(conversationTopic(id), JSON.stringify(event));
    } catch (error) {
      logger.debug({ event: 'publish', code: asAppError(error).code }, 'a change was not announced');
    }
  }

  async function runEffects(before: Conversation, after: Conversation): Promise<void> {
    const effects = effectsBetween(before, after);
    for (const job of effects.cancel) await cancelJob(job);
    for (const job of effects.add) await addJob(job);
    for (const event of effects.publish) await publish(after.id, event);
  }

  /** A turn is findable by its id alone; linked before it is written, so that no written turn is unfindable. */
  async function linkNewTurns(before: Conversation, after: Conversation): Promise<void> {
    for (const turn of after.turns.slice(before.turns.length)) await documents.link(turnAlias(turn.id), after.id);
  }

  async function get(id: ConversationId): Promise<Conversation> {
    const document = await documents.get(id);
    if (document === undefined) throw new AppError('CONVERSATION_UNKNOWN', {});
    return document;
  }

  /** A document that cannot be read must not keep the sweep from the ones after it. */
  async function jobsNeededBy(id: ConversationId): Promise<readonly NeededJob[]> {
    try {
      const document = await documents.get(id);
      return document === undefined ? [] : jobsOf(document);
    } catch (error) {
      logger.error({ event: 'sweep', code: asAppError(error).code }, 'a conversation could not be read');
      return [];
    }
  }

  /** Events of one conversation run one after another in this process; only other processes are raced for the document. */
  const lastOf = new Map<ConversationId, Promise<unknown>>();
  async function inOrder<T>(id: ConversationId, work: () => Promise<T>): Promise<T> {
    const run = (lastOf.get(id) ?? Promise.resolve()).then(work, work);
    lastOf.set(id, run);
    try {
      return await run;
    } finally {
      if (lastOf.get(id) === run) lastOf.delete(id);
    }
  }

  /** A button or a word that is refused changes nothing, and is noted all the same. */
  function reduceAudited(before: Conversation, event: TurnEvent): Conversation {
    try {
      return reduce(before, event, settings);
    } catch (thrown) {
      const error = asAppError(thrown);
      if (isRefusal(error)) {
        const turn = before.turns.find(({ id }) => id === event.turnId);
        const authorId = event.kind === 'message-received' ? event.message.authorId : turn?.authorId;
        auditRefusal(before, authorId, error, logger);
      }
      throw thrown;
    }
  }

  async function applyNow(id: ConversationId, event: Unstamped<TurnEvent>): Promise<Conversation> {
    const at = clock.now();
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const before = await get(id);
      const reduced = reduceAudited(before, { ...event, at });
      if (reduced === before) return before;
      const after = readable({ ...reduced, revision: before.revision + 1, updatedAt: at });
      await linkNewTurns(before, after);
      if (await documents.compareAndSet(after)) {
        auditRefusals(before, after, logger);
        await runEffects(before, after);
        return after;
      }
    }
    throw new AppError('STORE_UNAVAILABLE', {}, { details: { lostRaces: MAX_TRIES } });
  }

  return {
    get,
    publish,

    /** Which conversation a turn belongs to. @throws AppError TURN_UNKNOWN */
    async conversationOf(turnId: TurnId): Promise<ConversationId> {
      const id = await documents.resolve(turnAlias(turnId));
      if (id === undefined) throw new AppError('TURN_UNKNOWN', {});
      return id;
    },

    async open({ platform, place = '', cards }: NewConversation): Promise<Conversation> {
      const proposed = newConversationId();
      const id = place === '' ? proposed : await documents.link(`place:${platform}:${place}`, proposed);
      const existing = id === proposed ? undefined : await documents.get(id);
      if (existing !== undefined) return existing;
      const now = clock.now();
      const times = { createdAt: now, updatedAt: now };
      const document: Conversation = {
        schemaVersion: SCHEMA_VERSION,
        id,
        revision: 1,
        platform,
        place,
        cards,
        images: [],
        turns: [],
        current: null,
        ...times,
      };
      return (await documents.compareAndSet(readable(document))) ? document : await get(id);
    },

    /**
     * Apply an event. @returns the document after it.
     * @throws AppError CONVERSATION_UNKNOWN, STORE_UNAVAILABLE, and what the event throws.
     */
    apply: (id: ConversationId, event: Unstamped<TurnEvent>): Promise<Conversation> =>
      inOrder(id, () => applyNow(id, event)),

    /** Re-add every job that an unfinished turn needs. @returns how many jobs are now known to exist. */
    async sweep(): Promise<number> {
      let added = 0;
      for (const id of await documents.listUnfinished()) {
        for (const job of await jobsNeededBy(id)) {
          if (await addJob(job)) added += 1;
        }
      }
      return added;
    },
  };
}

/** A document that could not be read back would lose the whole conversation, so it is refused before it is written. */
function readable(document: Conversation): Conversation {
  const parsed = conversationSchema.safeParse(document);
  if (parsed.success) return document;
  const where = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new AppError('PAYLOAD_INVALID', {}, { details: { where } });
}

function turnAlias(turnId: TurnId): string {
  return `turn:${turnId}`;
}
