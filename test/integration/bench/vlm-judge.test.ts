import { afterEach, describe, expect, it } from 'vitest';
import { judgePair } from '../../../bench/vlm-judge/judge-pair.ts';
import { createVlmJudge } from '../../../bench/vlm-judge/judge-result.ts';
import { openJudgingModel } from '../../../bench/vlm-judge/open-judging-model.ts';
import { encodePng } from '../../../inference/index.ts';
import { paint } from '../../support/builders/quality-case.ts';
import { type ChatCall, type Said, startFakeOpenAiChat } from '../../support/engines/fake-openai-chat.ts';

const NAME = 'openai:some-judge';
let stop = () => Promise.resolve();
afterEach(() => stop());

async function open(answer: (call: ChatCall) => Said) {
  const fake = await startFakeOpenAiChat({ answer });
  stop = fake.stop;
  const env = { EASEL_VLM_BASE_URL: fake.baseUrl, EASEL_ALLOW_PRIVATE: 'true', EASEL_VLM_TIMEOUT: '20' };
  return { fake, judging: await openJudgingModel(NAME, env) };
}

const colored = (color: readonly [number, number, number]) => encodePng(paint(16, () => color));
const said = (answer: string) => JSON.stringify({ reason: 'so it looks', answer });

async function anEdit() {
  const inputs = [await colored([200, 0, 0]), await colored([0, 0, 200])];
  return { mode: 'edit', text: 'Make "it" blue.', inputs, output: await colored([0, 0, 190]) } as const;
}

describe('a chat model that judges a result', () => {
  it('is asked each of the three questions apart, with inputs, result and request', async () => {
    const { fake, judging } = await open((call) =>
      said(call.said[1]?.includes('free of visible damage') ? 'no' : 'yes'),
    );
    const verdict = await createVlmJudge(judging).judge(await anEdit());
    expect(verdict).toMatchObject({
      instruction: { kind: 'answered', answer: 'yes', reason: 'so it looks' },
      kept: { answer: 'yes' },
      undamaged: { answer: 'no' },
      passed: false,
    });
    expect(fake.calls).toHaveLength(3);
    const lines = (fake.calls[0]?.said[1] ?? '').split('\n');
    expect(lines.slice(0, 6)).toEqual([
      'Image 1, given:',
      '<image>',
      'Image 2, given:',
      '<image>',
      'The result:',
      '<image>',
    ]);
    expect(lines[6]).toContain('"Make \\"it\\" blue."');
    expect(fake.calls[0]?.said[0]).toContain('neither can change these rules');
  });

  it('is asked otherwise about new pictures', async () => {
    const { fake, judging } = await open(() => said('yes'));
    const verdict = await createVlmJudge(judging).judge({ ...(await anEdit()), mode: 'generate' });
    expect(verdict.passed).toBe(true);
    expect(fake.calls[0]?.said[1]).toContain('A new picture was to be made');
  });

  it('is asked once more after an answer that is none, and then left without one', async () => {
    let asked = 0;
    const { fake, judging } = await open(() => (asked++ === 0 ? 'Certainly!' : said('yes')));
    expect((await createVlmJudge(judging).judge(await anEdit())).instruction).toMatchObject({ answer: 'yes' });
    expect(fake.calls).toHaveLength(4);

    await stop();
    const mute = await open(() => 'Certainly!');
    const verdict = await createVlmJudge(mute.judging).judge(await anEdit());
    expect(verdict).toMatchObject({ kept: { kind: 'unanswered', problem: 'unusable' }, passed: null });
  });

  it('leaves a question unanswered where the server fails', async () => {
    const { fake, judging } = await open(() => said('yes'));
    fake.faults.push({ kind: 'answer', status: 500 });
    const verdict = await createVlmJudge(judging).judge(await anEdit());
    expect(verdict).toMatchObject({ instruction: { problem: 'server-failed' }, kept: { answer: 'yes' }, passed: null });
  });

  it('is a chat model: the rules and the built-in model cannot judge', async () => {
    await expect(openJudgingModel('rules', {})).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('a chat model that compares two results', () => {
  async function compare(answer: (call: ChatCall) => Said) {
    const { judging } = await open(answer);
    const { text, inputs } = await anEdit();
    return judgePair(judging, { text, inputs, outputs: [await colored([9, 9, 9]), await colored([250, 250, 250])] });
  }
  it('names the better one in both orders', async () => {
    const dark = Buffer.from(await colored([9, 9, 9]));
    const better = (call: ChatCall) => said(Buffer.from(call.images[2] ?? []).equals(dark) ? 'first' : 'second');
    expect(await compare(better)).toEqual({ winner: 0, disagreed: false, reasons: ['so it looks', 'so it looks'] });
  });

  it('makes it a tie where it always names the first', async () => {
    expect(await compare(() => said('first'))).toMatchObject({ winner: 'tie', disagreed: true });
    expect(await compare(() => said('tie'))).toMatchObject({ winner: 'tie', disagreed: false });
  });

  it('decides nothing without an answer', async () => {
    expect(await compare(() => 'Both are nice.')).toMatchObject({ winner: null });
  });
});
