import { once } from 'node:events';
import { createServer } from 'node:http';
import { ApplicationFlags, GatewayIntentBits, InteractionType } from 'discord.js';
import { createDiscordWorld, type FakeChannel, type FakeMessage, type FakeUser, GUILD_ID } from './discord-world.ts';
import { createGateway } from './gateway.ts';
import { channelPayload, guildPayload, memberPayload, messagePayload, userPayload } from './payloads.ts';
import { createRestApi, type Fault, type InteractionRecord, sendAnswer } from './rest-api.ts';

export interface PostedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType?: string;
}

export interface PersonMessage {
  readonly files?: readonly PostedFile[];
  readonly replyTo?: string;
}

export interface PressOptions {
  /** As bits; default: none, so nobody is a moderator. */
  readonly permissions?: bigint;
}

/** Discord on this machine: its gateway and REST protocol over loopback, for the real discord.js, and people who write. */
export async function startFakeDiscord() {
  const settings = {
    token: 'token-of-the-test',
    uploadLimitBytes: 10 * 1024 * 1024,
    premiumTier: 0,
    mayReadContent: true,
    remembersNonces: true,
  };
  const faults: Fault[] = [];
  const interactions = new Map<string, InteractionRecord>();
  const commands: unknown[] = [];
  const typing: { readonly channelId: string; readonly at: number }[] = [];
  const requests: string[] = [];
  let origin = '';
  const world = createDiscordWorld(() => origin);
  const application = () => ({
    id: world.bot.id,
    name: 'Easel',
    flags: settings.mayReadContent ? ApplicationFlags.GatewayMessageContentLimited : 0,
  });

  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', origin);
      const file = world.files.get(url.pathname);
      if (file !== undefined) return void response.writeHead(200, { 'content-type': file.contentType }).end(file.bytes);
      const path = decodeURIComponent(url.pathname.replace(/^\/api\/v10/, ''));
      requests.push(`${request.method} ${path}`);
      const index = faults.findIndex((fault) => fault.method === request.method && fault.path.test(path));
      const [fault] = index < 0 ? [] : faults.splice(index, 1);
      if (fault !== undefined && fault.answer !== 'lost') return sendAnswer(response, fault.answer);
      const answer = await rest.serve(request, path, url.searchParams);
      if (fault?.answer === 'lost') response.destroy();
      else sendAnswer(response, answer);
    })().catch((thrown: unknown) => sendAnswer(response, { status: 500, body: { message: String(thrown) } }));
  });
  const gateway = createGateway(server, {
    token: () => settings.token,
    mayReadContent: () => settings.mayReadContent,
    hello: (sessionId) => [
      {
        t: 'READY',
        d: {
          v: 10,
          user: userPayload(world.bot),
          guilds: [{ id: GUILD_ID, unavailable: true }],
          session_id: sessionId,
          resume_gateway_url: gatewayUrl(),
          application: application(),
        },
      },
      { t: 'GUILD_CREATE', d: guildPayload(world, settings.premiumTier) },
    ],
  });
  const gatewayUrl = () => origin.replace('http', 'ws');
  const rest = createRestApi({
    world,
    token: () => settings.token,
    application,
    gatewayUrl,
    uploadLimitBytes: () => settings.uploadLimitBytes,
    remembersNonces: () => settings.remembersNonces,
    interactions,
    commands,
    typing,
    announce,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const general = world.addChannel({ type: 0, name: 'general' });

  /** Without the Message Content intent a bot reads only what speaks to it. */
  function announce(event: 'MESSAGE_CREATE' | 'MESSAGE_UPDATE' | 'MESSAGE_DELETE', message: FakeMessage): void {
    const isDirect = world.channels.get(message.channel_id)?.type === 1;
    gateway.broadcast(event, (intents) => {
      if (event === 'MESSAGE_DELETE')
        return { id: message.id, channel_id: message.channel_id, ...(isDirect ? {} : { guild_id: GUILD_ID }) };
      const payload = messagePayload(world, message);
      const isAbout = JSON.stringify(payload['mentions']).includes(world.bot.id) || message.author === world.bot;
      const mayRead = (intents & GatewayIntentBits.MessageContent) !== 0 || isDirect || isAbout;
      return mayRead ? payload : { ...payload, content: '', attachments: [], embeds: [], components: [] };
    });
  }

  function interact(
    person: FakeUser,
    channel: FakeChannel,
    interaction: object,
    { permissions = 0n }: PressOptions = {},
  ) {
    const id = world.newId();
    const record: InteractionRecord = {
      id,
      token: `token-${id}`,
      createdAt: performance.now(),
      answers: [],
      followUps: [],
    };
    interactions.set(id, record);
    const who =
      channel.type === 1
        ? { user: userPayload(person) }
        : {
            guild_id: GUILD_ID,
            member: { ...memberPayload(), user: userPayload(person), permissions: String(permissions) },
          };
    gateway.broadcast('INTERACTION_CREATE', () => ({
      id,
      application_id: world.bot.id,
      token: record.token,
      version: 1,
      channel_id: channel.id,
      channel: channelPayload(channel, world.bot.id),
      locale: 'en-US',
      entitlements: [],
      authorizing_integration_owners: {},
      app_permissions: String(world.permissionsIn(channel).bitfield),
      attachment_size_limit: settings.uploadLimitBytes,
      ...who,
      ...interaction,
    }));
    return record;
  }

  function channelOf({ channel_id }: FakeMessage): FakeChannel {
    const channel = world.channels.get(channel_id);
    if (channel === undefined) throw new Error('a message without a channel');
    return channel;
  }

  return {
    apiUrl: `${origin}/api`,
    origin,
    world,
    settings,
    general,
    gateway,
    interactions,
    commands,
    typing,
    requests,
    /** Resolves when the bot is connected and has said which commands it has. */
    listened: () => world.until(() => gateway.listening() > 0 && commands.length > 0),
    fail: (fault: Fault) => void faults.push(fault),
    person: world.person,
    until: world.until,
    /** How people name the bot. */
    mention: `<@${world.bot.id}>`,

    addChannel(name: string): FakeChannel {
      const channel = world.addChannel({ type: 0, name });
      gateway.broadcast('CHANNEL_CREATE', () => channelPayload(channel, world.bot.id));
      return channel;
    },
    /** What the bot may not do in a channel from now on. */
    deny(channel: FakeChannel, bits: bigint): void {
      channel.denied = bits;
      gateway.broadcast('CHANNEL_UPDATE', () => channelPayload(channel, world.bot.id));
    },
    /** A person begins a thread from a message. */
    addThread(owner: FakeUser, from: FakeMessage): FakeChannel {
      const thread = world.addChannel(
        { type: 11, name: 'a thread', parentId: from.channel_id, ownerId: owner.id },
        from.id,
      );
      gateway.broadcast('THREAD_CREATE', () => channelPayload(thread, world.bot.id));
      return thread;
    },
    say(
      author: FakeUser,
      channel: FakeChannel,
      content: string,
      { files = [], replyTo }: PersonMessage = {},
    ): FakeMessage {
      const attachments = files.map(({ contentType = 'image/png', ...file }) =>
        world.storeFile(channel.id, { ...file, contentType }),
      );
      const reference = replyTo === undefined ? {} : { message_reference: { message_id: replyTo } };
      const message = world.addMessage({ channel_id: channel.id, author, content, attachments, ...reference });
      announce('MESSAGE_CREATE', message);
      return message;
    },
    /** Discord sends the same event once more. */
    redeliver: (message: FakeMessage) => announce('MESSAGE_CREATE', message),
    edit(message: FakeMessage, content: string): void {
      message.content = content;
      message.edited_timestamp = new Date().toISOString();
      announce('MESSAGE_UPDATE', message);
    },
    remove(message: FakeMessage): void {
      world.removeMessage(message.channel_id, message.id);
      announce('MESSAGE_DELETE', message);
    },
    /** A person presses a button of a post, by its words. */
    press(person: FakeUser, post: FakeMessage, label: string, options: PressOptions = {}): InteractionRecord {
      const button = post.components
        .flatMap(({ components }) => components)
        .find((each) => each.type === 2 && each.label === label);
      if (button === undefined) throw new Error(`no button ${label} on "${post.content}"`);
      return interact(
        person,
        channelOf(post),
        {
          type: InteractionType.MessageComponent,
          data: { component_type: 2, custom_id: button.custom_id },
          message: messagePayload(world, post),
        },
        options,
      );
    },
    /** A person chooses in a menu of a post. @param menu what the menu is about, as its id says. */
    choose(
      person: FakeUser,
      post: FakeMessage,
      menu: string,
      values: readonly string[],
      options: PressOptions = {},
    ): InteractionRecord {
      const found = menusOf(post).find((each) => isAbout(each, menu));
      const offered = found?.options.map(({ value }) => value) ?? [];
      const fits = found !== undefined && values.length >= found.min_values && values.length <= found.max_values;
      if (!fits || !values.every((value) => offered.includes(value)))
        throw new Error(`the menu ${menu} of "${post.content}" offers ${offered.join(', ')}`);
      return interact(
        person,
        channelOf(post),
        {
          type: InteractionType.MessageComponent,
          data: { component_type: 3, custom_id: found.custom_id, values },
          message: messagePayload(world, post),
        },
        options,
      );
    },
    command: (person: FakeUser, channel: FakeChannel) =>
      interact(person, channel, {
        type: InteractionType.ApplicationCommand,
        data: { id: '1', name: 'easel', type: 1, options: [{ type: 1, name: 'help', options: [] }] },
      }),
    /** A person opens the menu of a message. */
    openMenu: (person: FakeUser, message: FakeMessage) =>
      interact(person, channelOf(message), {
        type: InteractionType.ApplicationCommand,
        data: {
          id: '2',
          name: 'Edit this image',
          type: 3,
          target_id: message.id,
          resolved: { messages: { [message.id]: messagePayload(world, message) } },
        },
      }),
    submitForm: (person: FakeUser, channel: FakeChannel, customId: string, text: string) =>
      interact(person, channel, {
        type: InteractionType.ModalSubmit,
        data: {
          custom_id: customId,
          components: [{ type: 1, id: 1, components: [{ type: 4, id: 2, custom_id: 'text', value: text }] }],
        },
      }),
    /** What the bot posted in a channel, oldest first. */
    posts: (channel: FakeChannel): readonly FakeMessage[] =>
      world.messagesIn(channel.id).filter(({ author }) => author === world.bot),
    async stop(): Promise<void> {
      await gateway.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The menus that people see under a post. */
export function menusOf({ components }: FakeMessage) {
  return components.flatMap((row) => row.components.filter((each) => each.type === 3));
}

/** Whether a menu is about the base, the references or the engine. */
export function isAbout({ custom_id: id }: { readonly custom_id: string }, menu: string): boolean {
  return id.split(':')[1] === menu;
}

export type FakeDiscord = Awaited<ReturnType<typeof startFakeDiscord>>;
