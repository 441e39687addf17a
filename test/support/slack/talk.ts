import { drawPicture, type PictureWish } from '../web/pictures.ts';
import { buttonsOf, type FakeSlack, type FakeSlackOptions, startFakeSlack } from './fake-slack.ts';
import { type SlackEaselOptions, startSlackEasel } from './slack-easel.ts';
import { BOT_USER, type FakeFile, type FakeMessage } from './workspace.ts';

export const MENTION = `<@${BOT_USER}>`;
export const PATTERN = 'Give the bag in image 1 the pattern of the dress in image 2.';
export const BAG: PictureWish = { shape: 'bag', color: '#c8553d', background: '#f3e9dc', sizePx: 64 };
export const DRESS: PictureWish = {
  shape: 'dress',
  color: '#3d6fb4',
  background: '#e9eef4',
  pattern: 'stripes',
  sizePx: 64,
};

/** A workspace with two people and a channel, and Easel in it. */
export async function startTalk({
  slack: slackOptions,
  ...options
}: SlackEaselOptions & { slack?: FakeSlackOptions } = {}) {
  const slack = await startFakeSlack(slackOptions);
  const easel = await startSlackEasel(slack, options);
  if (slackOptions?.eventsUrl === undefined) await connected(slack);
  const { workspace } = slack;
  const view = viewOf(slack);
  return {
    slack,
    easel,
    workspace,
    ...view,
    ana: workspace.addUser(),
    ben: workspace.addUser(),
    admin: workspace.addUser({ isAdmin: true }),
    channel: workspace.addChannel('channel'),
    async stop(): Promise<void> {
      await easel.stop();
      await slack.stop();
    },
  };
}

export type Talk = Awaited<ReturnType<typeof startTalk>>;

export async function connected(slack: FakeSlack): Promise<void> {
  await slack.workspace.until('a socket', () => slack.socket.isConnected());
}

/** What people see, by thread. */
export function viewOf({ workspace }: FakeSlack) {
  function byEasel(channel: string, thread: string | undefined): readonly FakeMessage[] {
    return workspace.messages.filter(
      (message) => message.user === BOT_USER && message.channel === channel && message.thread_ts === thread,
    );
  }
  const isResult = ({ files }: FakeMessage) => files.length > 0;
  const hasButton = (label: string) => (message: FakeMessage) =>
    buttonsOf(message).some(({ text }) => text.text === label);

  return {
    byEasel,
    async picture(wish: PictureWish, changes: Partial<FakeFile> = {}): Promise<FakeFile> {
      const bytes = new Uint8Array(await drawPicture(wish));
      return workspace.addFile({ name: `${wish.shape}.png`, mimetype: 'image/png', bytes, ...changes });
    },
    results: (channel: string, thread: string | undefined) => byEasel(channel, thread).filter(isResult),
    /** Resolves with the n-th result of the place and the message with its buttons. */
    async result(channel: string, thread: string | undefined, n = 1, withinMs = 10_000) {
      const find = () => {
        const posts = byEasel(channel, thread);
        const picture = posts.filter(isResult)[n - 1];
        const actions = posts.filter(hasButton('Undo'))[n - 1];
        return picture === undefined || actions === undefined ? undefined : { picture, actions };
      };
      return await workspace.until(`result ${n}`, find, withinMs);
    },
    async post(channel: string, thread: string | undefined, text: string | RegExp): Promise<FakeMessage> {
      const says = (message: FakeMessage) =>
        typeof text === 'string' ? message.text.includes(text) : text.test(message.text);
      return await workspace.until(`“${text}”`, () => byEasel(channel, thread).find(says));
    },
    /** The card of the n-th request of the place. */
    async card(channel: string, thread: string | undefined, n = 1): Promise<FakeMessage> {
      const isCard = ({ blocks }: FakeMessage) => blocks.some((block) => block.type === 'context');
      return await workspace.until(`card ${n}`, () => byEasel(channel, thread).filter(isCard)[n - 1]);
    },
  };
}
