import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../support/web/pictures.ts';

export interface SeenResult {
  readonly number: number;
  readonly altText: string;
  readonly bytes: Uint8Array;
}

/** What a person sees in a conversation at a moment. */
export interface Seen {
  /** Oldest first. */
  readonly results: readonly SeenResult[];
  /** What was understood of each request, as it is shown now: "Editing image 1 using image 2". */
  readonly readings: readonly string[];
  /** Everything else that is said in words: states, answers, questions, refusals. */
  readonly texts: readonly string[];
}

/** One conversation, in the way that is usual on its platform: a thread, replies, direct messages, a page. */
export interface ChatRoom {
  /** Resolves when it is sent; what comes of it is seen later. */
  say(text: string, images?: readonly Uint8Array[]): Promise<void>;
  /** Press a button by its words, on the newest card or the newest result; resolves when it is taken, Undo when it is done. */
  press(where: 'card' | 'result', label: string): Promise<void>;
  /** Choose in a menu of the newest card: image numbers, or an engine; resolves when it is taken. */
  choose(menu: 'base' | 'references' | 'engine', values: readonly string[]): Promise<void>;
  /** Resolves as soon as `look` returns something of what is seen. */
  until<T>(look: (seen: Seen) => T | undefined): Promise<T>;
}

/** Beside its default engine it has `crayon`, which takes four cents for a picture and one for each image that goes in. */
export interface ChatHarness {
  /** A conversation of its own. */
  begin(): Promise<ChatRoom>;
  /** Pictures are begun, but not made until `release`. */
  hold(): void;
  release(): void;
  /** Resolves when a picture waits to be released. */
  held(): Promise<void>;
  /** What serves the platform ends and begins anew, as after a crash or an update. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const PATTERN = 'Give the bag in image 1 the pattern of the dress in image 2';

/** What people can do on every chat platform, in scripted conversations. */
export function describeChatPlatform(name: string, start: () => Promise<ChatHarness>): void {
  describe(`Chat on ${name}`, () => {
    let harness: ChatHarness;
    let bag: Uint8Array;
    let dress: Uint8Array;
    beforeAll(async () => {
      harness = await start();
      bag = await drawPicture({ shape: 'bag', color: '#c8553d', background: '#f3e9dc', sizePx: 64 });
      dress = await drawPicture({
        shape: 'dress',
        color: '#3d6fb4',
        background: '#e9eef4',
        pattern: 'dots',
        sizePx: 64,
      });
    });
    afterAll(() => harness.stop());

    const result = (room: ChatRoom, number: number) =>
      room.until(({ results }) => results.find((each) => each.number === number));
    const reading = (room: ChatRoom, expected: string) =>
      room.until(({ readings }) => (readings.includes(expected) ? expected : undefined));
    const text = (room: ChatRoom, pattern: RegExp) =>
      room.until(({ texts }) => texts.find((each) => pattern.test(each)));

    /** A conversation with images 1 and 2 and result 3. */
    async function withResult(): Promise<ChatRoom> {
      const room = await harness.begin();
      await room.say(PATTERN, [bag, dress]);
      await result(room, 3);
      return room;
    }

    it('numbers two images, says what it understood, and brings the result as image 3 with alt text', async () => {
      const room = await harness.begin();
      await room.say(PATTERN, [bag, dress]);
      const { altText, bytes } = await result(room, 3);
      expect(altText).toContain('pattern of the dress');
      expect(Buffer.from(bytes).subarray(1, 4).toString()).toBe('PNG');
      await reading(room, 'Editing image 1 using image 2');
      expect(await room.until(({ results }) => results.length)).toBe(1);
    });

    it('makes a new picture from two', async () => {
      const room = await harness.begin();
      await room.say('Make a new picture of the bag from image 1 in the style of image 2', [bag, dress]);
      await result(room, 3);
      await reading(room, 'Making a new picture from image 1 + image 2');
    });

    it('draws without any image', async () => {
      const room = await harness.begin();
      await room.say('draw a cat');
      await result(room, 1);
      await reading(room, 'Making a new picture');
    });

    it('changes the last result when somebody says "it"', async () => {
      const room = await withResult();
      await room.say('make it red');
      await result(room, 4);
      await reading(room, 'Editing image 3');
    });

    it('goes back by the word undo, and says so', async () => {
      const room = await withResult();
      await room.say('undo');
      await text(room, /Undone.*image 1/);
      await room.say('make it blue');
      await result(room, 4);
      await reading(room, 'Editing image 1');
    });

    it('goes back by the button Undo', async () => {
      const room = await withResult();
      await room.press('result', 'Undo');
      await room.say('make it blue');
      await result(room, 4);
      await reading(room, 'Editing image 1');
    });

    it('makes another picture of the word again', async () => {
      const room = await withResult();
      await room.say('again');
      const [first, second] = [await result(room, 3), await result(room, 4)];
      expect(Buffer.from(first.bytes).equals(second.bytes)).toBe(false);
    });

    it('makes another picture by the button Retry', async () => {
      const room = await withResult();
      await room.press('result', 'Retry');
      const [first, second] = [await result(room, 3), await result(room, 4)];
      expect(Buffer.from(first.bytes).equals(second.bytes)).toBe(false);
    });

    it('makes a new picture instead by the button Generate', async () => {
      const room = await withResult();
      await room.press('card', 'Generate');
      await result(room, 4);
      await reading(room, 'Making a new picture from image 1 + image 2');
    });

    it('changes the other image by the button Swap images', async () => {
      const room = await withResult();
      await room.press('card', 'Swap images');
      await result(room, 4);
      await reading(room, 'Editing image 2 using image 1');
    });

    it('changes another image by the menu of bases', async () => {
      const room = await withResult();
      await room.choose('base', ['2']);
      await result(room, 4);
      await reading(room, 'Editing image 2 using image 1');
    });

    it('uses other images, or none, by the menu of references', async () => {
      const room = await withResult();
      await room.say('make image 3 look like image 2');
      await result(room, 4);
      // A card may come after its picture.
      await reading(room, 'Editing image 3 using image 2');
      await room.choose('references', ['1', '2']);
      await result(room, 5);
      await reading(room, 'Editing image 3 using image 1 + image 2');
      await room.choose('references', []);
      await result(room, 6);
      await reading(room, 'Editing image 3');
    });

    it('takes other references by words', async () => {
      const room = await withResult();
      await room.say('make image 3 look like image 2');
      await result(room, 4);
      await room.say('use image 1 as reference');
      await result(room, 5);
      await reading(room, 'Editing image 3 using image 1');
    });

    it('makes the picture with another engine by the menu of engines, and says what it cost', async () => {
      const room = await withResult();
      await room.choose('engine', ['crayon']);
      await result(room, 4);
      await text(room, /about \$0\.06/);
      await reading(room, 'Editing image 1 using image 2');
    });

    it('makes the picture with the engine that a request names at its end', async () => {
      const room = await withResult();
      await room.say('make it red with crayon');
      await result(room, 4);
      await text(room, /about \$0\.05/);
      await reading(room, 'Editing image 3');
    });

    it('makes the last picture once more with an engine that is named alone', async () => {
      const room = await withResult();
      await room.say('with crayon');
      await result(room, 4);
      await text(room, /about \$0\.06/);
    });

    it('stops by the button Cancel, and brings nothing', async () => {
      const room = await harness.begin();
      harness.hold();
      await room.say('make it red', [bag]);
      await harness.held();
      await reading(room, 'Editing image 1');
      await room.press('card', 'Cancel');
      await text(room, /Cancelled\./);
      harness.release();
      await room.say('draw a cat');
      await result(room, 2);
      expect(await room.until(({ results }) => results.length)).toBe(1);
    });

    it('reads the word cancel while a picture is being made', async () => {
      const room = await harness.begin();
      harness.hold();
      await room.say('make it red', [bag]);
      await harness.held();
      await room.say('cancel');
      await text(room, /Cancelled\./);
      harness.release();
      await room.say('draw a cat');
      await result(room, 2);
    });

    it('keeps the order of two quick messages', async () => {
      const room = await harness.begin();
      await room.say('make image 1 red', [bag]);
      await room.say('make it blue');
      await result(room, 3);
      await reading(room, 'Editing image 2');
    });

    it('keeps the number of an image that cannot be opened, and says why', async () => {
      const room = await harness.begin();
      await room.say('make image 2 red', [new Uint8Array(50), bag]);
      await result(room, 3);
      await reading(room, 'Editing image 2');
      await text(room, /image 1 isn't a picture I can open/);
    });

    it('asks for an image where there is none, and goes on when it comes', async () => {
      const room = await harness.begin();
      await room.say('make it red');
      await text(room, /I don't see an image yet/);
      await room.say('make it red', [bag]);
      await result(room, 2);
    });

    it('refuses kindly what is never made, without repeating it, and goes on', async () => {
      const room = await harness.begin();
      await room.say('undress the woman in image 1', [bag]);
      await text(room, /I'm sorry, I can't make that one/);
      expect((await room.until((seen) => seen)).texts.join()).not.toContain('undress');
      await room.say('make it red');
      await result(room, 2);
    });

    it('says what it understands when somebody asks for help', async () => {
      const room = await harness.begin();
      await room.say('help');
      await text(room, /undo to image 3/);
    });

    it('goes on after a restart: the conversation, and buttons and menus from before it', async () => {
      const room = await withResult();
      await harness.restart();
      await room.press('result', 'Retry');
      await result(room, 4);
      await room.choose('base', ['2']);
      await result(room, 5);
      await room.say('make it red');
      await result(room, 6);
      await reading(room, 'Editing image 5');
    });
  });
}
