import { asAppError } from '../../../core/errors.ts';
import { interpretJobId } from '../../../core/ids.ts';
import { openBackend } from '../../../queue/open-backend.ts';
import { aConversation, aTurn } from '../builders/conversation.ts';

/** Opens the embedded home in argv[2], writes an unfinished turn, takes its job and never ends it. */
const [, , home = ''] = process.argv;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

try {
  const config = { home, redisUrl: undefined, databaseUrl: undefined, blobUrl: undefined };
  const backend = await openBackend(config, { logger: quiet, clock: { now: () => Date.now() } });
  process.send?.({ kind: 'open' });
  const turn = aTurn({ status: 'interpreting' });
  const document = aConversation({ turns: [turn] });
  await backend.documents.compareAndSet(document);
  await backend.jobs.work('interpret', async () => {
    process.send?.({ kind: 'working', conversationId: document.id, turnId: turn.id });
    await new Promise(() => undefined);
  });
  await backend.jobs.add('interpret', interpretJobId(turn.id), { conversationId: document.id, turnId: turn.id });
} catch (error) {
  const { code, values } = asAppError(error);
  process.send?.({ kind: 'refused', code, values });
}
