import { checkBlocks } from './check-blocks.ts';
import { BOT_ID, BOT_USER, type FakeFile, type FakeMessage, TEAM, type Workspace } from './workspace.ts';

export type Answer = { readonly ok: true; readonly [field: string]: unknown } | ApiError;
interface ApiError {
  readonly ok: false;
  readonly error: string;
  readonly needed?: string;
}
export type Form = Readonly<Record<string, string>>;

export interface MethodDeps {
  readonly workspace: Workspace;
  readonly baseUrl: () => string;
  readonly scopes: ReadonlySet<string>;
  readonly usedScopes: Set<string>;
  /** Each new upload's shares are hidden from so many looks. */
  readonly hiddenPolls: () => number;
}

const HISTORY = {
  channel: 'channels:history',
  group: 'groups:history',
  im: 'im:history',
  mpim: 'mpim:history',
} as const;
const SCOPES: Readonly<Record<string, string>> = {
  'chat.postMessage': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.open': 'im:write',
  'files.info': 'files:read',
  'files.getUploadURLExternal': 'files:write',
  'files.completeUploadExternal': 'files:write',
  'reactions.add': 'reactions:write',
  'users.info': 'users:read',
};

/** The methods of the Web API that Easel calls, with Slack's rules and error words. */
export function createMethods({ workspace, baseUrl, scopes, usedScopes, hiddenPolls }: MethodDeps) {
  function scopeOf(method: string, { channel = '' }: Form): string | undefined {
    if (method in SCOPES || !method.startsWith('conversations.')) return SCOPES[method];
    return HISTORY[workspace.channels.get(channel)?.kind ?? 'channel'];
  }

  function write(form: Form): FakeMessage | ApiError {
    const channel = workspace.channels.get(form['channel'] ?? '');
    if (channel === undefined) return refuse('channel_not_found');
    if (!channel.hasBot) return refuse('not_in_channel');
    const thread = form['thread_ts'];
    if (thread !== undefined && workspace.find(channel.id, thread) === undefined) return refuse('thread_not_found');
    const blocks = checkBlocks(form['blocks']);
    if (blocks === undefined) return refuse('invalid_blocks');
    const text = form['text'] ?? '';
    if (text === '') return refuse('no_text');
    return workspace.addMessage({
      channel: channel.id,
      user: BOT_USER,
      bot_id: BOT_ID,
      text: readable(text),
      blocks,
      ...(thread === undefined ? {} : { thread_ts: thread }),
      ...(form['user'] === undefined ? {} : { ephemeralFor: form['user'] }),
    });
  }

  const methods: Readonly<Record<string, (form: Form) => Answer>> = {
    'auth.test': () => ({
      ok: true,
      url: baseUrl(),
      team: 'Fake',
      team_id: TEAM,
      user: 'easel',
      user_id: BOT_USER,
      bot_id: BOT_ID,
    }),
    'chat.postMessage': ({ user: _asHuman, ...form }) => posted(write(form)),
    'chat.postEphemeral': (form) => posted(write(form)),
    'chat.update'({ channel = '', ts = '', text = '', blocks: json }) {
      const message = workspace.find(channel, ts);
      const blocks = checkBlocks(json);
      if (message === undefined) return refuse('message_not_found');
      if (message.user !== BOT_USER) return refuse('cant_update_message');
      if (blocks === undefined) return refuse('invalid_blocks');
      message.text = readable(text);
      message.blocks = blocks;
      message.versions.push({ text: message.text, atMs: performance.now() });
      workspace.changed();
      return { ok: true, ts, channel };
    },
    'conversations.replies': ({ channel = '', ts = '', ...range }) => {
      const root = workspace.find(channel, ts);
      if (root === undefined) return refuse('thread_not_found');
      // The root is listed whatever the range says.
      const replies = workspace.messages.filter(
        (each) => each.channel === channel && each.thread_ts === ts && each.ts !== ts,
      );
      return page([root, ...inRange(replies, range)], range, baseUrl());
    },
    'conversations.open'({ users: id = '' }) {
      if (!workspace.users.has(id)) return refuse('user_not_found');
      return { ok: true, channel: { id: workspace.directWith(id).id } };
    },
    'conversations.history': ({ channel = '', ...range }) => {
      const top = workspace.messages.filter((each) => each.channel === channel && each.thread_ts === undefined);
      return page(inRange(top, range).toReversed(), range, baseUrl());
    },
    'files.info'({ file: id = '' }) {
      const file = workspace.files.get(id);
      if (file === undefined || !file.isCompleted) return refuse('file_not_found');
      if (file.access === 'access_denied') return refuse('access_denied');
      if (file.hiddenPolls > 0) {
        file.hiddenPolls -= 1;
        return { ok: true, file: { ...fileView(file, baseUrl()), shares: {} } };
      }
      return { ok: true, file: { ...fileView(file, baseUrl()), shares: sharesView(file, workspace) } };
    },
    'files.getUploadURLExternal'({ filename = '', length = '', alt_txt: altText = '' }) {
      if (filename === '' || Number(length) <= 0) return refuse('invalid_arguments');
      const file = workspace.addFile({
        name: filename,
        mimetype: 'image/png',
        bytes: new Uint8Array(),
        altText,
        isCompleted: false,
      });
      return { ok: true, upload_url: `${baseUrl()}/upload/v1/${file.id}`, file_id: file.id };
    },
    'files.completeUploadExternal'({
      files = '[]',
      channel_id: channelId = '',
      thread_ts: thread,
      initial_comment: text = '',
    }) {
      const channel = workspace.channels.get(channelId);
      if (channel === undefined) return refuse('channel_not_found');
      if (!channel.hasBot) return refuse('not_in_channel');
      const shared = (JSON.parse(files) as { id: string }[]).map(({ id }) => workspace.files.get(id));
      const uploaded = shared.flatMap((file) => (file === undefined || file.bytes.length === 0 ? [] : [file]));
      if (uploaded.length < shared.length) return refuse('file_not_found');
      const where = thread === undefined ? {} : { thread_ts: thread };
      const message = workspace.addMessage({
        channel: channelId,
        user: BOT_USER,
        bot_id: BOT_ID,
        text: readable(text),
        files: uploaded,
        ...where,
      });
      for (const file of uploaded) {
        file.isCompleted = true;
        file.hiddenPolls = hiddenPolls();
        file.shares.push({ channel: channelId, ts: message.ts, ...where });
      }
      return { ok: true, files: uploaded.map((file) => ({ id: file.id, title: file.name })) };
    },
    'reactions.add'({ channel = '', timestamp = '', name = '' }) {
      const message = workspace.find(channel, timestamp);
      if (message === undefined) return refuse('message_not_found');
      if (message.reactions.includes(name)) return refuse('already_reacted');
      message.reactions.push(name);
      workspace.changed();
      return { ok: true };
    },
    'users.info'({ user: id = '' }) {
      const user = workspace.users.get(id);
      return user === undefined
        ? refuse('user_not_found')
        : { ok: true, user: { id, is_admin: user.isAdmin, is_owner: false } };
    },
  };

  return (method: string, form: Form): Answer => {
    const call = methods[method];
    if (call === undefined) return refuse('unknown_method');
    const needed = scopeOf(method, form);
    if (needed !== undefined && !scopes.has(needed)) return { ok: false, error: 'missing_scope', needed };
    if (needed !== undefined) usedScopes.add(needed);
    return call(form);
  };
}

