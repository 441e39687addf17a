import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runInProcess } from '../../support/easel-in-process.ts';
import { comfyWorkflow, startFakeComfyUi } from '../../support/engines/fake-comfyui.ts';
import { startFakeGemini } from '../../support/engines/fake-gemini.ts';
import { startFakeOpenAiImages } from '../../support/engines/fake-openai-images.ts';
import { plainPicture, stripesOf } from '../../support/engines/paint.ts';

let folder: string;
let output: string;
let files: readonly [string, string];
const stops: (() => Promise<void>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'easel-remote-'));
  output = join(folder, 'out.png');
  files = [join(folder, 'bag.png'), join(folder, 'dress.png')];
  await writeFile(files[0], await plainPicture([200, 30, 30]));
  await writeFile(files[1], await plainPicture([30, 30, 200]));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await rm(folder, { recursive: true });
});

const SENTENCE = 'Give the bag in image 1 the pattern of the dress in image 2.';
const PRIVATE = { EASEL_ALLOW_PRIVATE: 'true' };

async function openAi(options: Parameters<typeof startFakeOpenAiImages>[0] = { key: 'sk-secret' }) {
  const fake = await startFakeOpenAiImages(options);
  stops.push(fake.stop);
  const env = { ...PRIVATE, OPENAI_BASE_URL: fake.baseUrl, OPENAI_API_KEY: 'sk-secret' };
  return { fake, env: { ...env, EASEL_ENGINE: 'openai-images' } };
}

async function writeJson(name: string, content: object): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, JSON.stringify(content));
  return file;
}

function edit(env: Readonly<Record<string, string>>, ...options: readonly string[]) {
  return runInProcess(['edit', SENTENCE, ...files, '-o', output, '--json', ...options], env);
}

describe('easel edit with an image server', () => {
  it('makes a picture with OpenAI’s images API from the environment alone', async () => {
    const { fake, env } = await openAi();
    const said = await edit(env);
    expect(said).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(said.stdout)).toMatchObject({
      engine: 'openai-images',
      model: 'gpt-image-2',
      base: 1,
      references: [2],
      steps: null,
    });
    expect(await stripesOf(await readFile(output), 2)).toEqual([
      [200, 30, 30],
      [30, 30, 200],
    ]);
    expect(fake.calls).toHaveLength(1);
  });

  it('makes a picture with the Gemini API, chosen for this one request', async () => {
    const fake = await startFakeGemini();
    stops.push(fake.stop);
    const env = { ...PRIVATE, EASEL_ENGINES: 'gemini', GEMINI_API_KEY: fake.key, GEMINI_BASE_URL: fake.baseUrl };
    const said = await edit(env, '--engine', 'gemini');
    expect(JSON.parse(said.stdout)).toMatchObject({ engine: 'gemini', model: 'gemini-3.1-flash-image' });
  });

  it('makes a picture with a workflow of ComfyUI', async () => {
    const fake = await startFakeComfyUi();
    stops.push(fake.stop);
    const workflow = await writeJson('workflow.json', comfyWorkflow());
    const env = { ...PRIVATE, EASEL_ENGINE: 'comfyui', COMFYUI_URL: fake.baseUrl, COMFYUI_WORKFLOW: workflow };
    const said = await edit(env, '--seed', '5');
    expect(JSON.parse(said.stdout)).toMatchObject({ engine: 'comfyui', steps: 4, seed: 5 });
  });

  it('takes an engine of the engines file, with its key from the environment', async () => {
    const fake = await startFakeOpenAiImages({ key: 'klein-key-123', seed: true });
    stops.push(fake.stop);
    const engine = { id: 'klein', kind: 'openai-images', model: 'FLUX.2-klein-4B', licence: 'Apache-2.0' };
    const file = await writeJson('engines.json', {
      default: 'klein',
      engines: [
        { ...engine, baseUrl: fake.baseUrl, allowPrivate: true, apiKeyVariable: 'KLEIN_KEY', fields: { seed: 'seed' } },
      ],
    });
    const said = await edit({ EASEL_ENGINES_FILE: file, KLEIN_KEY: 'klein-key-123' });
    expect(JSON.parse(said.stdout)).toMatchObject({ engine: 'klein', model: 'FLUX.2-klein-4B' });
    expect(fake.calls[0]?.fields).toMatchObject({ model: 'FLUX.2-klein-4B', prompt: SENTENCE });
  });

  it('says kindly what went wrong, without the key', async () => {
    const { env } = await openAi();
    const refused = await edit({ ...env, OPENAI_API_KEY: 'sk-wrong-wrong', EASEL_DEBUG: '1' });
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('openai-images is not set up correctly');
    expect(refused.stderr).not.toContain('wrong-wrong');
  });

  it('needs a word for an engine that there is', async () => {
    const refused = await edit({}, '--engine', 'magic');
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/“magic”.*tiny-small.*ENGINE_UNKNOWN/s),
    });
  });
});

