import type { Stop } from '../../core/ports.ts';

/** One stop out of several, each tried although one before it failed; the first failure is thrown at the end. */
export function closeInOrder(stops: readonly Stop[]): Stop {
  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    const failures: unknown[] = [];
    for (const stop of stops) await stop().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
  return () => {
    closed ??= close();
    return closed;
  };
}
