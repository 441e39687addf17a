import { afterEach, describe, expect, it } from 'vitest';
import type { Stop } from '../../../core/ports.ts';
import { drawFiles } from '../../support/discord/discord-chat.ts';
import { startFakeDiscord } from '../../support/discord/fake-discord.ts';
import { startProduction } from '../../support/production.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { redisProgram } from '../../support/servers/redis.ts';

const PICTURE_WITHIN_MS = 60_000;
const stops: Stop[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

describe('the Discord bot apart from the worker, over Redis', { timeout: 240_000, ...whereFound(redisProgram) }, () => {
  it('survives kill -9 between card and picture, and needs no onnxruntime', async () => {
    const discord = await startFakeDiscord();
    stops.push(discord.stop);
    const tokens = { DISCORD_TOKEN: discord.settings.token };
    const production = await startProduction({ platform: 'discord', url: discord.origin, tokens, workers: 1 });
    stops.push(production.stop);
    const first = await production.startBot();
    await discord.listened();
    const { bag, dress } = await drawFiles();
    const text = `${discord.mention} Give the bag in image 1 the pattern of the dress in image 2`;
    const message = discord.say(discord.person('ana'), discord.general, text, { files: [bag, dress] });
    const posts = () => discord.posts(discord.general);
    await discord.until(() => posts()[0], PICTURE_WITHIN_MS);
    await first.kill('SIGKILL');

    const second = await production.startBot();
    const result = await discord.until(
      () => posts().find(({ attachments }) => attachments.length > 0),
      PICTURE_WITHIN_MS,
    );
    expect(result.content).toContain('image 3 · from image 1 + image 2');
    expect(result.message_reference?.message_id).toBe(message.id);
    expect(posts()).toHaveLength(2);

    const { libraries, findsEngine } = await production.reportOf(second);
    expect(findsEngine).toBe(false);
    // It did load what it decodes pictures with, so the list is a real one.
    expect(libraries.join('\n')).toContain('sharp');
    expect(libraries.filter((library) => library.includes('onnxruntime'))).toEqual([]);
  });
});
