import type { Server } from 'node:http';
import { GatewayIntentBits, GatewayOpcodes } from 'discord.js';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';

const frameSchema = z.object({ op: z.int(), d: z.unknown() });
const identifySchema = z.object({ token: z.string(), intents: z.int() });
const resumeSchema = z.object({ token: z.string(), session_id: z.string(), seq: z.int() });

const HEARTBEAT_MS = 41_250;
const CLOSE = { authenticationFailed: 4004, disallowedIntents: 4014 } as const;

interface Session {
  readonly id: string;
  readonly intents: number;
  readonly sent: { readonly s: number; readonly t: string; readonly d: unknown }[];
  socket: WebSocket | undefined;
}

export interface GatewayOptions {
  readonly token: () => string;
  readonly mayReadContent: () => boolean;
  /** What READY and the events after it hold. */
  readonly hello: (sessionId: string) => readonly { readonly t: string; readonly d: unknown }[];
}

/** Discord's gateway: hello, identify or resume, heartbeats, and every event to each session by its intents. */
export function createGateway(server: Server, { token, mayReadContent, hello }: GatewayOptions) {
  const sockets = new WebSocketServer({ server });
  const sessions = new Map<string, Session>();
  let identified = 0;

  function send(socket: WebSocket, frame: object): void {
    socket.send(JSON.stringify(frame));
  }

  function dispatch(session: Session, t: string, d: unknown): void {
    const event = { s: session.sent.length + 1, t, d };
    session.sent.push(event);
    if (session.socket?.readyState === 1) send(session.socket, { op: GatewayOpcodes.Dispatch, ...event });
  }

  function identify(socket: WebSocket, data: unknown): void {
    const { token: given, intents } = identifySchema.parse(data);
    const wantsContent = (intents & GatewayIntentBits.MessageContent) !== 0;
    if (given !== token()) socket.close(CLOSE.authenticationFailed);
    else if (wantsContent && !mayReadContent()) socket.close(CLOSE.disallowedIntents);
    else begin(socket, intents);
  }

  function begin(socket: WebSocket, intents: number): void {
    identified += 1;
    const session: Session = { id: `session-${identified}`, intents, sent: [], socket };
    sessions.set(session.id, session);
    for (const { t, d } of hello(session.id)) dispatch(session, t, d);
  }

  function resume(socket: WebSocket, data: unknown): void {
    const { token: given, session_id, seq } = resumeSchema.parse(data);
    const session = sessions.get(session_id);
    if (given !== token() || session === undefined) {
      send(socket, { op: GatewayOpcodes.InvalidSession, d: false });
      return;
    }
    session.socket = socket;
    for (const missed of session.sent.filter(({ s }) => s > seq))
      send(socket, { op: GatewayOpcodes.Dispatch, ...missed });
    dispatch(session, 'RESUMED', {});
  }

  sockets.on('connection', (socket) => {
    send(socket, { op: GatewayOpcodes.Hello, d: { heartbeat_interval: HEARTBEAT_MS } });
    socket.on('message', (raw: Buffer) => {
      const { op, d } = frameSchema.parse(JSON.parse(raw.toString('utf8')));
      if (op === GatewayOpcodes.Heartbeat) send(socket, { op: GatewayOpcodes.HeartbeatAck });
      else if (op === GatewayOpcodes.Identify) identify(socket, d);
      else if (op === GatewayOpcodes.Resume) resume(socket, d);
    });
  });

  return {
    /** To every session; `shape` sees its intents. */
    broadcast(t: string, shape: (intents: number) => unknown): void {
      for (const session of sessions.values()) dispatch(session, t, shape(session.intents));
    },
    /** Close every line: with a code of Discord's, or as a cut cable does. */
    drop(code?: number): void {
      for (const client of sockets.clients) {
        if (code === undefined) client.terminate();
        else client.close(code);
      }
    },
    identified: () => identified,
    /** Sessions that somebody listens on. */
    listening: () => [...sessions.values()].filter(({ socket }) => socket?.readyState === 1).length,
    close(): Promise<void> {
      for (const client of sockets.clients) client.terminate();
      return new Promise((resolve) => sockets.close(() => resolve()));
    },
  };
}
