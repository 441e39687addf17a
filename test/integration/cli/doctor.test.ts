import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockHome } from '../../../queue/home/home-lock.ts';
import { runInProcess } from '../../support/easel-in-process.ts';
import { startFakeOpenAiChat } from '../../support/engines/fake-openai-chat.ts';
import { freePort } from '../../support/servers/spawn-server.ts';
import { copyTinyModel } from '../../support/tiny-model.ts';

/** OPENAI_API_KEY is for the server at OPENAI_BASE_URL, and OpenAI's own does not get it. */
const otherServer = { OPENAI_API_KEY: 'sk-mine', OPENAI_BASE_URL: 'https://pictures.example/v1' };

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'easel-doctor-'));
});
afterEach(() => rm(home, { recursive: true }));

describe('easel doctor', () => {
  it('opens the model and finds everything in order', async () => {
    const { exitCode, stdout } = await runInProcess(['doctor', '--json'], { EASEL_HOME: home });
    const { findings }: { findings: readonly { check: string; status: string }[] } = JSON.parse(stdout);
    expect(findings.map(({ check, status }) => `${check} ${status}`)).toEqual([
      'node ok',
      'model ok',
      'engine ok',
      'interpreter ok',
      'safety ok',
      'home ok',
      'pictures ok',
    ]);
    expect(exitCode).toBe(0);
  });

  it('says that Easel is running, which is no problem', async () => {
    const unlock = await lockHome(home);
    const { exitCode, stdout } = await runInProcess(['doctor'], { EASEL_HOME: home });
    await unlock();
    expect(stdout).toContain(`Easel is running on ${home} (process ${process.pid})`);
    expect(exitCode).toBe(0);
  });

  it('names what is wrong and how to mend it, with exit code 2', async () => {
    const model = copyTinyModel('small');
    rmSync(join(model.folder, 'vae/config.json'));
    const notAFolder = join(home, 'file');
    await writeFile(notAFolder, '');
    const env = { EASEL_MODEL: model.folder, EASEL_HOME: notAFolder };
    const { exitCode, stdout } = await runInProcess(['doctor'], env);
    model.remove();
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^problem +.*vae\/config\.json.*\n +Fix: .*EASEL_MODEL/m);
    expect(stdout).toMatch(/^problem +.*\n +Fix: .*EASEL_HOME/m);
  });

  it.each([
    ['REDIS_URL', 'redis', 'Redis'],
    ['DATABASE_URL', 'postgres', 'PostgreSQL'],
  ])('says that the server of %s does not answer', async (variable, protocol, server) => {
    const env = { EASEL_HOME: home, [variable]: `${protocol}://127.0.0.1:${await freePort()}` };
    const { exitCode, stdout } = await runInProcess(['doctor'], env);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(new RegExp(`^problem +${server} cannot be used: .+\\n +Fix: Start ${server}`, 'm'));
  });

  it.each([
    ['web', [], 'model home pictures'],
    ['discord', ['DISCORD_TOKEN is not set'], 'model home pictures discord'],
    ['slack', ['SLACK_BOT_TOKEN is not set'], 'model home pictures slack'],
  ])('looks only at what easel %s needs', async (role, problems, checks) => {
    const { exitCode, stdout } = await runInProcess(['doctor', role, '--json'], { EASEL_HOME: home });
    const { findings }: { findings: readonly { check: string; status: string; message: string }[] } =
      JSON.parse(stdout);
    expect(findings.map(({ check }) => check).join(' ')).toBe(`node ${checks}`);
    expect(findings.filter(({ status }) => status === 'problem').map(({ message }) => message)).toEqual(problems);
    expect(exitCode).toBe(problems.length === 0 ? 0 : 2);
  });

  it('knows no other command to look at', async () => {
    expect(await runInProcess(['doctor', 'fax'])).toMatchObject({ exitCode: 64 });
  });

  it('lists every problem of the configuration, with exit code 78', async () => {
    const { exitCode, stderr } = await runInProcess(['doctor'], {
      PORT: 'many',
      EASEL_MODLE: 'x',
      EASEL_ENGINE: 'gemini',
    });
    expect(exitCode).toBe(78);
    expect(stderr).toMatch(/EASEL_MODLE: there is no such variable/);
    expect(stderr).toMatch(/PORT: must be a number.*\(CONFIG_INVALID\)$/s);
  });

  it.each([
    ['no key', { EASEL_VLM: 'openai:some-model' }, /EASEL_VLM_API_KEY or OPENAI_API_KEY: needed for EASEL_VLM=openai/],
    [
      'a key for another server',
      { ...otherServer, EASEL_VLM: 'openai:some-model' },
      /EASEL_VLM_API_KEY or OPENAI_API_KEY/,
    ],
    [
      'no such provider',
      { EASEL_VLM: 'openia:some-model' },
      /EASEL_VLM: there is no provider openia\. There are: openai, /,
    ],
    ['no package', { EASEL_VLM: 'groq:some-model' }, /EASEL_VLM: groq needs a package: `npm install @langchain\/groq`/],
    ['no language model', { EASEL_VLM: 'local' }, /EASEL_VLM: .* has no folder vlm\//],
    [
      'an open line',
      { EASEL_VLM: 'ollama:x', EASEL_VLM_BASE_URL: 'http://10.0.0.1' },
      /EASEL_VLM_BASE_URL: must be https/,
    ],
  ])('refuses an interpreter with %s', async (_, env, problem) => {
    const { exitCode, stderr } = await runInProcess(['doctor'], env);
    expect(stderr).toMatch(problem);
    expect(stderr).toMatch(/\(CONFIG_INVALID\)$/);
    expect(exitCode).toBe(78);
  });

  it('asks the chat model one word', async () => {
    const fake = await startFakeOpenAiChat({ answer: () => 'yes' });
    const env = { EASEL_HOME: home, EASEL_VLM: 'openai:some-model', EASEL_VLM_BASE_URL: fake.baseUrl };
    const good = await runInProcess(['doctor', 'worker'], { ...env, EASEL_ALLOW_PRIVATE: 'true' });
    expect(good).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^ok .*read by openai:some-model, which answers/m),
    });
    fake.faults.push({ kind: 'answer', status: 401, body: '{"error":{"message":"bad key sk-secret"}}' });
    const bad = await runInProcess(['doctor', 'worker'], { ...env, EASEL_ALLOW_PRIVATE: 'true' });
    await fake.stop();
    expect(bad.stdout).toMatch(
      /^problem .*openai:some-model does not read requests: its server refuses the key\n +Fix: /m,
    );
    expect(bad.exitCode).toBe(2);
    expect(bad.stdout + bad.stderr).not.toContain('sk-secret');
    expect(fake.calls).toHaveLength(2);
  });
});

describe('roles of their own', () => {
  it.each(['web', 'worker'])('easel %s says that it needs a server to meet the others', async (role) => {
    const { exitCode, stderr } = await runInProcess([role], { EASEL_HOME: home });
    expect(exitCode).toBe(78);
    expect(stderr).toMatch(/REDIS_URL or DATABASE_URL: .*easel start.*\(CONFIG_INVALID\)$/s);
  });
});

describe('easel', () => {
  it.each([{ args: [] }, { args: ['paint'] }, { args: ['bench', 'nothing'] }])(
    'calls $args a usage error',
    async ({ args }) => {
      expect(await runInProcess(args)).toMatchObject({ exitCode: 64, stdout: '' });
    },
  );

  it('prints help as data', async () => {
    const { exitCode, stdout } = await runInProcess(['--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('start');
  });
});
