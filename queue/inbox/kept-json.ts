import { z } from 'zod';
import type { KeptEvent } from '../../core/inbox.ts';

const keptSchema = z.object({ key: z.string(), body: z.string(), keptAt: z.number() }).readonly();

export function parseKept(json: string): KeptEvent {
  return keptSchema.parse(JSON.parse(json));
}

export function oldestFirst(events: readonly KeptEvent[]): readonly KeptEvent[] {
  return events.toSorted((a, b) => a.keptAt - b.keptAt);
}
