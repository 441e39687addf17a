import type { Conversation, Turn } from './domain.ts';
import type { ConversationEvent } from './events.ts';
import { interpretJobId, type JobId } from './ids.ts';
import type { JobInput, QueueName } from './ports.ts';
import { isEnded, mayStart, openDeliveries, openRenders } from './turns.ts';

export interface NeededJob {
  readonly queue: QueueName;
  readonly id: JobId;
  readonly input: JobInput;
  readonly owner: string;
}

export interface Effects {
  readonly add: readonly NeededJob[];
  readonly cancel: readonly NeededJob[];
  readonly publish: readonly ConversationEvent[];
}

/** Every job that must exist for this document: what the sweep adds, and what a change of the document adds. */
export function jobsOf(document: Conversation): readonly NeededJob[] {
  return document.turns.flatMap((turn) => jobsOfTurn(document, turn));
}

/** What has to happen because a document changed: derived from the difference, so no change can forget its job. */
export function effectsBetween(before: Conversation, after: Conversation): Effects {
  const needed = jobsOf(after);
  const had = jobsOf(before);
  const hadIds = new Set(had.map((job) => job.id));
  // Turns and images keep their places, and what did not change is the same object.
  const changed = after.turns.filter((turn, index) => before.turns[index] !== turn);
  const added = after.images.slice(before.images.length).map((image) => image.number);
  // An undo changes only what "it" means, which is in no image and no turn.
  const meant = before.current === after.current ? [] : [before.current, after.current];
  const images = [...new Set([...added, ...meant.filter((number) => number !== null)])];
  return {
    add: needed.filter((job) => !hadIds.has(job.id)),
    cancel: had.filter((job) => isCancelled(after, job)),
    publish: [
      ...images.map((number) => ({ kind: 'image' as const, number })),
      ...changed.map((turn) => ({ kind: 'turn' as const, turnId: turn.id })),
    ],
  };
}

function jobsOfTurn(document: Conversation, turn: Turn): readonly NeededJob[] {
  const input = { conversationId: document.id, turnId: turn.id };
  const owner = turn.authorId ?? document.id;
  const interprets =
    turn.status === 'interpreting' ||
    (turn.status === 'received' && turn.kind === 'request' && mayStart(document, turn));
  const deliveries = openDeliveries(turn).filter((delivery) => delivery.kind !== 'card' || !isEnded(turn));
  return [
    ...(interprets ? [{ queue: 'interpret' as const, id: interpretJobId(turn.id), input, owner }] : []),
    ...openRenders(turn).map(({ engine, id, n }) => ({
      queue: `render-${engine}` as const,
      id,
      input: { ...input, n },
      owner,
    })),
    ...deliveries.map(({ id, n }) => ({
      queue: `deliver-${document.platform}` as const,
      id,
      input: { ...input, n },
      owner,
    })),
  ];
}

/** A job that a person stopped; one whose work is recorded ends by itself. */
function isCancelled(after: Conversation, job: NeededJob): boolean {
  const turn = after.turns.find((each) => each.id === job.input.turnId);
  if (turn === undefined) return false;
  if (job.queue === 'interpret') return turn.status === 'cancelled';
  return turn.renders.some((render) => render.id === job.id && render.status === 'cancelled');
}
