import type { ChatHarness, ChatRoom, Seen } from '../../contract/chat-platform.contract.ts';
import { createCrayon } from '../chat/priced-engines.ts';
import { buttonsOf, type FakeSlack, isAbout, menusOf, startFakeSlack } from './fake-slack.ts';
import { startSlackEasel } from './slack-easel.ts';
import { connected, MENTION, viewOf } from './talk.ts';
import type { FakeChannel, FakeMessage, FakeUser } from './workspace.ts';

/** Conversations in threads of a channel, where Easel is named once, or in direct messages. */
export async function startSlackRooms(kind: 'thread' | 'direct'): Promise<ChatHarness> {
  const slack = await startFakeSlack();
  const chat = await startSlackEasel(slack, { others: [createCrayon()] });
  await connected(slack);
  const channel = slack.workspace.addChannel('channel');
  return {
    begin() {
      const place = kind === 'direct' ? slack.workspace.addChannel('im') : channel;
      return Promise.resolve(roomIn(slack, place, slack.workspace.addUser()));
    },
    hold: chat.hold,
    release: chat.release,
    held: chat.held,
    async restart() {
      await chat.restart();
      await connected(slack);
    },
    async stop() {
      await chat.stop();
      await slack.stop();
    },
  };
}

function roomIn(slack: FakeSlack, place: FakeChannel, person: FakeUser): ChatRoom {
  const { workspace } = slack;
  let thread: string | undefined;
  const posts = () => {
    const isBegun = place.kind === 'im' || thread !== undefined;
    return isBegun ? viewOf(slack).byEasel(place.id, thread) : [];
  };

  return {
    async say(text, images = []) {
      const files = images.map((bytes, index) =>
        workspace.addFile({ name: `picture-${index + 1}.png`, mimetype: 'image/png', bytes }),
      );
      const isOpening = place.kind !== 'im' && thread === undefined;
      const where = thread === undefined ? {} : { thread };
      const { ts } = await slack.say(person, place, { text: isOpening ? `${MENTION} ${text}` : text, files, ...where });
      if (isOpening) thread = ts;
    },
    async press(where, label) {
      const isThere = (post: FakeMessage) =>
        isCard(post) === (where === 'card') && buttonsOf(post).some((button) => button.text.text === label);
      const post = await workspace.until(`“${label}”`, () => posts().findLast(isThere));
      await slack.press(person, post, label);
      if (label === 'Undo')
        await workspace.until('the undoing', () => posts().find(({ text }) => text.startsWith('Undone')));
    },
    async choose(menu, values) {
      // The card before it may still show its menus.
      const post = await workspace.until(`the menu ${menu}`, () => {
        const newest = posts().findLast((each) => isCard(each) && READING.test(each.text));
        return newest !== undefined && menusOf(newest).some((shown) => isAbout(shown, menu)) ? newest : undefined;
      });
      await slack.choose(person, post, menu, values);
    },
    until: (look) => workspace.until('what the conversation expects', () => look(seenIn(posts()))),
  };
}

function seenIn(posts: readonly FakeMessage[]): Seen {
  return {
    results: posts.flatMap(({ text, files: [file] }) =>
      file === undefined
        ? []
        : [{ number: Number(/image (\d+)/.exec(text)?.[1]), altText: file.altText, bytes: file.bytes }],
    ),
    readings: posts.filter(isCard).flatMap(({ text }) => READING.exec(text)?.[0].trim() ?? []),
    texts: posts.map(({ text }) => text),
  };
}

const READING = /^(?:Editing image|Making a new picture)[^#·\n]*/;

function isCard({ blocks }: FakeMessage): boolean {
  return blocks.some(({ type }) => type === 'context');
}
