import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { type Manifest, readManifest } from '../../../bots/slack/manifest.ts';
import { createGate } from '../web/gate.ts';
import { createHttpDelivery, createSocketDelivery, eventCallback } from './event-delivery.ts';
import { createFaults, type Fault } from './faults.ts';
import { createMethods, messageView } from './web-api-methods.ts';
import {
  BOT_USER,
  createWorkspace,
  type FakeChannel,
  type FakeFile,
  type FakeMessage,
  type FakeUser,
  TEAM,
} from './workspace.ts';

export const BOT_TOKEN = 'xoxb-fake';
export const APP_TOKEN = 'xapp-fake';
export const SIGNING_SECRET = 'fake-signing-secret';

export interface FakeSlackOptions {
  /** How the app was installed. Default: with the manifest as it is. */
  readonly manifest?: Manifest;
  /** Where events are sent; without it over Socket Mode. */
  readonly eventsUrl?: () => string;
}

export interface Said {
  readonly text: string;
  readonly thread?: string;
  readonly files?: readonly FakeFile[];
  readonly subtype?: string;
}

/** What Slack shows to those who may not see a file: redirected there, at once, or with a wrong type. */
export type LoginPage = 'after a redirect' | 'at once' | 'with a wrong type';

/** Slack on this machine, for the real SDK: Web API, Socket Mode or signed requests, uploads and private downloads. */
export async function startFakeSlack({ manifest = readManifest(), eventsUrl }: FakeSlackOptions = {}) {
  const workspace = createWorkspace();
  const faults = createFaults();
  const usedScopes = new Set<string>();
  const usedEvents = new Set<string>();
  const calls: { readonly method: string; readonly atMs: number }[] = [];
  const downloads: { readonly host: string; readonly authorization: string | undefined; readonly path: string }[] = [];
  const tokens = { bot: BOT_TOKEN, app: APP_TOKEN };
  let hiddenPolls = 0;
  let copies = 1;
  let events = 0;
  let loginPage: LoginPage = 'after a redirect';
  let downloading = createGate();
  downloading.open();
  let baseUrl = '';

  const method = createMethods({
    workspace,
    baseUrl: () => baseUrl,
    scopes: new Set(manifest.scopes),
    usedScopes,
    hiddenPolls: () => hiddenPolls,
  });
  const socketDelivery = createSocketDelivery(workspace.changed);
  const httpDelivery = createHttpDelivery(SIGNING_SECRET, eventsUrl ?? (() => ''));
  const delivery = eventsUrl === undefined ? socketDelivery : httpDelivery;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://fake');
    const body = await readBody(request);
    if (pathname.startsWith('/api/')) return callApi(pathname.slice('/api/'.length), request, body, response);
    if (pathname.startsWith('/files-pri/')) return download(pathname, request, response);
    if (pathname.startsWith('/upload/v1/')) return upload(pathname, body, response);
    if (pathname === '/login') return void response.writeHead(200, { 'content-type': 'text/html' }).end(LOGIN);
    response.writeHead(404).end();
  }

  function callApi(name: string, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const form = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    calls.push({ method: name, atMs: performance.now() });
    const fault = faults.take(name);
    if (fault !== undefined && answerFault(fault, response)) {
      workspace.changed();
      return;
    }
    const bearer = request.headers.authorization?.replace('Bearer ', '') ?? form['token'];
    const isApp = name === 'apps.connections.open';
    const answer =
      bearer !== (isApp ? tokens.app : tokens.bot)
        ? { ok: false, error: 'invalid_auth' }
        : isApp
          ? { ok: true, url: `${baseUrl.replace('http:', 'ws:')}/link` }
          : method(name, form);
    if (fault?.kind === 'drop') response.destroy();
    else {
      const scopes = isApp ? 'connections:write' : manifest.scopes.join(',');
      response.writeHead(200, { 'content-type': 'application/json', 'x-oauth-scopes': scopes });
      response.end(JSON.stringify(answer));
    }
    workspace.changed();
  }

  async function download(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization, host = '' } = request.headers;
    downloads.push({ host, authorization, path });
    workspace.changed();
    await downloading.pass();
    const file = workspace.files.get(path.split('/')[2]?.slice(TEAM.length + 1) ?? '');
    const isAllowed = authorization === `Bearer ${tokens.bot}` && manifest.scopes.includes('files:read');
    if (file !== undefined && isAllowed) {
      response.writeHead(200, { 'content-type': file.mimetype, 'content-length': file.bytes.length }).end(file.bytes);
    } else if (loginPage === 'after a redirect') {
      response.writeHead(302, { location: `${baseUrl}/login` }).end();
    } else {
      const type = loginPage === 'at once' ? 'text/html; charset=utf-8' : 'image/png';
      response.writeHead(200, { 'content-type': type }).end(LOGIN);
    }
  }

  function upload(path: string, body: Buffer, response: ServerResponse): void {
    const fault = faults.take('upload');
    if (fault !== undefined && answerFault(fault, response)) return;
    const file = workspace.files.get(path.split('/').at(-1) ?? '');
    if (file !== undefined) file.bytes = new Uint8Array(body);
    response.writeHead(file === undefined ? 404 : 200).end(file === undefined ? '' : `OK - ${body.length}`);
  }

  const server = createServer((request, response) => void serve(request, response));
  const sockets = new WebSocketServer({ server, path: '/link' });
  sockets.on('connection', (socket) => socketDelivery.connected(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function emit(type: string, event: object): Promise<void> {
    if (!manifest.events.includes(type)) return;
    usedEvents.add(type);
    usedScopes.add(EVENT_SCOPES[type] ?? '');
    events += 1;
    const payload = eventCallback(`Ev${events}`, event);
    for (let copy = 0; copy < copies; copy += 1) await delivery.send('events_api', payload);
  }

  /** A mention comes as two events, and the one about the mention does not tell of files. */
  async function announce(message: FakeMessage, channel: FakeChannel, subtype: string | undefined): Promise<void> {
    const view = {
      ...messageView(message, baseUrl),
      channel: channel.id,
      channel_type: channel.kind,
      event_ts: message.ts,
    };
    const { files: _unsaid, ...withoutFiles } = view;
    if (channel.kind !== 'im' && message.text.includes(`<@${BOT_USER}>`)) {
      await emit('app_mention', { ...withoutFiles, type: 'app_mention' });
    }
    await emit(messageEventOf(channel), {
      ...view,
      ...(subtype === undefined ? {} : { subtype }),
    });
  }

  async function act(user: FakeUser, message: FakeMessage, action: object): Promise<void> {
    const { ts, thread_ts: thread } = message;
    events += 1;
    const payload = {
      type: 'block_actions',
      team: { id: TEAM },
      user: { id: user.id },
      api_app_id: 'A0',
      token: 'fake',
      channel: { id: message.channel },
      message: { ts, ...(thread === undefined ? {} : { thread_ts: thread }) },
      container: { type: 'message', message_ts: ts, channel_id: message.channel },
      trigger_id: `trigger-${events}`,
      response_url: `${baseUrl}/response`,
      actions: [{ ...action, action_ts: `${1_700_000_000 + events}.0` }],
    };
    for (let copy = 0; copy < copies; copy += 1) await delivery.send('interactive', payload);
  }

  return {
    workspace,
    faults,
    usedScopes,
    usedEvents,
    calls,
    downloads,
    tokens,
    delivery,
    httpDelivery,
    socket: socketDelivery,
    apiUrl: `${baseUrl}/api/`,
    fileOrigins: [baseUrl],
    baseUrl,

    /** New results are seen in their threads only after so many looks. */
    hideShares(polls: number): void {
      hiddenPolls = polls;
    },
    /** Files are asked for, but not sent until the returned function is called. */
    holdDownloads(): () => void {
      const gate = createGate();
      downloading = gate;
      return gate.open;
    },
    /** Every event and press is delivered so many times. */
    repeatEvents(times: number): void {
      copies = times;
    },
    showLogin(how: LoginPage): void {
      loginPage = how;
    },

    /** A person writes a message. */
    async say(user: FakeUser, channel: FakeChannel, { text, thread, files = [], subtype }: Said): Promise<FakeMessage> {
      const message = workspace.addMessage({
        channel: channel.id,
        user: user.id,
        text,
        files,
        ...(thread === undefined ? {} : { thread_ts: thread }),
      });
      await announce(message, channel, subtype ?? (files.length > 0 ? 'file_share' : undefined));
      return message;
    },

    /** A person presses a button by its label. */
    async press(user: FakeUser, message: FakeMessage, label: string): Promise<void> {
      const button = buttonsOf(message).find(({ text }) => text.text === label);
      if (button === undefined) throw new Error(`No button “${label}” on: ${message.text}`);
      await act(user, message, { type: 'button', action_id: button.action_id, value: button.value });
    },

    /** A person chooses in a menu of a message. @param menu what the menu is about, as its id says. */
    async choose(user: FakeUser, message: FakeMessage, menu: string, values: readonly string[]): Promise<void> {
      const found = menusOf(message).find((each) => isAbout(each, menu));
      const chosen = values.flatMap((value) => found?.options.filter((option) => option.value === value) ?? []);
      if (found === undefined || chosen.length !== values.length)
        throw new Error(`No menu ${menu} with ${values.join(', ')} on: ${message.text}`);
      const { type, action_id, block_id } = found;
      const what = type === 'static_select' ? { selected_option: chosen[0] } : { selected_options: chosen };
      await act(user, message, { type, action_id, block_id, ...what });
    },

    /** A person deletes a message of theirs. */
    async remove(channel: FakeChannel, message: FakeMessage): Promise<void> {
      const thread = message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts };
      await emit(messageEventOf(channel), {
        type: 'message',
        subtype: 'message_deleted',
        hidden: true,
        channel: channel.id,
        channel_type: channel.kind,
        deleted_ts: message.ts,
        previous_message: { type: 'message', user: message.user, ts: message.ts, ...thread },
      });
    },

    async stop(): Promise<void> {
      socketDelivery.close();
      sockets.close();
      server.closeAllConnections();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

export type FakeSlack = Awaited<ReturnType<typeof startFakeSlack>>;

function messageEventOf({ kind }: FakeChannel): string {
  return kind === 'im' || kind === 'mpim' ? `message.${kind}` : `message.${kind}s`;
}

/** The buttons that people see under a message. */
export function buttonsOf({ blocks }: FakeMessage) {
  const elements = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
  return elements.filter((element) => element.type === 'button');
}

/** The menus that people see under a message, with the ids of their blocks. */
export function menusOf({ blocks }: FakeMessage) {
  return blocks.flatMap((block) => {
    const elements = block.type === 'actions' ? block.elements : block.type === 'section' ? [block.accessory] : [];
    return elements.flatMap((element) =>
      element === undefined || element.type === 'button' ? [] : [{ ...element, block_id: block.block_id ?? '' }],
    );
  });
}

/** Whether a menu is about the base, the references or the engine. */
export function isAbout({ action_id: id }: { readonly action_id: string }, menu: string): boolean {
  return id.split(':')[1] === menu;
}

/** Without the scope Slack does not let an app subscribe to the event. */
const EVENT_SCOPES: Readonly<Record<string, string>> = {
  app_mention: 'app_mentions:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  'message.mpim': 'mpim:history',
};

const LOGIN = '<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>';

/** @returns whether the call ends with the fault. */
function answerFault(fault: Fault, response: ServerResponse): boolean {
  switch (fault.kind) {
    case 'too-many':
      response.writeHead(429, { 'retry-after': String(fault.retryAfterS) }).end();
      return true;
    case 'error': {
      const needed = fault.needed === undefined ? {} : { needed: fault.needed };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ok: false, error: fault.error, ...needed }));
      return true;
    }
    case 'status':
      response.writeHead(fault.status).end('trouble');
      return true;
    case 'drop':
      if (fault.when === 'after') return false;
      response.destroy();
      return true;
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
