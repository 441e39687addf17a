import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { createConversationManager } from '../../../core/conversation-manager.ts';
import { conversationTopic } from '../../../core/events.ts';
import { createRuleInterpreter } from '../../../core/intent-rules.ts';
import type { ImageEngine } from '../../../core/ports.ts';
import { Secret } from '../../../core/secret.ts';
import { createTexts } from '../../../core/texts/catalogue.ts';
import { en } from '../../../core/texts/en.ts';
import { createLocalImageEngine } from '../../../queue/inference/local-image-engine.ts';
import { openBackend } from '../../../queue/open-backend.ts';
import { createWorkers } from '../../../queue/workers.ts';
import { createMemoryEngine } from '../../support/fakes/engine.ts';
import { createChatRoom } from './chat-room.ts';
import { type Said, type Start, startSchema, toldSchema } from './messages.ts';

/** Everything that a turn needs, on the embedded home or on Redis, in a process that is made to be killed. */
const start = startSchema.parse(JSON.parse(process.argv[2] ?? ''));
const say = (said: Said) => void process.send?.(said);
const logger = { debug() {}, info() {}, warn() {}, error: report };
const clock = { now: () => Date.now() };
const texts = createTexts(en, 'en');

const engine = engineOf(start);
const { id, maxImages } = engine.description;
const { redis } = start;
const redisUrl = redis === undefined ? undefined : new Secret(redis.url);
const backend = await openBackend(
  { home: start.home, redisUrl, databaseUrl: undefined, blobUrl: undefined },
  { logger, clock },
  // On Redis somebody else may hold a job: how long a killed process seems to, and longer than a busy machine lets one wait.
  redis === undefined ? {} : { redisPrefix: redis.prefix, timing: { lockDurationMs: 6000, stalledIntervalMs: 1000 } },
);
// Turns that are killed again and again would end as failed: correct, but it would hide what is lost.
const manager = createConversationManager(
  { ...backend, clock, logger },
  { engine: { id, maxImages }, maxRuns: 1000, maxOpenTurns: 1000 },
);
const conversation = await manager.open({ platform: 'room', place: 'chaos', cards: true });
await backend.ephemeral.subscribe(conversationTopic(conversation.id), () => say({ kind: 'changed' }));
await createWorkers(
  { ...backend, manager, texts, logger },
  {
    interpreter: createRuleInterpreter({ texts }),
    engines: [engine],
    platforms: [createChatRoom(start.room)],
  },
  { sweepEveryMs: 5000 },
);
let received = Promise.resolve();
process.on('message', (message) => {
  received = received.then(() => receive(message)).catch(fail);
});
process.once('disconnect', () => process.exit(1));
say({ kind: 'open', conversationId: conversation.id });

async function receive(message: unknown): Promise<void> {
  const { messageId, text, image } = toldSchema.parse(message);
  const blob = await backend.blobs.put(await readFile(image), 'image/png');
  const attached = { status: 'ready' as const, origin: 'attachment' as const, blob, widthPx: 64, heightPx: 64 };
  await manager.receive(conversation.id, { messageId, text, images: [attached] });
  say({ kind: 'received', messageId });
}

function engineOf({ modelFolder, stepMs }: Start): ImageEngine {
  const made =
    modelFolder === undefined
      ? createMemoryEngine({ beforeStep: () => wait(stepMs) })
      : createLocalImageEngine({ modelFolder });
  return {
    description: made.description,
    render: (request, options) =>
      made.render(request, {
        ...options,
        onStep: (step) => {
          say({ kind: 'step' });
          options.onStep?.(step);
        },
      }),
  };
}

function report(fields: Readonly<Record<string, unknown>>, message: string): void {
  process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
