import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stop } from '../../core/ports.ts';

/** A path whose requests belong to a bot, whatever else is served beside it. */
export interface Mount {
  /** Exactly this one; one that ends with a slash: everything below it. */
  readonly path: string;
  readonly listener: RequestListener;
}

export function mountOf(mounts: readonly Mount[], url = ''): Mount | undefined {
  const path = url.split('?')[0];
  return mounts.find((mount) => (mount.path.endsWith('/') ? path?.startsWith(mount.path) : mount.path === path));
}

export interface EventsServer {
  readonly url: string;
  readonly stop: Stop;
}

/**
 * A server of its own for what a platform sends to an address of Easel, where no web chat runs beside the bot.
 * @param at.port 0 takes any free port. @throws the system's error when the address cannot be listened on.
 */
export async function startEventsServer(
  mounts: readonly Mount[],
  at: { readonly host: string; readonly port: number },
): Promise<EventsServer> {
  const server = createServer((request, response) => {
    const mount = mountOf(mounts, request.url);
    if (mount !== undefined) return mount.listener(request, response);
    response.writeHead(404).end();
  });
  server.listen(at.port, at.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`,
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}