describe('the configuration of engines', () => {
  const klein = { id: 'klein', kind: 'openai-images', baseUrl: 'https://klein.example/v1', model: 'klein' };
  it.each([
    [
      'an address that is neither https nor allowed',
      { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' },
      /OPENAI_BASE_URL: must be https/,
    ],
    [
      'ComfyUI without a workflow',
      { EASEL_ENGINES: 'comfyui', COMFYUI_URL: 'https://comfy.example' },
      /COMFYUI_WORKFLOW: needed/,
    ],
    ['an unknown kind', { EASEL_FALLBACK: 'magic' }, /EASEL_FALLBACK/],
    ['a file that is not there', { EASEL_ENGINES_FILE: '/no/engines.json' }, /cannot be read/],
    [
      'a workflow that is not there',
      { EASEL_ENGINE: 'comfyui', COMFYUI_URL: 'https://c.example', COMFYUI_WORKFLOW: '/no.json' },
      /COMFYUI_WORKFLOW: \/no.json/,
    ],
  ])('refuses %s', async (_name, env, says) => {
    const refused = await runInProcess(['models'], env);
    expect(refused).toMatchObject({ exitCode: 78, stderr: expect.stringMatching(says) });
  });

  it.each([
    ['a key in the file', { engines: [{ ...klein, apiKey: 'sk-1' }] }, /must not be in the file/],
    ['a key that is nowhere', { engines: [{ ...klein, apiKeyVariable: 'NO_SUCH_KEY' }] }, /NO_SUCH_KEY: needed/],
    ['an option that nobody knows', { engines: [{ ...klein, colour: 'red' }] }, /colour/],
    ['two engines of one name', { engines: [klein, klein] }, /two engines have the id klein/],
    ['a default that is nowhere', { default: 'klein' }, /default: there is no engine klein/],
    ['a place of an engine that is nowhere', { places: { web: 'klein' } }, /places: there is no engine klein/],
    ['a budget without a price', { engines: [klein], budget: { currency: 'USD' } }, /needs a price for klein/],
    [
      'a price in another currency than the budget',
      { engines: [klein], prices: { klein: { currency: 'EUR', perImage: 1 } }, budget: { currency: 'USD' } },
      /klein costs EUR/,
    ],
  ])('refuses %s', async (_name, content, says) => {
    const refused = await runInProcess(['models'], { EASEL_ENGINES_FILE: await writeJson('engines.json', content) });
    expect(refused).toMatchObject({ exitCode: 78, stderr: expect.stringMatching(says) });
    expect(refused.stderr).not.toContain('sk-1');
  });
});

const listSchema = z.object({
  engines: z.array(z.looseObject({ id: z.string(), isDefault: z.boolean(), price: z.unknown().optional() })),
  fallback: z.array(z.string()),
});

describe('easel models', () => {
  it('lists the default engine first, then the others, with what each has, costs and allows', async () => {
    const env = {
      EASEL_ENGINES: 'openai-images',
      EASEL_FALLBACK: 'gemini,local',
      OPENAI_API_KEY: 'k',
      GEMINI_API_KEY: 'k',
    };
    const { stdout } = await runInProcess(['models'], env);
    expect(stdout).toMatch(/^tiny-small \(default\): tiny-small 0\.0\.1$/m);
    expect(stdout).toMatch(
      /up to 16 images · no choice of steps · no seed · no progress · cannot be stopped .*about \$0\.089/,
    );
    expect(stdout).toContain('When one fails: gemini, then tiny-small.');
    const list = listSchema.parse(JSON.parse((await runInProcess(['models', '--json'], env)).stdout));
    expect(list.engines.map(({ id }) => id)).toEqual(['tiny-small', 'openai-images', 'gemini']);
  });

  it('takes prices from the engines file, and none where a server of one’s own costs nothing', async () => {
    const file = await writeJson('engines.json', {
      prices: { 'openai-images': { currency: 'EUR', perImage: 0.02 } },
    });
    const env = { EASEL_ENGINE: 'openai-images', OPENAI_API_KEY: 'k' };
    expect((await runInProcess(['models'], { ...env, EASEL_ENGINES_FILE: file })).stdout).toContain('about €0.02');
    const own = { ...env, OPENAI_BASE_URL: 'https://klein.example/v1' };
    expect((await runInProcess(['models'], own)).stdout).not.toContain('about');
  });
});

describe('easel doctor', () => {
  it('asks the image server, needs no model folder, and names the reason', async () => {
    const { env, fake } = await openAi();
    const home = { EASEL_HOME: join(folder, 'home'), EASEL_MODEL: '/no/model' };
    const well = await runInProcess(['doctor'], { ...env, ...home });
    expect(well).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/ok +gpt-image-2 opens in/) });
    const wrong = await runInProcess(['doctor'], { ...env, ...home, OPENAI_API_KEY: 'sk-wrong-wrong' });
    expect(wrong).toMatchObject({ exitCode: 2, stdout: expect.stringMatching(/problem +openai-images: .*the key/) });
    expect(fake.calls).toEqual([]);
  });
});
