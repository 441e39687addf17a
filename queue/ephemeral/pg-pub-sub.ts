import { createHash } from 'node:crypto';
import type { PgPool } from 'bullmq';
import pg from 'pg';
import { z } from 'zod';
import type { Logger, Stop } from '../../core/ports.ts';
import { orUnavailable } from '../store-error.ts';
import type { Listeners, PubSub } from './pub-sub.ts';

/** NOTIFY carries less than 8000 bytes; base64 of this much and the rest of a part stay below. */
const PART_BYTES = 5000;
const RECONNECT_MS = 1000;

const partSchema = z.object({
  index: z.int().nonnegative(),
  of: z.int().positive(),
  data: z.string(),
});
type Part = z.infer<typeof partSchema>;

/**
 * Messages over LISTEN and NOTIFY: one connection listens for the whole process, one channel per topic. A message of any
 * length travels as numbered parts; what is lost while the connection is down stays lost.
 */
export function createPgPubSub(
  connectionString: string,
  pool: Pick<PgPool, 'query'>,
  { listeners, logger }: { readonly listeners: Listeners; readonly logger: Logger },
): PubSub & { close: Stop } {
  const topicOfChannel = new Map<string, string>();
  let parts: Buffer[] = [];
  let connection: Promise<pg.Client> | undefined;
  let reconnect: NodeJS.Timeout | undefined;
  let isClosed = false;

  function hear({ channel, payload = '' }: { channel: string; payload?: string | undefined }): void {
    const topic = topicOfChannel.get(channel);
    if (topic === undefined) return;
    const message = join(partSchema.parse(JSON.parse(payload)));
    if (message !== undefined) listeners.hear(topic, message);
  }

  /** The parts of a message come in order and nothing comes between them: they were sent in one transaction. */
  function join({ index, of, data }: Part): string | undefined {
    if (index === 0) parts = [];
    parts.push(Buffer.from(data, 'base64'));
    return index === of - 1 && parts.length === of ? Buffer.concat(parts).toString('utf8') : undefined;
  }

  function connected(): Promise<pg.Client> {
    connection ??= connect();
    return connection;
  }

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString, keepAlive: true });
    const lost = (error: Error) => {
      logger.warn({ event: 'listen-lost', cause: String(error) }, 'the connection that hears events broke');
      connection = undefined;
      void client.end().catch(() => undefined);
      if (isClosed || listeners.topics().length === 0) return;
      reconnect = setTimeout(() => void connected().catch(() => undefined), RECONNECT_MS).unref();
    };
    client.on('notification', hear);
    client.once('error', lost);
    // After the first error more may follow from the same socket.
    client.on('error', () => undefined);
    try {
      await client.connect();
      for (const topic of listeners.topics()) await client.query(`LISTEN ${channelOf(topic)}`);
    } catch (error) {
      lost(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
    return client;
  }

  return {
    publish: (topic, message) =>
      orUnavailable(async () => {
        await pool.query(
          'SELECT pg_notify($1, part) FROM unnest($2::text[]) WITH ORDINALITY AS p (part, n) ORDER BY n',
          [channelOf(topic), split(message)],
        );
      }),

    subscribe: (topic, listener) =>
      orUnavailable(async () => {
        const own = (message: string) => listener(message);
        const channel = channelOf(topic);
        topicOfChannel.set(channel, topic);
        listeners.add(topic, own);
        try {
          await (await connected()).query(`LISTEN ${channel}`);
        } catch (error) {
          listeners.remove(topic, own);
          throw error;
        }
        return async () => {
          if (!listeners.remove(topic, own)) return;
          topicOfChannel.delete(channel);
          await (await connection)?.query(`UNLISTEN ${channel}`);
        };
      }),

    async close() {
      isClosed = true;
      clearTimeout(reconnect);
      const client = await connection?.catch(() => undefined);
      await client?.end();
    },
  };
}

/** Channel names are identifiers of at most 63 characters; topics are any text. */
function channelOf(topic: string): string {
  return `easel_${createHash('sha256').update(topic).digest('hex').slice(0, 40)}`;
}

function split(message: string): readonly string[] {
  const bytes = Buffer.from(message);
  const of = Math.max(1, Math.ceil(bytes.length / PART_BYTES));
  return Array.from({ length: of }, (_, index) => {
    const data = bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES).toString('base64');
    return JSON.stringify({ index, of, data } satisfies Part);
  });
}
