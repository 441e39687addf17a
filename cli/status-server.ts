import type { RequestListener, ServerResponse } from 'node:http';
import { startEventsServer } from '../bots/shared/events-server.ts';
import type { Stop } from '../core/ports.ts';

/** Only programs of this machine or container ask. */
export const STATUS_HOST = '127.0.0.1';
const ANSWER_WITHIN_MS = 4000;

/**
 * How a process is, for whoever keeps it running: `/healthz` answers while it lives, `/readyz` with 200 only when it can do
 * its work. For roles that serve no page, which would answer both.
 * @param checkReady rejects while it cannot. @throws the system's error when the port cannot be listened on.
 */
export async function startStatusServer(
  port: number,
  checkReady: () => Promise<unknown>,
  answerWithinMs: number = ANSWER_WITHIN_MS,
): Promise<Stop> {
  const healthz: RequestListener = (_request, response) => answer(response, true);
  const readyz: RequestListener = (_request, response) =>
    void isSoon(checkReady, answerWithinMs).then((isWell) => answer(response, isWell));
  const mounts = [
    { path: '/healthz', listener: healthz },
    { path: '/readyz', listener: readyz },
  ];
  const { stop } = await startEventsServer(mounts, { host: STATUS_HOST, port });
  return stop;
}

async function isSoon(check: () => Promise<unknown>, withinMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, withinMs, false);
  });
  try {
    const checked = check().then(
      () => true,
      () => false,
    );
    return await Promise.race([checked, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

function answer(response: ServerResponse, isWell: boolean): void {
  response.writeHead(isWell ? 200 : 503, { 'content-type': 'text/plain' }).end(isWell ? 'ok\n' : 'not ready\n');
}
