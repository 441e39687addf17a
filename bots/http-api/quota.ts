import type { ApiKey } from '../../core/api-keys.ts';
import type { Turn } from '../../core/domain.ts';
import type { ConversationId } from '../../core/ids.ts';
import type { Clock, Documents, Ephemeral } from '../../core/ports.ts';
import { isRefusal } from '../../core/safety/audit.ts';
import { isEnded, isUnfinished, resultNumbers } from '../../core/turns.ts';
import { createLanes } from '../shared/lanes.ts';
import { ApiError } from './api-error.ts';
import { API_PLATFORM } from './api-platform.ts';

export interface Quota {
  /** Before a body is read. @throws ApiError 429 when a request of this key would be refused now. */
  check(key: ApiKey): Promise<void>;
  /**
   * Count a request and let it in. Requests that come together, in this process or in several, do not all find room.
   * What is not let in is not counted; how a request ends makes no difference, but for `giveBack`.
   * @param request.known what the same request was answered with before: it is answered so again, and not counted.
   * @throws ApiError 429, and what `known` and `accept` throw.
   */
  admit<T>(key: ApiKey, request: Admission<T>): Promise<T>;
  /** Take a request off the count that was refused by the safety policy and made nothing; once, however often it is called. */
  giveBack(key: ApiKey, turn: Turn): Promise<void>;
}

export interface Admission<T> {
  readonly pictures: number;
  readonly known: () => Promise<T | undefined>;
  readonly accept: () => Promise<T>;
}

interface QuotaDeps {
  readonly documents: Documents;
  readonly ephemeral: Ephemeral;
  readonly clock: Clock;
}

const DAY_SECONDS = 24 * 60 * 60;
const DAY_MS = DAY_SECONDS * 1000;
const MINUTE_MS = 60 * 1000;
const WAIT_SECONDS = 5;

/** Under which name a key's requests are queued: people and keys take turns. */
export function authorOf({ id }: ApiKey): string {
  return `key-${id}`;
}

/**
 * What a key may use. Open requests are counted in the documents, so that no crash leaves one counted for ever; the day's
 * pictures are a counter.
 */
export function createQuota({ documents, ephemeral, clock }: QuotaDeps): Quota {
  const lanes = createLanes();
  /** Whose an unfinished conversation is never changes, so each is read once; null: no key's. */
  const owners = new Map<ConversationId, string | null>();

  async function ownerOf(id: ConversationId): Promise<string | null> {
    const known = owners.get(id);
    if (known !== undefined) return known;
    const document = await documents.get(id);
    const [turn] = document?.turns ?? [];
    const owner = document?.platform === API_PLATFORM ? (turn?.authorId ?? null) : null;
    // Before its first turn is written, a conversation may be listed already.
    if (turn !== undefined) owners.set(id, owner);
    return owner;
  }

  async function countOpen(key: ApiKey): Promise<number> {
    const unfinished = new Set(await documents.listUnfinished());
    for (const id of owners.keys()) if (!unfinished.has(id)) owners.delete(id);
    let open = 0;
    for (const id of unfinished) {
      if ((await ownerOf(id)) !== authorOf(key)) continue;
      // The list may still name one that has ended.
      if ((await documents.get(id))?.turns.some(isUnfinished) === true) open += 1;
    }
    return open;
  }

  /** @param entering requests that are let in at this moment and may not be in the documents yet. */
  async function requireRoom(key: ApiKey, entering = 0): Promise<void> {
    const open = entering + (await countOpen(key));
    if (open < key.atOnce) return;
    const message = `This key has ${open} unfinished requests, and may have ${key.atOnce}. Wait until one has ended.`;
    throw tooMany('rate_limit_exceeded', message, { retryAfterSeconds: WAIT_SECONDS });
  }

  /**
   * Let in what has room beside all that other processes let in meanwhile: whoever counts later sees it here or, once it is
   * written, in the documents; for a moment perhaps in both. What a crash leaves counted is forgotten within two minutes.
   */
  async function enter<T>(key: ApiKey, accept: () => Promise<T>): Promise<T> {
    const minute = Math.floor(clock.now() / MINUTE_MS);
    const count = (by: number, of: number) => ephemeral.count(`api-entering:${key.id}:${of}`, by, 2 * MINUTE_MS);
    const others = (await count(1, minute)) - 1 + (await count(0, minute - 1));
    try {
      await requireRoom(key, others);
      return await accept();
    } finally {
      // A request that was taken does not fail for what is forgotten by itself.
      await count(-1, minute).catch(() => undefined);
    }
  }

  function countToday(key: ApiKey, pictures: number, at = clock.now()): Promise<number> {
    const day = Math.floor(at / DAY_MS);
    return ephemeral.count(`api-pictures:${key.id}:${day}`, pictures, 2 * DAY_MS);
  }

  function requireToday(key: ApiKey, used: number): void {
    if (used <= key.picturesPerDay) return;
    const retryAfterSeconds = DAY_SECONDS - (Math.floor(clock.now() / 1000) % DAY_SECONDS);
    const message = `This key may ask for ${key.picturesPerDay} pictures a day (UTC); that is used up for today.`;
    throw tooMany('insufficient_quota', message, { retryAfterSeconds, mayRetry: false });
  }

  return {
    async check(key) {
      requireToday(key, 1 + (await countToday(key, 0)));
      await requireRoom(key);
    },
    admit: (key, { pictures, known, accept }) =>
      lanes.run(key.id, async () => {
        const before = await known();
        if (before !== undefined) return before;
        return enter(key, async () => {
          const used = await countToday(key, pictures);
          try {
            requireToday(key, used);
            return await accept();
          } catch (error) {
            await countToday(key, -pictures);
            throw error;
          }
        });
      }),
    async giveBack(key, turn) {
      if (!isEnded(turn) || !isRefusal(turn.error) || resultNumbers(turn).length > 0) return;
      const isFirst = await ephemeral.once(`api-refused:${turn.id}`, 2 * DAY_MS);
      if (isFirst) await countToday(key, -(turn.wishes?.count ?? 1), turn.receivedAt);
    },
  };
}

function tooMany(
  code: string,
  message: string,
  when: { readonly retryAfterSeconds: number; readonly mayRetry?: boolean },
): ApiError {
  return new ApiError({ status: 429, type: 'requests', code, param: null, message, ...when });
}
