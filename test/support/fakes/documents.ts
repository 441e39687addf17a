import { type Conversation, conversationSchema } from '../../../core/domain.ts';
import { AppError } from '../../../core/errors.ts';
import type { ConversationId } from '../../../core/ids.ts';
import type { Documents } from '../../../core/ports.ts';
import { isUnfinished } from '../../../core/turns.ts';

/** Documents in memory, as JSON, so that nothing is shared with the caller by reference. */
export function createMemoryDocuments() {
  const stored = new Map<ConversationId, string>();
  const aliases = new Map<string, ConversationId>();
  let failures = 0;
  let writes = 0;

  function read(id: ConversationId): Conversation | undefined {
    const json = stored.get(id);
    return json === undefined ? undefined : conversationSchema.parse(JSON.parse(json));
  }

  async function reach(): Promise<void> {
    await Promise.resolve();
    if (failures === 0) return;
    failures -= 1;
    throw new AppError('STORE_UNAVAILABLE', {});
  }

  const documents = {
    async get(id) {
      await reach();
      return read(id);
    },
    async compareAndSet(document) {
      await reach();
      if ((read(document.id)?.revision ?? 0) !== document.revision - 1) return false;
      stored.set(document.id, JSON.stringify(document));
      writes += 1;
      return true;
    },
    async listUnfinished() {
      await reach();
      return [...stored.keys()].filter((id) => read(id)?.turns.some(isUnfinished) === true);
    },
    async link(alias, id) {
      await reach();
      const winner = aliases.get(alias) ?? id;
      aliases.set(alias, winner);
      return winner;
    },
    async resolve(alias) {
      await reach();
      return aliases.get(alias);
    },
  } satisfies Documents;

  return {
    ...documents,
    /** The next `count` calls throw STORE_UNAVAILABLE. */
    failNext(count = 1): void {
      failures = count;
    },
    writes: () => writes,
    aliases: () => aliases.size,
  };
}
