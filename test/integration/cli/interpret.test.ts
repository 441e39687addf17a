import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInProcess } from '../../support/easel-in-process.ts';
import { type FakeChatOptions, startFakeOpenAiChat } from '../../support/engines/fake-openai-chat.ts';

const FIRST = fileURLToPath(new URL('../../parity/goldens/images/first.png', import.meta.url));
const SECOND = fileURLToPath(new URL('../../parity/goldens/images/second.png', import.meta.url));
const TEXT = 'gib der Tasche das Muster vom Kleid';
const READING = {
  ...{ mode: 'edit', base: 2, references: [1], description: '', keep: [], count: 1, confidence: 0.8, language: 'de' },
  instruction: 'Give the bag in image 2 the pattern of the dress in image 1.',
  altText: 'Eine Tasche mit dem Muster des Kleides',
};

const close: (() => Promise<void>)[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'easel-interpret-'));
});
afterEach(async () => {
  for (const each of close.splice(0)) await each();
  await rm(folder, { recursive: true });
});

async function withModel(answer: FakeChatOptions['answer']) {
  const fake = await startFakeOpenAiChat({ answer });
  close.push(fake.stop);
  const env = { EASEL_VLM: 'openai:some-model', EASEL_VLM_BASE_URL: fake.baseUrl, EASEL_ALLOW_PRIVATE: 'true' };
  return { fake, env };
}

describe('easel interpret with a chat model', () => {
  it('prints what the model understood', async () => {
    const { fake, env } = await withModel(() => `\`\`\`json\n${JSON.stringify(READING)}\n\`\`\``);
    const said = await runInProcess(['interpret', TEXT, FIRST, SECOND, '--json'], env);
    expect(said).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(said.stdout)).toEqual(READING);
    expect(fake.calls[0]?.images).toHaveLength(2);
  });

  it('says when the rules had to read it', async () => {
    const { env } = await withModel(() => 'What a lovely picture!');
    const said = await runInProcess(['interpret', 'make image 1 red', FIRST], env);
    expect(said.exitCode).toBe(0);
    expect(said.stdout).toContain('instruction  make image 1 red');
    expect(said.stderr).toMatch(/^Read by simple rules.*Please check it\.$/);
  });

  it('answers with the model’s question, and edit makes no picture then', async () => {
    const question = 'Welches Bild soll ich ändern?';
    const { env } = await withModel(() => JSON.stringify({ mode: 'clarify', question }));
    const args = ['edit', TEXT, FIRST, SECOND, '-o', join(folder, 'out.png')];
    expect(await runInProcess(args, env)).toMatchObject({ exitCode: 1, stderr: `${question} (NO_PICTURE)` });
  });

  it('renders what the model understood, base first', async () => {
    const { env } = await withModel(() => JSON.stringify(READING));
    const args = ['edit', TEXT, FIRST, SECOND, '-o', join(folder, 'out.png'), '--steps', '1', '--json'];
    const said = await runInProcess(args, env);
    expect(said.exitCode).toBe(0);
    expect(JSON.parse(said.stdout)).toMatchObject({ base: 2, references: [1], instruction: READING.instruction });
  });
});
