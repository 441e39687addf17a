import { afterEach, describe, expect, it } from 'vitest';
import { type FakeSlack, startFakeSlack } from '../../support/slack/fake-slack.ts';
import { type SlackEasel, startSlackEasel } from '../../support/slack/slack-easel.ts';
import { BAG, connected, DRESS, MENTION, PATTERN, startTalk, type Talk, viewOf } from '../../support/slack/talk.ts';

describe('Socket Mode', () => {
  let talk: Talk;
  afterEach(() => talk.stop());

  async function ask() {
    const files = [await talk.picture(BAG), await talk.picture(DRESS)];
    return await talk.slack.say(talk.ana, talk.channel, { text: `${MENTION} ${PATTERN}`, files });
  }

  it.each(['politely', 'by cutting'] as const)('goes on after Slack ends the connection %s', async (how) => {
    talk = await startTalk();
    talk.slack.socket.disconnect(how);
    const message = await ask();
    await talk.result(talk.channel.id, message.ts);
    expect(talk.slack.socket.connections()).toBe(2);
    expect(talk.results(talk.channel.id, message.ts)).toHaveLength(1);
  });

  it('comes back when Slack was away for several attempts', async () => {
    talk = await startTalk();
    talk.slack.faults.add('apps.connections.open', { kind: 'status', status: 503 });
    talk.slack.faults.add('apps.connections.open', { kind: 'error', error: 'internal_error' });
    talk.slack.faults.add('apps.connections.open', { kind: 'drop', when: 'before' });
    talk.slack.socket.disconnect('by cutting');
    const message = await ask();
    await talk.result(talk.channel.id, message.ts);
    expect(talk.easel.bot().health()).toBe('connected');
  });

  it('says which token is wrong when it is taken back while the bot runs, instead of ending the process', async () => {
    talk = await startTalk();
    talk.slack.tokens.app = 'xapp-other';
    talk.slack.socket.disconnect('by cutting');
    await expect(talk.easel.bot().failed).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      values: { problems: expect.stringContaining('SLACK_APP_TOKEN: Slack refuses it (invalid_auth)') },
    });
    expect(talk.easel.bot().health()).toBe('failed');
  });
});

describe('the start', () => {
  let slack: FakeSlack;
  let easel: SlackEasel;
  afterEach(async () => {
    await easel.stop();
    await slack.stop();
  });

  it('says which token is wrong and how to mend it', async () => {
    slack = await startFakeSlack();
    easel = await startSlackEasel(slack, { botToken: 'xoxb-wrong' });
    const bot = easel.bot();
    await expect(bot.failed).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      values: {
        problems: expect.stringMatching(/^SLACK_BOT_TOKEN: Slack refuses it \(invalid_auth\)\. Copy the token/),
      },
    });
  });

  it('tries again while Slack cannot be reached', async () => {
    slack = await startFakeSlack();
    slack.faults.add('auth.test', { kind: 'status', status: 500 }, 2);
    slack.faults.add('auth.test', { kind: 'too-many', retryAfterS: 1 });
    easel = await startSlackEasel(slack);
    const bot = easel.bot();
    expect(bot.health()).toBe('connecting');
    await connected(slack);
    await expect.poll(() => bot.health()).toBe('connected');
  });

  it('ends at once when it is stopped while it tries', async () => {
    slack = await startFakeSlack();
    slack.faults.add('auth.test', { kind: 'drop', when: 'before' }, 1000);
    easel = await startSlackEasel(slack);
    await slack.workspace.until('an attempt', () => slack.calls.length > 0);
    await easel.stopBot();
    expect(viewOf(slack).byEasel('C', undefined)).toEqual([]);
    expect(slack.socket.connections()).toBe(0);
  });
});
