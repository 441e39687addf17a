import type { ConversationView } from '../../../bots/web/protocol.ts';
import type { ChatHarness, ChatRoom, Seen } from '../../contract/chat-platform.contract.ts';
import { createCrayon } from '../chat/priced-engines.ts';
import { englishTexts as texts } from '../easel-in-memory.ts';
import { createGate } from './gate.ts';
import { createPaintingEngine } from './painting-engine.ts';
import { createWebClient } from './web-client.ts';
import { startWebEasel } from './web-easel.ts';

type TurnView = ConversationView['turns'][number];

/** Conversations of the web chat, over its HTTP interface. */
export async function startWebRooms(): Promise<ChatHarness> {
  let gate = createGate();
  gate.open();
  const easel = await startWebEasel({
    engine: createPaintingEngine({ steps: 3, beforeStep: () => gate.pass() }),
    others: [createCrayon()],
  });
  return {
    begin: () => roomOn(easel.url),
    hold() {
      gate = createGate();
    },
    release: () => gate.open(),
    held: () => gate.reached(),
    async restart() {
      await easel.restart();
      // Kept connections died with the server; whoever asks on one of them asks again, as browsers do.
      while (
        !(await fetch(`${easel.url}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ))
      );
    },
    async stop() {
      gate.open();
      await easel.stop();
    },
  };
}

async function roomOn(url: string): Promise<ChatRoom> {
  const client = createWebClient(url);
  const id = await client.createConversation();
  const refusals: string[] = [];
  const newestRequest = async (): Promise<TurnView> => {
    const turn = (await client.read(id)).turns.findLast(({ kind }) => kind !== 'word');
    if (turn === undefined) throw new Error('no request yet');
    return turn;
  };
  return {
    async say(text, images = []) {
      const response = await client.post(id, { text, images });
      if (response.status !== 202) refusals.push(String(Object(await response.json()).message));
    },
    async press(_where, label) {
      const turn = await newestRequest();
      const [button, body] = requestOf(label, turn);
      const response = await client.press(turn.id, button, body);
      if (!response.ok) throw new Error(await response.text());
    },
    async choose(menu, values) {
      const { id: turnId } = await newestRequest();
      const numbers = values.map(Number);
      const choices = {
        base: { base: numbers[0] },
        references: { references: numbers },
        engine: { engine: values[0] },
      };
      const response = await client.press(turnId, 'correct', choices[menu]);
      if (!response.ok) throw new Error(await response.text());
    },
    async until(look) {
      const stream = await client.watch(id);
      try {
        for (;;) {
          const found = look(await see(url, await client.read(id), refusals));
          if (found !== undefined) return found;
          await stream.until(() => true);
        }
      } finally {
        stream.close();
      }
    },
  };
}

function requestOf(label: string, { interpretation }: TurnView): readonly [string, unknown] {
  switch (label) {
    case 'Generate':
      return ['correct', { mode: 'generate' }];
    case 'Swap images':
      return ['correct', { base: interpretation?.references[0] }];
    default:
      return [label.toLowerCase(), {}];
  }
}

async function see(url: string, { images, turns }: ConversationView, refusals: readonly string[]): Promise<Seen> {
  const results = images.filter(({ kind, url: path }) => kind === 'result' && path !== null);
  return {
    results: await Promise.all(
      results.map(async ({ number, altText, url: path }) => {
        const response = await fetch(`${url}${path}`);
        return { number, altText, bytes: new Uint8Array(await response.arrayBuffer()) };
      }),
    ),
    readings: turns.flatMap(readingOf),
    texts: [
      ...refusals,
      ...images.flatMap(({ reason, remarks = [] }) => [...(reason === undefined ? [] : [reason.message]), ...remarks]),
      ...turns.flatMap(({ reply, error, status }) => [
        reply ?? error?.message ?? '',
        status === 'cancelled' ? texts.say('card.cancelled', {}) : '',
      ]),
    ],
  };
}

/** The page says it with the same numbers. */
function readingOf({ interpretation }: TurnView): readonly string[] {
  if (interpretation === undefined) return [];
  const { mode, base, references } = interpretation;
  const names = references.map((number) => texts.say('image.name', { number })).join(' + ');
  if (mode === 'edit' && base !== null) {
    return [names === '' ? texts.say('card.edit', { base }) : texts.say('card.edit.with', { base, references: names })];
  }
  return [names === '' ? texts.say('card.generate', {}) : texts.say('card.generate.with', { references: names })];
}
