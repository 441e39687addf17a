import { once } from 'node:events';
import { createServer } from 'node:http';
import { PermissionFlagsBits } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { createDiscordBot } from '../../../bots/discord/create-discord-bot.ts';
import { checkDiscord } from '../../../bots/discord/doctor.ts';
import { Secret } from '../../../core/secret.ts';
import { startMemoryChat } from '../../support/chat/memory-chat.ts';
import { botOptions, startDiscordChat, viewOf } from '../../support/discord/discord-chat.ts';
import { startFakeDiscord } from '../../support/discord/fake-discord.ts';

const CONFIG = { code: 'CONFIG_INVALID' };

describe('the line to Discord', () => {
  it('goes on where it was when the socket is cut, and misses nothing said meanwhile', async () => {
    const chat = await startDiscordChat();
    const { discord } = chat;
    const ana = discord.person('ana');
    discord.gateway.drop();
    discord.say(ana, discord.general, `${discord.mention} draw a cat`);
    await viewOf(chat).result(discord.general, 1);
    expect(discord.gateway.identified()).toBe(1);
    await chat.stop();
  });

  it('is tried again until Discord can be reached', async () => {
    const discord = await startFakeDiscord();
    for (let attempt = 0; attempt < 2; attempt += 1)
      discord.fail({
        method: 'GET',
        path: /^\/applications\/@me$/,
        answer: { status: 403, body: { code: 0, message: 'later' } },
      });
    const chat = await startMemoryChat((deps) => createDiscordBot(deps, botOptions(discord)));
    await discord.listened();
    expect(chat.bot().health()).toBe('connected');
    expect(chat.logger.lines.filter(({ fields }) => fields['event'] === 'discord-connect')).toHaveLength(2);
    await chat.stop();
    await discord.stop();
  });

  it('is tried again where nothing listens, and given up by stop', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const address = free.address();
    const port = typeof address === 'object' ? address?.port : 0;
    free.close();
    const chat = await startMemoryChat((deps) =>
      createDiscordBot(deps, { token: new Secret('x'), apiUrl: `http://127.0.0.1:${port}/api`, retryMs: 1 }),
    );
    const tries = () => chat.logger.lines.filter(({ fields }) => fields['code'] === 'PLATFORM_UNAVAILABLE').length;
    await expect.poll(tries).toBeGreaterThan(1);
    expect(chat.bot().health()).toBe('connecting');
    await chat.stop();
  });

  it('is given up by stop where Discord takes the line and says nothing', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const chat = await startMemoryChat((deps) =>
      createDiscordBot(deps, { token: new Secret('x'), apiUrl: `http://127.0.0.1:${port}/api` }),
    );
    await once(silent, 'request');
    await chat.stop();
    silent.closeAllConnections();
    silent.close();
  });

  it('fails with what to mend when Discord does not know the token', async () => {
    const discord = await startFakeDiscord();
    const chat = await startMemoryChat((deps) =>
      createDiscordBot(deps, { ...botOptions(discord), token: new Secret('another') }),
    );
    await expect(chat.bot().failed).rejects.toMatchObject({
      ...CONFIG,
      values: { problems: expect.stringContaining('DISCORD_TOKEN') },
    });
    expect(chat.bot().health()).toBe('failed');
    await chat.stop();
    await discord.stop();
  });

  it.each([
    [4004, /Reset the token/],
    [4013, /Update Easel/],
    [4014, /Message Content Intent/],
  ])('fails with what to mend when Discord closes it with %i', async (code, hint) => {
    const chat = await startDiscordChat();
    chat.discord.gateway.drop(code);
    await expect(chat.bot().failed).rejects.toMatchObject({
      ...CONFIG,
      values: { problems: expect.stringMatching(hint) },
    });
    expect(chat.bot().health()).toBe('failed');
    await chat.stop();
  });

  it('works without the Message Content Intent: mentions, replies to results, direct messages', async () => {
    const discord = await startFakeDiscord();
    discord.settings.mayReadContent = false;
    const chat = await startMemoryChat((deps) => createDiscordBot(deps, botOptions(discord)));
    await discord.listened();
    const see = viewOf({ discord, jobs: chat.jobs });
    const ana = discord.person('ana');
    discord.say(ana, discord.general, `${discord.mention} draw a cat`);
    const result = await see.result(discord.general, 1);
    discord.say(ana, discord.general, 'make it red', { replyTo: result.id });
    await see.result(discord.general, 2);
    const direct = discord.world.directWith(ana);
    discord.say(ana, direct, 'draw a boat');
    await see.result(direct, 1);
    expect(chat.logger.lines).toContainEqual(expect.objectContaining({ fields: { event: 'discord-intents' } }));
    await chat.stop();
    await discord.stop();
  });

  it('brings after a restart what was unfinished, once', async () => {
    const chat = await startDiscordChat();
    const { discord } = chat;
    chat.hold();
    discord.say(discord.person('ana'), discord.general, `${discord.mention} draw a cat`);
    await chat.held();
    await viewOf(chat).post(discord.general, /Making a new picture/);
    await chat.restart();
    chat.release();
    await viewOf(chat).result(discord.general, 1);
    await viewOf(chat).post(discord.general, /Done · image 1/);
    expect(discord.posts(discord.general)).toHaveLength(2);
    await chat.stop();
  });
});

describe('the doctor asks Discord', () => {
  it('and prints the invite link with exactly the permissions that are needed', async () => {
    const discord = await startFakeDiscord();
    const findings = await checkDiscord({ token: new Secret(discord.settings.token), apiUrl: discord.apiUrl });
    expect(findings.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(findings[2]?.message).toBe('The bot is in one server');
    expect(findings[3]?.message).toContain(
      `https://discord.com/oauth2/authorize?client_id=${discord.world.bot.id}&scope=bot+applications.commands&permissions=274878008320`,
    );
    await discord.stop();
  });

  it('and names what a server does not allow', async () => {
    const discord = await startFakeDiscord();
    const { SendMessages, ViewChannel, ReadMessageHistory, SendMessagesInThreads } = PermissionFlagsBits;
    const permissions = String(SendMessages | ViewChannel | ReadMessageHistory | SendMessagesInThreads);
    const body = [{ id: '1', name: 'Studio', permissions }];
    discord.fail({ method: 'GET', path: /^\/users\/@me\/guilds$/, answer: { status: 200, body } });
    const findings = await checkDiscord({ token: new Secret(discord.settings.token), apiUrl: discord.apiUrl });
    expect(findings[2]).toMatchObject({
      status: 'warning',
      message: 'The bot lacks permissions in Studio (Attach Files)',
      fix: expect.stringContaining('invite the bot again'),
    });
    await discord.stop();
  });

  it('and says how to mend a token, an intent or a network', async () => {
    const discord = await startFakeDiscord();
    const apiUrl = discord.apiUrl;
    expect(await checkDiscord({ token: new Secret('another'), apiUrl })).toMatchObject([
      { status: 'problem', fix: expect.stringContaining('Reset Token') },
    ]);
    discord.settings.mayReadContent = false;
    const [, intent] = await checkDiscord({ token: new Secret(discord.settings.token), apiUrl });
    expect(intent).toMatchObject({ status: 'warning', fix: expect.stringContaining('Message Content Intent') });
    await discord.stop();
    expect(await checkDiscord({ token: new Secret('x'), apiUrl })).toMatchObject([
      { status: 'problem', message: expect.stringContaining('PLATFORM_UNAVAILABLE') },
    ]);
  });
});
