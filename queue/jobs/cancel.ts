import { z } from 'zod';
import type { Ephemeral, Stop } from '../../core/ports.ts';

/** Longer than any job waits behind a killed worker's lock. */
const FLAG_TTL_MS = 60 * 60 * 1000;
const TOPIC = 'job-cancelled';

const flagKey = (incarnation: string) => `job-cancelled:${incarnation}`;

/** Set before anything else: a worker that takes the job at this moment sees it. */
export async function flagCancel(ephemeral: Ephemeral, incarnation: string): Promise<void> {
  await ephemeral.count(flagKey(incarnation), 1, FLAG_TTL_MS);
}

export async function isCancelFlagged(ephemeral: Ephemeral, incarnation: string): Promise<boolean> {
  return (await ephemeral.count(flagKey(incarnation), 0, FLAG_TTL_MS)) > 0;
}

/** Tell every worker process; the one that runs the job aborts it. */
export async function announceCancel(ephemeral: Ephemeral, incarnation: string): Promise<void> {
  await ephemeral.publish(TOPIC, incarnation);
}

export function hearCancels(ephemeral: Ephemeral, cancelled: (incarnation: string) => void): Promise<Stop> {
  return ephemeral.subscribe(TOPIC, (message) => {
    const incarnation = z.uuid().safeParse(message);
    if (incarnation.success) cancelled(incarnation.data);
  });
}
