import { afterEach, describe, expect, it } from 'vitest';
import { openEngines } from '../../../bench/quality/open-engines.ts';
import { openRequestReader } from '../../../bench/quality/read-request.ts';
import { encodePng } from '../../../inference/index.ts';
import { casePictures } from '../../support/builders/quality-case.ts';
import { startFakeOpenAiChat } from '../../support/engines/fake-openai-chat.ts';
import { startFakeOpenAiImages } from '../../support/engines/fake-openai-images.ts';

const ENGINE = { id: 'local', maxImages: 5 };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function twoPictures(): Promise<readonly Uint8Array[]> {
  return Promise.all(casePictures().inputs.map(encodePng));
}

describe('the engines of the quality benchmark', () => {
  async function served() {
    const fake = await startFakeOpenAiImages();
    closing.push(fake.stop);
    return { OPENAI_BASE_URL: fake.baseUrl, EASEL_ALLOW_PRIVATE: 'true' };
  }

  it('are opened by kind, and those that are not configured are not run', async () => {
    const opened = await openEngines(['openai-images', 'gemini'], await served());
    closing.push(opened.dispose);
    expect([...opened.engines.keys()]).toEqual(['openai-images']);
    expect(opened.notRun.get('gemini')).toContain('GEMINI_API_KEY');
    expect(opened.notRun.get('comfyui')).toContain('COMFYUI_URL');
    expect(opened.notRun.get('local')).toBe('not asked for');
    const images = await twoPictures();
    const request = { mode: 'edit', prompt: 'Do it.', adapter: 'edit', images, seed: 1 } as const;
    const made = await opened.engines.get('openai-images')?.render(request, { signal: new AbortController().signal });
    expect(made?.images).toHaveLength(1);
  });

  it('are not run under a name that there is not', async () => {
    const opened = await openEngines(['midway'], {});
    closing.push(opened.dispose);
    expect(opened.engines.size).toBe(0);
    expect(opened.notRun.get('midway')).toContain('midway');
  });
});

describe('reading the request of a case', () => {
  const TEXT = "give that bag the dress's pattern from the 2nd pic";

  it('goes through the rules as a message would', async () => {
    const reader = await openRequestReader('rules', ENGINE, {});
    const read = await reader.read(TEXT, await twoPictures());
    expect(read).toMatchObject({
      kind: 'read',
      request: { mode: 'edit', adapter: 'edit' },
      reading: { base: 1, references: [2], byRules: false },
    });
    if (read.kind === 'read') expect(read.request.prompt).toContain('image 2');
  });

  it('goes through a chat model, and the rules where it fails', async () => {
    const answer = { mode: 'edit', base: 2, references: [1], instruction: 'Give image 2 the style of image 1.' };
    const fake = await startFakeOpenAiChat({ answer: () => JSON.stringify(answer) });
    closing.push(fake.stop);
    const env = { EASEL_VLM_BASE_URL: fake.baseUrl, EASEL_ALLOW_PRIVATE: 'true' };
    const reader = await openRequestReader('openai:some-model', ENGINE, env);
    expect(reader.name).toBe('openai:some-model');
    expect(await reader.read(TEXT, await twoPictures())).toMatchObject({
      request: { prompt: 'Give image 1 the style of image 2.' },
      reading: { base: 2, references: [1], byRules: false },
    });
    fake.faults.push({ kind: 'answer', status: 500 });
    expect(await reader.read(TEXT, await twoPictures())).toMatchObject({ reading: { base: 1, byRules: true } });
  });

  it('says why nothing can be made', async () => {
    const reader = await openRequestReader('rules', ENGINE, {});
    expect(await reader.read('hello there', [])).toMatchObject({
      kind: 'unread',
      problem: expect.stringMatching(/\w/),
    });
    expect(await reader.read('make pic 7 blue', await twoPictures())).toMatchObject({ kind: 'unread' });
  });
});
