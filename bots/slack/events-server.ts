import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stop } from '../../core/ports.ts';

export interface EventsServer {
  readonly url: string;
  readonly stop: Stop;
}

/**
 * A server of its own for Slack's requests, where no web chat runs beside the bot.
 * @param at.port 0 takes any free port. @throws the system's error when the address cannot be listened on.
 */
export async function startEventsServer(
  { path, listener }: { readonly path: string; readonly listener: RequestListener },
  at: { readonly host: string; readonly port: number },
): Promise<EventsServer> {
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] === path) return listener(request, response);
    response.writeHead(404).end();
  });
  server.listen(at.port, at.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}${path}`,
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}
