import type { IncomingMessage, ServerResponse } from 'node:http';
import { PermissionFlagsBits } from 'discord.js';
import { z } from 'zod';
import { rowsSchema } from './check-components.ts';
import {
  type DiscordWorld,
  type FakeChannel,
  type FakeMessage,
  GUILD_ID,
  MEMBER_PERMISSIONS,
} from './discord-world.ts';
import { channelPayload, messagePayload, userPayload } from './payloads.ts';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What happens to a request instead of, or after, being served. */
export interface Fault {
  readonly method: string;
  readonly path: RegExp;
  /** `lost`: it is carried out, but the line is cut before the answer. */
  readonly answer: Answer | 'lost';
}

export interface InteractionRecord {
  readonly id: string;
  readonly token: string;
  readonly createdAt: number;
  /** Milliseconds until the first answer. */
  ackMs?: number;
  readonly answers: { readonly type: number; readonly data?: Record<string, unknown> }[];
  readonly followUps: Record<string, unknown>[];
}

const createSchema = z.object({
  content: z.string().optional(),
  nonce: z.string().optional(),
  enforce_nonce: z.boolean().optional(),
  components: rowsSchema.optional(),
  attachments: z.array(z.object({ id: z.string(), description: z.string().nullish() })).optional(),
  allowed_mentions: z.unknown(),
  message_reference: z.object({ message_id: z.string(), fail_if_not_exists: z.boolean().optional() }).optional(),
});
const editSchema = createSchema.pick({ content: true, components: true });
const callbackSchema = z.object({ type: z.int(), data: z.record(z.string(), z.unknown()).optional() });

const error = (status: number, code: number, message: string): Answer => ({ status, body: { code, message } });
const UNKNOWN_CHANNEL = error(404, 10003, 'Unknown Channel');
const UNKNOWN_MESSAGE = error(404, 10008, 'Unknown Message');
const FORBIDDEN = error(403, 50013, 'Missing Permissions');
const INVALID_FORM = error(400, 50035, 'Invalid Form Body');
const NONE: Answer = { status: 204 };

export interface RestState {
  readonly world: DiscordWorld;
  readonly token: () => string;
  readonly application: () => Readonly<Record<string, unknown>>;
  readonly gatewayUrl: () => string;
  readonly uploadLimitBytes: () => number;
  /** Whether a nonce is remembered, as it is for some minutes. */
  readonly remembersNonces: () => boolean;
  readonly interactions: Map<string, InteractionRecord>;
  readonly commands: unknown[];
  readonly typing: { readonly channelId: string; readonly at: number }[];
  /** A message of the bot was posted, edited or removed. */
  readonly announce: (event: 'MESSAGE_CREATE' | 'MESSAGE_UPDATE' | 'MESSAGE_DELETE', message: FakeMessage) => void;
}

type Route = readonly [method: string, path: RegExp, serve: (request: Served) => Promise<Answer> | Answer];

interface Served {
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  readonly body: () => Promise<{ readonly json: unknown; readonly files: readonly File[] }>;
}

