import { createHmac } from 'node:crypto';
import type { WebSocket } from 'ws';
import { TEAM } from './workspace.ts';

export interface Delivery {
  readonly id: string;
  readonly kind: 'events_api' | 'interactive';
  /** From Slack's sending to Easel's acknowledgement. */
  ackedAfterMs?: number;
}

interface Pending {
  readonly delivery: Delivery;
  readonly payload: object;
  sentAtMs: number;
  attempts: number;
}

/** Socket Mode's side of Slack: what is not acknowledged is sent again over the next connection. */
export function createSocketDelivery(changed: () => void) {
  const sockets = new Set<WebSocket>();
  const pending = new Map<string, Pending>();
  const deliveries: Delivery[] = [];
  let connections = 0;
  let count = 0;

  function push(entry: Pending): void {
    const [socket] = sockets;
    if (socket === undefined) return;
    const { id, kind } = entry.delivery;
    const retry = entry.attempts > 0 ? { retry_attempt: entry.attempts, retry_reason: 'timeout' } : {};
    entry.attempts += 1;
    entry.sentAtMs = performance.now();
    socket.send(
      JSON.stringify({
        envelope_id: id,
        type: kind,
        payload: entry.payload,
        accepts_response_payload: false,
        ...retry,
      }),
    );
  }

  return {
    deliveries,
    send(kind: Delivery['kind'], payload: object): Promise<void> {
      count += 1;
      const delivery: Delivery = { id: `envelope-${count}`, kind };
      const entry = { delivery, payload, sentAtMs: performance.now(), attempts: 0 };
      deliveries.push(delivery);
      pending.set(delivery.id, entry);
      push(entry);
      return Promise.resolve();
    },
    connected(socket: WebSocket): void {
      connections += 1;
      sockets.add(socket);
      socket.send(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A0' } }));
      socket.on('message', (data) => {
        const { envelope_id: id } = JSON.parse((data as Buffer).toString()) as { envelope_id: string };
        const entry = pending.get(id);
        if (entry === undefined) return;
        entry.delivery.ackedAfterMs = performance.now() - entry.sentAtMs;
        pending.delete(id);
        changed();
      });
      socket.on('close', () => sockets.delete(socket));
      changed();
      for (const entry of pending.values()) push(entry);
    },
    connections: () => connections,
    isConnected: () => sockets.size > 0,
    /** Say goodbye as Slack does when it moves connections, or cut the line. */
    disconnect(how: 'politely' | 'by cutting'): void {
      for (const socket of sockets) {
        sockets.delete(socket);
        if (how === 'politely') socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
        else socket.terminate();
      }
    },
    close(): void {
      for (const socket of sockets) socket.terminate();
    },
  };
}

/** The Events API over HTTP: signed requests to the app's address. */
export function createHttpDelivery(signingSecret: string, address: () => string) {
  const deliveries: Delivery[] = [];

  async function post(
    body: string,
    contentType: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const timestamp = headers['x-slack-request-timestamp'] ?? String(Math.floor(Date.now() / 1000));
    return await fetch(address(), {
      method: 'POST',
      headers: {
        'content-type': contentType,
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': sign(signingSecret, timestamp, body),
        ...headers,
      },
      body,
    });
  }

  return {
    deliveries,
    post,
    async send(kind: Delivery['kind'], payload: object): Promise<void> {
      const delivery: Delivery = { id: `request-${deliveries.length + 1}`, kind };
      deliveries.push(delivery);
      const sentAtMs = performance.now();
      const json = JSON.stringify(payload);
      const response =
        kind === 'interactive'
          ? await post(new URLSearchParams({ payload: json }).toString(), 'application/x-www-form-urlencoded')
          : await post(json, 'application/json');
      if (response.ok) delivery.ackedAfterMs = performance.now() - sentAtMs;
    },
  };
}

export function sign(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

export function eventCallback(eventId: string, event: object): object {
  return {
    type: 'event_callback',
    team_id: TEAM,
    api_app_id: 'A0',
    event_id: eventId,
    event_time: 1_700_000_000,
    event,
  };
}
