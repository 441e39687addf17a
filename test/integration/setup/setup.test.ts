import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openEngine } from '../../../cli/engines/open-engine.ts';
import { addEnvironmentFile } from '../../../cli/environment-file.ts';
import { setup, setupTest } from '../../../cli/setup/setup.ts';
import { runInProcess } from '../../support/easel-in-process.ts';
import { type ApiEasel, startApiEasel } from '../../support/http-api/api-easel.ts';
import { createTyping, KEYS, type Typing } from '../../support/setup/typing.ts';
import { tinyModel } from '../../support/tiny-model.ts';

const { enter, down, right, ctrlC, clear } = KEYS;

let folder: string;
let path: string;
let person: Typing;
/** A server with OpenAI's images API that is not ours to configure: Easel's own. */
let server: ApiEasel;
let key: string;
beforeAll(async () => {
  server = await startApiEasel();
  key = await server.newKey();
});
afterAll(() => server.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'easel-setup-'));
  path = join(folder, '.env');
  person = createTyping();
});
afterEach(() => rm(folder, { recursive: true }));

function depsOf(outside: Readonly<Record<string, string>> = {}) {
  const env: Record<string, string | undefined> = { EASEL_MODEL: tinyModel('small'), ...outside, EASEL_ENV_FILE: path };
  if (existsSync(path)) addEnvironmentFile(env);
  const notes: string[] = [];
  const io = { out: (line: string) => notes.push(line), note: (line: string) => notes.push(line), progress: () => {} };
  return { io, notes, terminal: person.terminal, env, openEngine, pictureFolder: folder };
}

const begin = (outside: Readonly<Record<string, string>> = {}) => setup(depsOf(outside));
const text = () => readFile(path, 'utf8');

/** Answer from the choice of the engine to the offer to try it. */
async function chooseServer(apiKey = key): Promise<void> {
  await person.sees('Where do pictures come from?');
  person.type(down, enter);
  await person.sees('Its address');
  person.type(`${server.url}/v1`, enter);
  await person.sees('your own network?');
  person.type(enter);
  await person.sees('Its API key, which is sent to 127.0.0.1');
  person.type(apiKey, enter);
  await person.sees('Name of the model');
  person.type(clear, 'painting', enter);
  await person.sees('Make a picture now');
}

