import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drawFiles } from '../../support/discord/discord-chat.ts';
import type { FakeMessage } from '../../support/discord/discord-world.ts';
import { type FakeDiscord, type PostedFile, startFakeDiscord } from '../../support/discord/fake-discord.ts';
import { type Production, startProduction } from '../../support/production.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { redisProgram } from '../../support/servers/redis.ts';

const PEOPLE = 20;
const WITHIN_MS = 200_000;
const PATTERN = 'Give the bag in image 1 the pattern of the dress in image 2';
/** What one message is promised. */
const PROMISED_MS = 1000;
const options = { timeout: 2 * WITHIN_MS, ...whereFound(redisProgram) };

const isResult = ({ attachments }: FakeMessage) => attachments.length > 0;

describe('twenty people on Discord, two workers, one of which is killed', options, () => {
  let discord: FakeDiscord;
  let production: Production;
  beforeEach(async () => {
    discord = await startFakeDiscord();
    const tokens = { DISCORD_TOKEN: discord.settings.token };
    production = await startProduction({ platform: 'discord', url: discord.origin, tokens, workers: 2 });
    await production.startBot();
    await discord.listened();
  }, 300_000);
  afterEach(async () => {
    await production.stop();
    await discord.stop();
  });

  it('every message is acknowledged, gets a card, and its picture exactly once, in order', async () => {
    const { bag, dress } = await drawFiles();
    const alone: number[] = [];
    for (const name of ['first', 'second', 'third']) {
      const person = discord.person(name);
      const channel = discord.world.directWith(person);
      const { postedAt } = discord.say(person, channel, PATTERN, { files: [bag, dress] });
      await discord.until(() => discord.posts(channel).find(isResult), WITHIN_MS);
      alone.push((discord.posts(channel)[0]?.postedAt ?? Number.POSITIVE_INFINITY) - postedAt);
    }
    expect(Math.min(...alone)).toBeLessThan(PROMISED_MS);

    // Half of them share a channel, the others write to Easel alone.
    const people = Array.from({ length: PEOPLE }, (_, index) => {
      const person = discord.person(`person ${index}`);
      const isDirect = index % 2 === 0;
      const channel = isDirect ? discord.world.directWith(person) : discord.general;
      const say = (text: string, files: readonly PostedFile[] = []) =>
        discord.say(person, channel, isDirect ? text : `${discord.mention} ${text}`, { files });
      const answersTo = (message: FakeMessage) =>
        discord.posts(channel).filter(({ message_reference }) => message_reference?.message_id === message.id);
      return { channel, say, answersTo };
    });

    const talks = people.map((one) => ({ ...one, first: one.say(PATTERN, [bag, dress]) }));
    const cards = await Promise.all(
      talks.map(({ first, answersTo }) => discord.until(() => answersTo(first)[0], WITHIN_MS)),
    );
    const waits = cards.map(({ postedAt }, index) => postedAt - (talks[index]?.first.postedAt ?? 0));
    // However busy this machine is: twenty at once do not wait longer than one after the other would.
    expect(Math.max(...waits)).toBeLessThan(Math.max(PROMISED_MS, PEOPLE * Math.max(...alone)));
    for (const { channel, first } of talks) {
      const typed = discord.typing.find(({ channelId }) => channelId === channel.id);
      expect((typed?.at ?? Number.POSITIVE_INFINITY) - first.postedAt).toBeLessThan(PROMISED_MS);
    }

    // While the pictures are made everybody goes on; some answers of Discord get lost, and once the line is cut.
    for (let post = 0; post < 4; post += 1)
      discord.fail({ method: 'POST', path: /^\/channels\/\d+\/messages$/, answer: 'lost' });
    const both = talks.map((talk) => ({ ...talk, second: talk.say('make it red') }));
    discord.gateway.drop();
    const interrupted = await production.killBusyWorker();
    await discord.until(
      () =>
        both.every(({ first, second, answersTo }) => [first, second].every((each) => answersTo(each).some(isResult))),
      WITHIN_MS,
    );
    for (const { first, second, answersTo } of both) {
      const posts = [answersTo(first), answersTo(second)];
      // Each has one card and one result.
      expect(posts.map((each) => [each.length, each.filter(isResult).length])).toEqual([
        [2, 1],
        [2, 1],
      ]);
      const numbers = posts
        .flat()
        .filter(isResult)
        .map(({ content }) => Number(/^image (\d+) /.exec(content)?.[1]));
      expect(numbers).toEqual([3, 4]);
    }
    const inOrder = both.every(({ first, second, answersTo }) => {
      const [one, two] = [answersTo(first), answersTo(second)].map((posts) => posts.find(isResult)?.postedAt ?? 0);
      return (one ?? 0) < (two ?? 0);
    });
    expect(inOrder).toBe(true);
    // What the killed worker was making was begun again by the other one.
    expect(Math.max(...(await production.runsOf(interrupted)))).toBeGreaterThan(1);
  });
});