function posted(message: FakeMessage | ApiError): Answer {
  return 'ok' in message ? message : { ok: true, channel: message.channel, ts: message.ts };
}

function refuse(error: string): ApiError {
  return { ok: false, error };
}

/** A message as the API and events show it. */
export function messageView(message: FakeMessage, baseUrl: string) {
  const {
    channel: _where,
    reactions: _signs,
    versions: _past,
    postedAtMs: _when,
    ephemeralFor: _whom,
    files,
    ...seen
  } = message;
  const shown = files.map((file) =>
    file.access === undefined ? fileView(file, baseUrl) : { id: file.id, file_access: 'check_file_info' },
  );
  return { type: 'message', ...seen, ...(files.length === 0 ? {} : { files: shown }) };
}

function fileView({ id, name, mimetype, bytes }: FakeFile, baseUrl: string) {
  const url = `${baseUrl}/files-pri/${TEAM}-${id}/${encodeURIComponent(name)}`;
  return { id, name, mimetype, size: bytes.length, mode: 'hosted', url_private: url, url_private_download: url };
}

function sharesView({ shares }: FakeFile, { channels }: Workspace) {
  const view: Record<string, Record<string, unknown[]>> = {};
  for (const { channel, ...share } of shares) {
    const kind = channels.get(channel)?.kind === 'channel' ? 'public' : 'private';
    const there = view[kind] ?? {};
    view[kind] = there;
    there[channel] = [...(there[channel] ?? []), share];
  }
  return view;
}

function inRange(messages: readonly FakeMessage[], { oldest = '0', latest = '9999999999.9', inclusive }: Form) {
  const isInside = ({ ts }: FakeMessage) =>
    inclusive === 'true' ? ts >= oldest && ts <= latest : ts > oldest && ts < latest;
  return messages.filter((message) => message.ephemeralFor === undefined && isInside(message));
}

function page(messages: readonly FakeMessage[], { limit = '100', cursor = '0' }: Form, baseUrl: string): Answer {
  const start = Number(cursor);
  const end = start + Number(limit);
  const more = end < messages.length ? { response_metadata: { next_cursor: String(end) } } : {};
  return { ok: true, messages: messages.slice(start, end).map((message) => messageView(message, baseUrl)), ...more };
}

function readable(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