describe('easel setup', () => {
  it('tries the built-in model with a real picture, and writes what was chosen', async () => {
    await writeFile(path, '');
    const done = begin();
    await person.sees('Where do pictures come from?');
    person.type(enter);
    await person.sees('Make a picture now');
    person.type(enter);
    await person.sees('tiny-small 0.0.1 made a picture of 32 × 32');
    expect(await done).toBe(0);
    expect(await text()).toBe('EASEL_ENGINE=local\n');
    const [, picture = ''] = /: (\S+easel-setup-\d+\.png)/.exec(person.shown()) ?? [];
    expect(await sharp(await readFile(picture)).metadata()).toMatchObject({ width: 32, height: 32 });
  });

  it('tries a server of the network, keeps every other line, and shows its key to nobody', async () => {
    await writeFile(path, '# Mine\nPORT=3999 # not the usual one\n#OPENAI_API_KEY=\nDISCORD_TOKEN=secret-token\n');
    await chmod(path, 0o644);
    const done = begin();
    await chooseServer();
    person.type(enter);
    await person.sees('painting made a picture of 256 × 256');
    expect(await done).toBe(0);
    expect(await text()).toBe(
      `# Mine\nPORT=3999 # not the usual one\n#OPENAI_API_KEY=\nOPENAI_API_KEY=${key}\nDISCORD_TOKEN=secret-token\n` +
        `EASEL_ENGINE=openai-images\nOPENAI_BASE_URL=${server.url}/v1\nEASEL_ALLOW_PRIVATE=true\nOPENAI_IMAGE_MODEL=painting\n`,
    );
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(person.shown()).not.toContain(key);
    expect(person.shown()).not.toContain(key.slice(-20));
    expect(person.shown()).not.toContain('secret-token');
    expect(person.shown()).toContain('Slack: bots/slack/README.md');
    expect(person.shown()).not.toContain('Discord: bots/discord/README.md');
  });

  it('offers on a second run what is set already, and then leaves the file alone', async () => {
    const first = begin();
    await chooseServer();
    person.type(right, enter);
    await first;
    const written = await text();

    person = createTyping();
    const second = begin();
    await person.sees('Where do pictures come from?');
    person.type(enter);
    await person.sees(`${server.url}/v1`);
    person.type(enter);
    await person.sees('OPENAI_API_KEY is set.');
    person.type(enter);
    await person.sees('painting');
    person.type(enter);
    await person.sees('Make a picture now');
    person.type(right, enter);
    await person.sees('says all of that already');
    expect(await second).toBe(0);
    expect(await text()).toBe(written);
  });

  it('names what was left out with the command that makes up for it', async () => {
    const done = begin();
    await person.sees('Where do pictures come from?');
    person.type(enter);
    await person.sees('Make a picture now');
    person.type(right, enter);
    await done;
    expect(person.shown()).toContain('A picture to try it: npm run -s easel -- setup test');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('says why a picture failed, takes a better answer, and tries again', async () => {
    const done = begin();
    await chooseServer('wrong-key');
    person.type(enter);
    await person.sees('ENGINE_MISCONFIGURED');
    await person.sees('What now?');
    person.type(enter);
    await person.sees('Where do pictures come from?');
    person.type(enter);
    await person.sees('Its address');
    person.type(enter);
    await person.sees('OPENAI_API_KEY is set.');
    person.type(down, enter);
    await person.sees('Its API key');
    person.type(key, enter);
    await person.sees('Name of the model');
    person.type(enter);
    await person.sees('made a picture of 256 × 256');
    expect(await done).toBe(0);
    expect(await text()).toContain(`OPENAI_API_KEY=${key}\n`);
    expect(person.shown()).not.toContain('wrong-key');
  });

  it('keeps answers that do not work yet, or stops without writing, as the person wants', async () => {
    for (const [moves, code] of [
      [2, 0],
      [3, 1],
    ] as const) {
      person = createTyping();
      const done = begin({ EASEL_MODEL: join(folder, 'nothing') });
      await person.sees('Where do pictures come from?');
      person.type(enter);
      await person.sees('Make a picture now');
      person.type(enter);
      await person.sees('What now?');
      person.type(...Array.from({ length: moves }, () => down), enter);
      expect(await done).toBe(code);
      if (code === 0) expect(await text()).toBe('EASEL_ENGINE=local\n');
      await rm(path, { force: true });
    }
  });

  it.each(['Where do pictures come from?', 'Its address', 'Its API key', 'Make a picture now'])(
    'leaves the file as it was when the person stops at: %s',
    async (question) => {
      await writeFile(path, 'GEMINI_API_KEY=kept\n');
      const before = await stat(path);
      const done = begin();
      const answers: readonly (readonly [string, readonly string[]])[] = [
        ['Where do pictures come from?', [down, enter]],
        ['Its address', ['https://pictures.example/v1', enter]],
        ['Its API key', ['some-key', enter]],
        ['Name of the model', [enter]],
        ['Make a picture now', [enter]],
      ];
      for (const [asked, keys] of answers) {
        await person.sees(asked);
        if (asked === question) break;
        person.type(...keys);
      }
      person.type(ctrlC);
      expect(await done).toBe(1);
      expect(person.shown()).toContain('is as it was');
      expect(await text()).toBe('GEMINI_API_KEY=kept\n');
      expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
    },
  );

  it('does not ask what the environment decides, and says so', async () => {
    const done = begin({ OPENAI_API_KEY: key, EASEL_ENGINE: 'local' });
    await person.sees('Where do pictures come from?');
    person.type(down, enter);
    await person.sees('EASEL_ENGINE=local is set outside');
    await person.sees('Its address');
    person.type(enter);
    await person.sees('OPENAI_API_KEY is set outside');
    await person.sees('Name of the model');
    person.type(enter);
    await person.sees('Make a picture now');
    person.type(right, enter);
    await done;
    expect(await text()).toBe('EASEL_ENGINE=openai-images\n');
  });

  it('asks again for an address that is none, and for a workflow that is not there', async () => {
    const workflow = join(folder, 'workflow.json');
    await writeFile(workflow, '{}');
    const done = begin();
    await person.sees('Where do pictures come from?');
    person.type(down, down, down, enter);
    await person.sees('Its address');
    person.type(clear, 'nonsense', enter);
    await person.sees('It has to be an address');
    person.type(clear, 'http://127.0.0.1:8188', enter);
    await person.sees('your own network?');
    person.type(enter);
    await person.sees('File of the workflow');
    person.type(join(folder, 'other.json'), enter);
    await person.sees('There is no file');
    person.type(clear, workflow, enter);
    await person.sees('Make a picture now');
    person.type(right, enter);
    expect(await done).toBe(0);
    expect(await text()).toContain(`COMFYUI_WORKFLOW=${workflow}\n`);
  });

  it('needs a key for Gemini, and writes no default', async () => {
    const done = begin();
    await person.sees('Where do pictures come from?');
    person.type(down, down, enter);
    await person.sees('Its API key');
    person.type(enter);
    await person.sees('It is needed.');
    person.type('a key', enter);
    await person.sees('Name of the model');
    person.type(enter);
    await person.sees('Make a picture now');
    person.type(right, enter);
    expect(await done).toBe(0);
    expect(await text()).toBe("EASEL_ENGINE=gemini\nGEMINI_API_KEY='a key'\n");
  });

  it('writes the file behind a link', async () => {
    const real = join(folder, 'real.env');
    await writeFile(real, 'A=1\n');
    await symlink(real, path);
    const done = begin();
    await person.sees('Where do pictures come from?');
    person.type(enter);
    await person.sees('Make a picture now');
    person.type(right, enter);
    await done;
    expect(await readFile(real, 'utf8')).toBe('A=1\nEASEL_ENGINE=local\n');
  });
});

describe('easel setup without a terminal', () => {
  it('says what to do instead, with exit code 64, and writes nothing', async () => {
    const { exitCode, stderr } = await runInProcess(['setup'], { EASEL_ENV_FILE: path });
    expect(exitCode).toBe(64);
    expect(stderr).toMatch(/needs a terminal.*\.env\.example.*setup test/s);
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('makes the test picture all the same', async () => {
    const deps = depsOf();
    await setupTest(deps);
    expect(deps.notes.at(-1)).toContain('tiny-small 0.0.1 made a picture of 32 × 32');
  });

  it('says what is wrong with the settings', async () => {
    const env = { EASEL_ENV_FILE: path, EASEL_ENGINE: 'gemini', GEMINI_API_KEY: '' };
    expect(await runInProcess(['setup', 'test'], env)).toMatchObject({
      exitCode: 78,
      stderr: expect.stringContaining('GEMINI_API_KEY'),
    });
    expect(await runInProcess(['setup', 'discord'], env)).toMatchObject({ exitCode: 64 });
  });
});