/** The part of Discord's REST API that Easel uses, as its documentation has it. */
export function createRestApi(state: RestState) {
  const { world, interactions } = state;

  function allowedChannel(id: string | undefined, ...needed: readonly bigint[]): FakeChannel | Answer {
    const channel = world.channels.get(id ?? '');
    if (channel === undefined) return UNKNOWN_CHANNEL;
    return world.permissionsIn(channel).has([...needed]) ? channel : FORBIDDEN;
  }

  async function createMessage({ ids, body }: Served): Promise<Answer> {
    const { json, files } = await body();
    const parsed = createSchema.safeParse(json);
    if (!parsed.success) return INVALID_FORM;
    const message = parsed.data;
    const attach = files.length > 0 ? [PermissionFlagsBits.AttachFiles] : [];
    const channel = allowedChannel(ids[0], PermissionFlagsBits.SendMessages, ...attach);
    if ('status' in channel) return channel;
    if (files.some(({ size }) => size > state.uploadLimitBytes())) return error(413, 40005, 'Request entity too large');
    const same = !state.remembersNonces()
      ? undefined
      : world.messagesIn(channel.id).find(({ nonce, author }) => nonce === message.nonce && author === world.bot);
    if (message.enforce_nonce === true && message.nonce !== undefined && same !== undefined)
      return { status: 200, body: messagePayload(world, same) };
    const reference = message.message_reference;
    const exists = reference !== undefined && world.findMessage(channel.id, reference.message_id) !== undefined;
    if (reference !== undefined && !exists && reference.fail_if_not_exists !== false) return INVALID_FORM;
    const attachments = await Promise.all(
      files.map(async (file, index) => {
        const description = message.attachments?.find(({ id }) => id === String(index))?.description ?? undefined;
        const bytes = new Uint8Array(await file.arrayBuffer());
        const about = { name: file.name, bytes, contentType: file.type };
        return world.storeFile(channel.id, { ...about, ...(description === undefined ? {} : { description }) });
      }),
    );
    const added = world.addMessage({
      channel_id: channel.id,
      author: world.bot,
      content: message.content ?? '',
      components: message.components ?? [],
      attachments,
      allowedMentions: message.allowed_mentions,
      ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
      ...(exists ? { message_reference: { message_id: reference.message_id } } : {}),
    });
    state.announce('MESSAGE_CREATE', added);
    return { status: 200, body: messagePayload(world, added) };
  }

  async function editMessage({ ids: [channelId = '', id = ''], body }: Served): Promise<Answer> {
    const { json } = await body();
    const message = world.findMessage(channelId, id);
    if (message === undefined) return UNKNOWN_MESSAGE;
    if (message.author !== world.bot) return error(403, 50005, 'Cannot edit a message authored by another user');
    const parsed = editSchema.safeParse(json);
    if (!parsed.success) return INVALID_FORM;
    const { content, components } = parsed.data;
    message.content = content ?? message.content;
    message.components = components ?? message.components;
    message.edited_timestamp = new Date().toISOString();
    message.editsAt.push(performance.now());
    world.changed();
    state.announce('MESSAGE_UPDATE', message);
    return { status: 200, body: messagePayload(world, message) };
  }

  function listMessages({ ids, query }: Served): Answer {
    const channel = allowedChannel(ids[0], PermissionFlagsBits.ReadMessageHistory);
    if ('status' in channel) return channel;
    const limit = Number(query.get('limit') ?? 50);
    const newest = world.messagesIn(channel.id).slice(-limit).toReversed();
    return { status: 200, body: newest.map((message) => messagePayload(world, message)) };
  }

  function getMessage({ ids: [channelId = '', id = ''] }: Served): Answer {
    const message = world.findMessage(channelId, id);
    return message === undefined ? UNKNOWN_MESSAGE : { status: 200, body: messagePayload(world, message) };
  }

  async function answerInteraction({ ids: [id = ''], body }: Served): Promise<Answer> {
    const record = interactions.get(id);
    if (record === undefined) return error(404, 10062, 'Unknown interaction');
    if (record.answers.length > 0) return error(400, 40060, 'Interaction has already been acknowledged.');
    const { type, data } = callbackSchema.parse((await body()).json);
    record.ackMs = performance.now() - record.createdAt;
    record.answers.push({ type, ...(data === undefined ? {} : { data }) });
    world.changed();
    return NONE;
  }

  async function followUp({ ids: [, token], body }: Served): Promise<Answer> {
    const record = [...interactions.values()].find((each) => each.token === token);
    if (record === undefined) return error(404, 10015, 'Unknown Webhook');
    const { json } = await body();
    record.followUps.push(z.record(z.string(), z.unknown()).parse(json));
    world.changed();
    const message = { channel_id: '0', author: world.bot, content: '', components: [], attachments: [] };
    const id = world.newId();
    return {
      status: 200,
      body: {
        ...message,
        id,
        author: userPayload(world.bot),
        type: 0,
        embeds: [],
        mentions: [],
        mention_roles: [],
        timestamp: new Date().toISOString(),
        edited_timestamp: null,
      },
    };
  }

  const routes: readonly Route[] = [
    ['GET', /^\/gateway\/bot$/, () => ({ status: 200, body: gatewayInfo(state.gatewayUrl()) })],
    ['GET', /^\/users\/@me$/, () => ({ status: 200, body: userPayload(world.bot) })],
    [
      'GET',
      /^\/users\/@me\/guilds$/,
      () => {
        const permissions = String(MEMBER_PERMISSIONS);
        return { status: 200, body: [{ id: GUILD_ID, name: 'Server', icon: null, owner: false, permissions }] };
      },
    ],
    [
      'POST',
      /^\/users\/@me\/channels$/,
      async ({ body }) => {
        const { recipient_id } = z.object({ recipient_id: z.string() }).parse((await body()).json);
        const person = world.users.get(recipient_id);
        if (person === undefined) return error(400, 50033, 'Invalid Recipient(s)');
        return { status: 200, body: channelPayload(world.directWith(person), world.bot.id) };
      },
    ],
    ['GET', /^\/applications\/@me$/, () => ({ status: 200, body: state.application() })],
    [
      'PUT',
      /^\/applications\/(\d+)\/commands$/,
      async ({ body }) => {
        state.commands.splice(0, state.commands.length, ...z.array(z.unknown()).parse((await body()).json));
        world.changed();
        return { status: 200, body: [] };
      },
    ],
    [
      'GET',
      /^\/channels\/(\d+)$/,
      ({ ids }) => {
        const channel = allowedChannel(ids[0]);
        return 'status' in channel ? channel : { status: 200, body: channelPayload(channel, world.bot.id) };
      },
    ],
    [
      'POST',
      /^\/channels\/(\d+)\/typing$/,
      ({ ids }) => {
        const channel = allowedChannel(ids[0], PermissionFlagsBits.SendMessages);
        if ('status' in channel) return channel;
        state.typing.push({ channelId: channel.id, at: performance.now() });
        return NONE;
      },
    ],
    ['POST', /^\/channels\/(\d+)\/messages$/, createMessage],
    ['GET', /^\/channels\/(\d+)\/messages$/, listMessages],
    ['GET', /^\/channels\/(\d+)\/messages\/(\d+)$/, getMessage],
    ['PATCH', /^\/channels\/(\d+)\/messages\/(\d+)$/, editMessage],
    ['POST', /^\/interactions\/(\d+)\/([^/]+)\/callback$/, answerInteraction],
    ['POST', /^\/webhooks\/(\d+)\/([^/]+)$/, followUp],
  ];

  return {
    /** @param path below `/api/v10`. */
    async serve(request: IncomingMessage, path: string, query: URLSearchParams): Promise<Answer> {
      const needsToken = !path.startsWith('/interactions/') && !path.startsWith('/webhooks/');
      if (needsToken && request.headers.authorization !== `Bot ${state.token()}`)
        return error(401, 0, '401: Unauthorized');
      for (const [method, pattern, serve] of routes) {
        const match = method === request.method ? pattern.exec(path) : null;
        if (match !== null) return await serve({ ids: match.slice(1), query, body: () => readBody(request) });
      }
      return error(404, 0, '404: Not Found');
    },
  };
}

export function sendAnswer(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  // An empty answer has no type: clients would try to read it as JSON.
  if (body === undefined) response.writeHead(status, headers).end();
  else response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function gatewayInfo(url: string) {
  return { url, shards: 1, session_start_limit: { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 16 } };
}

async function readBody(
  request: IncomingMessage,
): Promise<{ readonly json: unknown; readonly files: readonly File[] }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const bytes = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/'))
    return { json: bytes.length === 0 ? {} : JSON.parse(bytes.toString('utf8')), files: [] };
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  const files = [...form.values()].filter((value): value is File => typeof value !== 'string');
  const payload = form.get('payload_json');
  return { json: typeof payload === 'string' ? JSON.parse(payload) : {}, files };
}
