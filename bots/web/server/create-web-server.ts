import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Stop } from '../../../core/ports.ts';
import { type Mount, mountOf } from '../../shared/events-server.ts';
import { createWebApp } from './create-web-app.ts';
import type { WebDeps } from './deps.ts';
import type { StreamTimes } from './event-stream.ts';

export interface WebServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Names beside the usual ones under which people reach this server, in lower case without port. */
  readonly allowedHosts?: readonly string[];
  readonly times?: StreamTimes;
  /** Paths that belong to bots: their requests come from outside and are checked there, not here. */
  readonly mounts?: readonly Mount[];
}

export interface WebServer {
  readonly url: string;
  readonly port: number;
  /** Take no more requests, end event streams, let running requests finish for a moment. */
  readonly stop: Stop;
}

const TIMES: StreamTimes = { pollMs: 1000, heartbeatMs: 15_000 };
const GRACE_MS = 3000;
const SWEEP_MS = 50;

/** Serve the web chat. @throws the system's error when the address cannot be listened on. */
export async function startWebServer(deps: WebDeps, options: WebServerOptions): Promise<WebServer> {
  const stopping = new AbortController();
  const app = createWebApp(deps, {
    host: options.host,
    allowedHosts: options.allowedHosts ?? [],
    times: options.times ?? TIMES,
    stopping: stopping.signal,
  });
  const serveApp = getRequestListener(app.fetch, { hostname: options.host });
  const server = createServer((request, response) => {
    const mount = mountOf(options.mounts ?? [], request.url);
    if (mount === undefined) void serveApp(request, response);
    else mount.listener(request, response);
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = addressOf(server);
  const shownHost = options.host.includes(':') ? `[${options.host}]` : options.host;

  return {
    url: `http://${shownHost}:${port}`,
    port,
    async stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      const closed = once(server, 'close');
      server.close();
      // Connections whose last request ends now are kept alive by Node until they are swept.
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
      const deadline = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await closed;
      clearInterval(sweep);
      clearTimeout(deadline);
    },
  };
}

function addressOf(server: Server): { readonly port: number } {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address;
}
