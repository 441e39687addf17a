import { afterEach, describe, expect, it } from 'vitest';
import type { Stop } from '../../../core/ports.ts';
import { startProduction } from '../../support/production.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { redisProgram } from '../../support/servers/redis.ts';
import { APP_TOKEN, BOT_TOKEN, startFakeSlack } from '../../support/slack/fake-slack.ts';
import { BAG, connected, DRESS, MENTION, PATTERN, viewOf } from '../../support/slack/talk.ts';

const stops: Stop[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

describe('the Slack bot apart from the worker, over Redis', { timeout: 180_000, ...whereFound(redisProgram) }, () => {
  it('loses no message when it is killed after it was acknowledged and before its pictures are there', async () => {
    const slack = await startFakeSlack();
    stops.push(slack.stop);
    const tokens = { SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_APP_TOKEN: APP_TOKEN };
    const production = await startProduction({ platform: 'slack', url: slack.baseUrl, tokens, workers: 1 });
    stops.push(production.stop);
    const first = await production.startBot();
    await connected(slack);

    const { picture, result, results } = viewOf(slack);
    const { workspace } = slack;
    const channel = workspace.addChannel('channel');
    const files = [await picture(BAG), await picture(DRESS)];
    const send = slack.holdDownloads();
    const message = await slack.say(workspace.addUser(), channel, { text: `${MENTION} ${PATTERN}`, files });
    await workspace.until('a download', () => slack.downloads.length > 0);
    const isAcknowledged = () => slack.delivery.deliveries.every(({ ackedAfterMs }) => ackedAfterMs !== undefined);
    await workspace.until('acknowledgements', isAcknowledged);
    await first.kill('SIGKILL');
    send();

    const second = await production.startBot();
    const made = await result(channel.id, message.ts, 1, 60_000);
    expect(made.picture.text).toContain('image 3 · from image 1 + image 2');
    expect(results(channel.id, message.ts)).toHaveLength(1);

    const { libraries, findsEngine } = await production.reportOf(second);
    expect(findsEngine).toBe(false);
    // It did load what it decodes pictures with, so the list is a real one.
    expect(libraries.join('\n')).toContain('sharp');
    expect(libraries.filter((library) => library.includes('onnxruntime'))).toEqual([]);
  });
});
