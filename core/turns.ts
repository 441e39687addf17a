import type { Conversation, DeliveryEntry, RenderEntry, Turn, TurnStatus } from './domain.ts';
import { fromWire, policyOf } from './errors.ts';
import type { TurnId } from './ids.ts';

const ENDED: ReadonlySet<TurnStatus> = new Set(['done', 'failed', 'cancelled']);

/** Whether nothing more will be made for this turn, unless a person asks again. */
export function isEnded(turn: Turn): boolean {
  return ENDED.has(turn.status);
}

/** Whether people are offered to have it made once more. */
export function canRetry(turn: Turn): boolean {
  const isRefused = turn.error !== undefined && policyOf(fromWire(turn.error).code).refusal === true;
  return isEnded(turn) && turn.kind !== 'word' && !isRefused;
}

/** Whether this turn still needs a job: a sweep has to look at its conversation. `asked` waits for a person instead. */
export function isUnfinished(turn: Turn): boolean {
  if (openDeliveries(turn).some((delivery) => delivery.kind !== 'card')) return true;
  return !isEnded(turn) && turn.status !== 'asked';
}

export function openRenders(turn: Turn): readonly RenderEntry[] {
  return turn.renders.filter((render) => render.status === 'queued' || render.status === 'rendering');
}

export function openDeliveries(turn: Turn): readonly DeliveryEntry[] {
  return turn.deliveries.filter((delivery) => delivery.status === 'pending' || delivery.status === 'attempting');
}

export function resultNumbers(turn: Turn): readonly number[] {
  return turn.renders.flatMap((render) => (render.resultNumber === undefined ? [] : [render.resultNumber]));
}

export function findTurn(document: Conversation, id: TurnId): Turn | undefined {
  return document.turns.find((turn) => turn.id === id);
}

/** The short name people see on cards and in failures, for example `#a7f3`. */
export function referenceOf(turn: TurnId): string {
  return `#${turn.slice(0, 4)}`;
}

/** A turn starts when every earlier one has ended or asks: "it" in the second of two quick messages means the first one's result. */
export function mayStart(document: Conversation, turn: Turn): boolean {
  const index = document.turns.indexOf(turn);
  return document.turns.slice(0, index).every((earlier) => isEnded(earlier) || earlier.status === 'asked');
}
