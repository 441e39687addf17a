import { afterEach, describe, expect, it } from 'vitest';
import { checkSlack } from '../../../bots/slack/doctor.ts';
import { readManifest } from '../../../bots/slack/manifest.ts';
import { Secret } from '../../../core/secret.ts';
import {
  APP_TOKEN,
  BOT_TOKEN,
  type FakeSlack,
  type FakeSlackOptions,
  startFakeSlack,
} from '../../support/slack/fake-slack.ts';

let slack: FakeSlack;
afterEach(() => slack.stop());

async function check(
  { bot = BOT_TOKEN, app = APP_TOKEN }: { readonly bot?: string; readonly app?: string } = {},
  options: FakeSlackOptions = {},
) {
  slack = await startFakeSlack(options);
  return await checkSlack({ botToken: new Secret(bot), appToken: new Secret(app) }, { apiUrl: slack.apiUrl });
}

describe('the doctor of Slack', () => {
  it('finds nothing wrong with an app installed from the manifest', async () => {
    expect(await check()).toEqual([
      { check: 'slack', status: 'ok', message: 'Slack: the bot is @easel in Fake' },
      { check: 'slack', status: 'ok', message: 'Slack: the bot has every scope that it needs' },
      { check: 'slack', status: 'ok', message: 'Slack: Socket Mode connects' },
    ]);
    expect(slack.socket.connections()).toBe(1);
  });

  it('names a missing scope and how to add it', async () => {
    const manifest = readManifest();
    const scopes = manifest.scopes.filter((scope) => scope !== 'files:read' && scope !== 'users:read');
    const findings = await check({}, { manifest: { ...manifest, scopes } });
    expect(findings[1]).toMatchObject({
      status: 'problem',
      message: 'Slack: the bot lacks the scopes files:read, users:read',
    });
    expect(findings[1]?.fix).toContain('bots/slack/manifest.json');
  });

  it('says which token is refused, and never the token', async () => {
    const findings = await check({ bot: 'xoxb-secret', app: 'xapp-secret' });
    expect(findings.map(({ status, message }) => [status, message])).toEqual([
      ['problem', 'Slack: SLACK_BOT_TOKEN: Slack refuses it (invalid_auth)'],
      ['problem', 'Slack: SLACK_APP_TOKEN: Slack refuses it (invalid_auth)'],
    ]);
    expect(JSON.stringify(findings)).not.toContain('secret');
  });

  it('tells a Slack that cannot be reached from a wrong token', async () => {
    slack = await startFakeSlack();
    slack.faults.add('auth.test', { kind: 'drop', when: 'before' });
    const findings = await checkSlack(
      { botToken: new Secret(BOT_TOKEN), signingSecret: new Secret('short') },
      { apiUrl: slack.apiUrl },
    );
    expect(findings.map(({ status }) => status)).toEqual(['problem', 'warning']);
    expect(findings[0]?.message).toContain('cannot be reached');
  });
});
