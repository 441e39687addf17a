import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readManifest } from '../../../bots/slack/manifest.ts';
import { BAG, DRESS, MENTION, PATTERN, startTalk, type Talk } from '../../support/slack/talk.ts';
import type { FakeFile } from '../../support/slack/workspace.ts';

let talk: Talk;
beforeEach(async () => {
  talk = await startTalk();
});
afterEach(() => talk.stop());

async function ask(files: readonly FakeFile[], text = PATTERN) {
  return await talk.slack.say(talk.ana, talk.channel, { text: `${MENTION} ${text}`, files });
}

describe('files in Slack', () => {
  it('are downloaded with the token of the bot, from the host of the files only', async () => {
    const message = await ask([await talk.picture(BAG), await talk.picture(DRESS)]);
    await talk.result(talk.channel.id, message.ts);
    expect(talk.slack.downloads.map(({ authorization }) => authorization)).toEqual([
      'Bearer xoxb-fake',
      'Bearer xoxb-fake',
    ]);
    expect(new Set(talk.slack.downloads.map(({ host }) => `http://${host}`))).toEqual(new Set(talk.slack.fileOrigins));
  });

  it('are looked up where the event may not describe them, as in channels shared with another company', async () => {
    const shared = await talk.picture(DRESS, { access: 'check_file_info' });
    const message = await ask([await talk.picture(BAG), shared]);
    const { picture } = await talk.result(talk.channel.id, message.ts);
    expect(picture.text).toContain('from image 1 + image 2');
  });

  it('keep their number when access to them is denied', async () => {
    const denied = await talk.picture(DRESS, { access: 'access_denied' });
    const message = await ask([denied, await talk.picture(BAG)], 'make image 2 red');
    const { picture } = await talk.result(talk.channel.id, message.ts);
    expect(picture.text).toContain('image 3 · from image 2');
    await talk.post(talk.channel.id, message.ts, '⚠ image 1: I was not allowed to download image 1.');
  });

  it('are used by link, and pictures elsewhere keep a number without being fetched', async () => {
    const file = await talk.picture(BAG);
    const link = `<https://fake.slack.com/files/U1/${file.id}/bag.png|bag.png>`;
    const message = await ask([await talk.picture(DRESS)], `make image 2 red ${link} <https://elsewhere.test/cat.png>`);
    await talk.post(talk.channel.id, message.ts, "⚠ image 3: I don't download images from that address.");
    const { picture } = await talk.result(talk.channel.id, message.ts);
    expect(picture.text).toContain('image 4 · from image 2');
  });

  it.each([
    ['HEIC', `\0\0\0\x18ftypheic\0\0\0\0mif1heic`, 'image/heic', 'HEIC'],
    ['a document', '%PDF-1.7 …', 'application/pdf', 'PDF'],
    ['a film', 'any', 'video/mp4', 'video/mp4'],
  ])('that are %s are named', async (_what, bytes, mimetype, named) => {
    const file = talk.workspace.addFile({ name: 'IMG_0042', mimetype, bytes: Buffer.from(bytes, 'latin1') });
    const message = await ask([file], 'make it red');
    await talk.post(talk.channel.id, message.ts, `image 1 isn't a picture I can open (${named}).`);
  });

  it('that are too large are refused before they are fetched', async () => {
    const file = talk.workspace.addFile({
      name: 'huge.png',
      mimetype: 'image/png',
      bytes: new Uint8Array(30_000_000),
    });
    const message = await ask([file], 'make it red');
    await talk.post(talk.channel.id, message.ts, 'image 1 is 30 MB; my limit is 25 MB');
    expect(talk.slack.downloads).toEqual([]);
  });
});

describe('a message that Slack does not show', () => {
  it('is asked for again later, and the person is told', async () => {
    talk.slack.faults.add('conversations.replies', { kind: 'status', status: 500 }, 10);
    const message = await ask([await talk.picture(BAG)], 'make it red');
    await talk.post(talk.channel.id, message.ts, "I can't reach a part of myself right now.");
    expect(talk.slack.calls.filter(({ method }) => method === 'conversations.replies')).toHaveLength(4);
  });

  it('is read as its event tells it where the bot may not read more', async () => {
    talk.slack.faults.add('conversations.replies', {
      kind: 'error',
      error: 'missing_scope',
      needed: 'channels:history',
    });
    const message = await ask([], 'draw a cat');
    await talk.result(talk.channel.id, message.ts);
    const line = talk.easel.logger.lines.find(({ fields }) => fields['event'] === 'slack-reread');
    expect(line?.fields).toMatchObject({
      needed: 'channels:history',
      fix: expect.stringContaining('install it again'),
    });
  });
});

describe('a token that may not read files', () => {
  it.each(['after a redirect', 'at once', 'with a wrong type'] as const)(
    'gets the login page %s, and the person the hint for the admin',
    async (how) => {
      talk.slack.showLogin(how);
      const file = talk.workspace.addFile({
        id: 'F-UNKNOWN',
        name: 'bag.png',
        mimetype: 'image/png',
        bytes: new Uint8Array([1]),
      });
      talk.workspace.files.delete(file.id);
      const message = await ask([file], 'make it red');
      const said = await talk.post(talk.channel.id, message.ts, 'I was not allowed to download image 1.');
      expect(said.text).toContain('files:read');
      expect(
        talk.easel.logger.lines.find(({ fields }) => fields['event'] === 'slack-file-forbidden')?.fields['fix'],
      ).toContain('files:read');
    },
  );

  it('is told apart from a picture that Slack has lost', async () => {
    await talk.stop();
    const manifest = readManifest();
    const scopes = manifest.scopes.filter((scope) => scope !== 'files:read');
    talk = await startTalk({ slack: { manifest: { ...manifest, scopes } } });
    const message = await ask([await talk.picture(BAG, { access: 'check_file_info' })], 'make it red');
    await talk.post(talk.channel.id, message.ts, 'I was not allowed to download image 1.');
  });
});
