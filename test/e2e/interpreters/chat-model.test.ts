import { afterEach, describe, expect, it } from 'vitest';
import { addressOf, useEaselRuns } from '../../support/easel-runs.ts';
import { startFakeOpenAiChat } from '../../support/engines/fake-openai-chat.ts';
import { plainPicture } from '../../support/engines/paint.ts';
import { beginConversation } from '../../support/web/web-client.ts';

const KEY = 'sk-very-secret';
const READING = {
  ...{ mode: 'edit', base: 2, references: [1], language: 'fr', confidence: 0.9 },
  instruction: 'Give the bag in image 2 the pattern of the dress in image 1.',
  altText: 'Un sac avec le motif de la robe',
};

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
const { start } = useEaselRuns();

describe('easel start with a chat model', { timeout: 300_000 }, () => {
  it('makes what the model understood, and says when the rules had to read', async () => {
    const fake = await startFakeOpenAiChat({ key: KEY, answer: () => JSON.stringify(READING) });
    stops.push(fake.stop);
    const easel = start('start', {
      EASEL_LOG_LEVEL: 'warn',
      EASEL_VLM: 'openai:some-model',
      EASEL_VLM_BASE_URL: fake.baseUrl,
      EASEL_VLM_API_KEY: KEY,
      EASEL_ALLOW_PRIVATE: 'true',
    });
    const { ask } = await beginConversation(await addressOf(easel));

    const images = [await plainPicture([200, 30, 30]), await plainPicture([30, 30, 200])];
    const first = await ask({ text: 'mets le motif de la robe sur le sac stp', images });
    expect(first.turns[0]).toMatchObject({ status: 'done', interpretation: READING, resultNumbers: [3] });
    expect(first.turns[0]?.note).toBeUndefined();
    expect(first.images[2]).toMatchObject({ altText: READING.altText, lineage: { base: 2, references: [1] } });
    expect(fake.calls[0]?.images).toHaveLength(2);

    fake.faults.push({ kind: 'answer', status: 500, body: `no, ${KEY}` });
    const second = await ask({ text: 'make it red' });
    expect(second.turns[1]).toMatchObject({
      status: 'done',
      interpretation: { base: 3, references: [] },
      note: expect.stringMatching(/^Read by simple rules/),
    });
    expect(fake.failures).toEqual([]);
    expect(easel.said().stderr).toMatch(/"reason":"server-failed"/);
    expect(easel.said().stderr).not.toContain(KEY);
  });
});
