import { afterEach, expect, it } from 'vitest';
import { readManifest } from '../../../bots/slack/manifest.ts';
import { BAG, DRESS, MENTION, PATTERN, startTalk, type Talk } from '../../support/slack/talk.ts';

let talk: Talk;
afterEach(() => talk.stop());

it('the manifest asks for exactly the scopes and events that Easel uses', async () => {
  // The fake refuses what the manifest does not ask for, and notes what was used.
  talk = await startTalk();
  const { slack, ana, ben, admin, channel, picture, workspace } = talk;
  for (const place of [channel, workspace.addChannel('group'), workspace.addChannel('mpim')]) {
    const files = [await picture(BAG), await picture(DRESS, { access: 'check_file_info' })];
    const message = await slack.say(ana, place, { text: `${MENTION} ${PATTERN}`, files });
    await talk.result(place.id, message.ts);
  }
  const direct = workspace.addChannel('im');
  await slack.say(ben, direct, { text: PATTERN, files: [await picture(BAG), await picture(DRESS)] });
  const { actions } = await talk.result(direct.id, undefined);
  await slack.press(admin, actions, 'Undo');
  await talk.post(direct.id, undefined, 'Undone.');

  // Nobody invited Easel here: the picture goes to the person.
  const closed = workspace.addChannel('channel', { hasBot: false });
  await slack.say(admin, closed, { text: `${MENTION} ${PATTERN}`, files: [await picture(BAG), await picture(DRESS)] });
  await talk.result(workspace.directWith(admin.id).id, undefined);

  const { scopes, events } = readManifest();
  expect([...slack.usedScopes].toSorted()).toEqual(scopes);
  expect([...slack.usedEvents].toSorted()).toEqual(events);
});
