import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventsServer, startEventsServer } from '../../../bots/shared/events-server.ts';
import { eventCallback, sign } from '../../support/slack/event-delivery.ts';
import { SIGNING_SECRET } from '../../support/slack/fake-slack.ts';
import { BAG, DRESS, MENTION, PATTERN, startTalk, type Talk } from '../../support/slack/talk.ts';
import { startWebEasel } from '../../support/web/web-easel.ts';

let talk: Talk;
let server: EventsServer;
beforeEach(async () => {
  talk = await startTalk({ transport: 'http', slack: { eventsUrl: () => `${server.url}/slack/events` } });
  server = await startEventsServer([talk.easel.bot().http ?? expect.fail('no listener')], {
    host: '127.0.0.1',
    port: 0,
  });
  await talk.workspace.until('the connection', () => talk.slack.calls.some(({ method }) => method === 'auth.test'));
  for (let status = 503; status === 503; ) status = (await challenge()).status;
});
afterEach(async () => {
  await server.stop();
  await talk.stop();
});

const JSON_TYPE = 'application/json';
function challenge() {
  return talk.slack.httpDelivery.post(JSON.stringify({ type: 'url_verification', challenge: 'abc' }), JSON_TYPE);
}

describe('signed requests', () => {
  it('carry whole conversations, buttons too, and are answered within Slack’s three seconds', async () => {
    const { slack, ana, channel, picture } = talk;
    const message = await slack.say(ana, channel, {
      text: `${MENTION} ${PATTERN}`,
      files: [await picture(BAG), await picture(DRESS)],
    });
    const { actions } = await talk.result(channel.id, message.ts);
    await slack.press(ana, actions, 'Retry');
    await talk.result(channel.id, message.ts, 2);
    const times = slack.delivery.deliveries.map(({ ackedAfterMs = Number.NaN }) => ackedAfterMs);
    expect(times).toHaveLength(3);
    expect(Math.max(...times)).toBeLessThan(3000);
  });

  it('prove who owns the address', async () => {
    const response = await challenge();
    expect(await response.json()).toEqual({ challenge: 'abc' });
  });

  it.each([
    ['a wrong signature', { 'x-slack-signature': 'v0=0000' }],
    [
      'a signature of another time',
      {
        'x-slack-request-timestamp': String(Math.floor(Date.now() / 1000)),
        'x-slack-signature': sign(SIGNING_SECRET, '1', '{}'),
      },
    ],
    ['a time stamp of six minutes ago', { 'x-slack-request-timestamp': String(Math.floor(Date.now() / 1000) - 360) }],
  ])('with %s are refused', async (_what, headers) => {
    const event = {
      type: 'message',
      channel: 'D1',
      channel_type: 'im',
      user: talk.ana.id,
      ts: '1.000001',
      text: 'help',
    };
    const body = JSON.stringify(eventCallback('EvForged', event));
    expect((await talk.slack.httpDelivery.post(body, JSON_TYPE, headers)).status).toBe(401);
    await talk.easel.jobs.idle();
    expect(talk.workspace.messages).toEqual([]);
  });

  it('come in beside the web chat, under any name of this machine, and nothing else does', async () => {
    const mounts = [talk.easel.bot().http ?? expect.fail('no listener')];
    const web = await startWebEasel({ server: { mounts } });
    const ask = (path: string) => statusOf(`${web.url}${path}`, { host: 'easel.example.com' });
    expect(await ask('/slack/events')).toBe(401);
    expect(await ask('/api/conversations')).toBe(403);
    await web.stop();
  });

  it('are taken as posts on their own path only', async () => {
    expect((await fetch(`${server.url}/slack/events`)).status).toBe(405);
    expect((await fetch(`${server.url}/other`, { method: 'POST' })).status).toBe(404);
  });
});

/** `fetch` does not let anybody choose the host that is asked for. */
async function statusOf(url: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  const sent = request(url, { method: 'POST', headers }).end('{}');
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}
