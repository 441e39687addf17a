import { inspect, parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../core/config.ts';
import { environmentSchema } from '../../../core/environment.ts';
import { renderConfigurationDocs, renderEnvironmentExample } from '../../../core/environment-docs.ts';
import { isAppError } from '../../../core/errors.ts';
import { createLogger } from '../../../core/logger.ts';

function problemsOf(env: Readonly<Record<string, string>>): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (isAppError(error) && error.code === 'CONFIG_INVALID') return String(error.values['problems']);
    throw error;
  }
  return '';
}

describe('loadConfig', () => {
  it('needs nothing', () => {
    expect(loadConfig({})).toMatchObject({
      home: './.easel',
      web: { port: 3210, host: '127.0.0.1', allowedHosts: [] },
      s3: undefined,
      model: 'models/easel-stickers',
      engine: { kind: 'local' },
      vlm: 'rules',
      logLevel: 'info',
    });
    expect(loadConfig({}).discord).toBeUndefined();
    expect(loadConfig({}).slack).toBeUndefined();
  });

  it('takes an empty variable for an absent one and leaves other programs’ variables alone', () => {
    expect(loadConfig({ PORT: '', EASEL_MODEL: ' ', REDIS_URL: '', PATH: '/bin', EDITOR: 'vi' })).toEqual(
      loadConfig({}),
    );
  });

  it('lists every problem at once and no value', () => {
    const problems = problemsOf({
      PORT: 'http',
      EASEL_ENGINE: 'magic',
      EASEL_MODLE: 'x',
      REDIS_URL: 'http://:hunter2@host',
      DATABASE_URL: 'hunter2',
      BLOB_URL: 'ftp://x',
      EASEL_VLM: 'gpt',
    });
    expect(problems.split('\n').map((line) => line.split(':')[0])).toEqual([
      'EASEL_MODLE',
      'PORT',
      'EASEL_ENGINE',
      'EASEL_VLM',
      'REDIS_URL',
      'DATABASE_URL',
      'BLOB_URL',
    ]);
    expect(problems).not.toContain('hunter2');
  });

  it.each([
    [{ EASEL_ENGINE: 'gemini' }, 'GEMINI_API_KEY'],
    [{ EASEL_ENGINE: 'openai-images' }, 'OPENAI_API_KEY'],
    [{ EASEL_ENGINE: 'comfyui' }, 'COMFYUI_URL'],
    [{ SLACK_BOT_TOKEN: 'xoxb-1' }, 'SLACK_APP_TOKEN'],
    [{ SLACK_APP_TOKEN: 'xapp-1' }, 'SLACK_BOT_TOKEN'],
    [{ PORT: '70000' }, 'PORT'],
    [{ BLOB_URL: 's3://bucket' }, 'AWS_ACCESS_KEY_ID'],
    [{ BLOB_URL: 's3://bucket', AWS_ACCESS_KEY_ID: 'id' }, 'AWS_SECRET_ACCESS_KEY'],
    [{ BLOB_URL: 's3:///prefix' }, 'BLOB_URL'],
    [{ BLOB_URL: 'file://host/folder' }, 'BLOB_URL'],
    [{ AWS_ENDPOINT_URL_S3: 'somewhere' }, 'AWS_ENDPOINT_URL_S3'],
    [{ EASEL_ALLOWED_HOSTS: 'https://easel.example' }, 'EASEL_ALLOWED_HOSTS'],
    [{ EASEL_ALLOWED_HOSTS: 'easel.example:443' }, 'EASEL_ALLOWED_HOSTS'],
  ])('says what is missing beside %o', (env, name) => {
    expect(problemsOf(env)).toMatch(new RegExp(`^${name}: `));
  });

  it('names the devices that there are for one that is none', () => {
    expect(problemsOf({ EASEL_DEVICE: 'tpu' })).toBe('EASEL_DEVICE: must be cpu or cuda');
  });

  it('reads everything that is set', () => {
    const config = loadConfig({
      EASEL_DEVICE: 'cuda',
      PORT: '0',
      EASEL_ENGINE: 'gemini',
      GEMINI_API_KEY: 'key',
      EASEL_VLM: 'openai:gpt-5',
      REDIS_URL: 'rediss://host:1',
      DATABASE_URL: 'postgres://host/db',
      BLOB_URL: 's3://bucket',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'hidden',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000',
      EASEL_ALLOWED_HOSTS: 'Easel.example, [::1],pictures.example',
      DISCORD_TOKEN: 'token',
      SLACK_BOT_TOKEN: 'xoxb',
      SLACK_SIGNING_SECRET: 'sign',
    });
    expect(config.web.port).toBe(0);
    expect(config.device).toBe('cuda');
    expect(config.engine.gemini.apiKey?.reveal()).toBe('key');
    expect(config.redisUrl?.reveal()).toBe('rediss://host:1');
    expect(config.databaseUrl?.reveal()).toBe('postgres://host/db');
    expect(config.s3).toMatchObject({ region: 'us-east-1', endpoint: 'http://127.0.0.1:9000' });
    expect(config.s3?.secretAccessKey.reveal()).toBe('hidden');
    expect(config.web.allowedHosts).toEqual(['easel.example', '[::1]', 'pictures.example']);
    expect(config.discord?.token.reveal()).toBe('token');
    expect(config.slack?.botToken.reveal()).toBe('xoxb');
  });

  it('is frozen and prints no secret', () => {
    const config = loadConfig({ DISCORD_TOKEN: 'hunter2', REDIS_URL: 'redis://:hunter2@host' });
    expect(Object.isFrozen(config) && Object.isFrozen(config.web)).toBe(true);
    for (const printed of [
      JSON.stringify(config),
      inspect(config),
      String(config.discord?.token),
      String(config.redisUrl),
    ]) {
      expect(printed).toContain('[redacted]');
      expect(printed).not.toContain('hunter2');
    }
  });
});

describe('renderConfigurationDocs', () => {
  it('has one row for every variable, with its default', () => {
    const docs = renderConfigurationDocs();
    const names = [...docs.matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, name]) => name);
    expect(names).toEqual(Object.keys(environmentSchema.shape));
    expect(docs).toContain('| `PORT` | `3210` |');
    expect(docs).toMatch(/`DISCORD_TOKEN` \| {2}\| .*Secret\./);
  });
});

describe('renderEnvironmentExample', () => {
  it('is a file that sets nothing, and every variable once its mark is removed', () => {
    const example = renderEnvironmentExample();
    expect(parseEnv(example)).toEqual({});
    const opened = parseEnv(example.replaceAll(/^#(?=[A-Z])/gm, ''));
    expect(Object.keys(opened).toSorted()).toEqual(Object.keys(environmentSchema.shape).toSorted());
    // Its defaults are those of the schema.
    expect(loadConfig(opened)).toEqual(loadConfig({}));
  });
});

describe('createLogger', () => {
  it('writes JSON lines from its level on, without what people wrote', () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => lines.push(line) });
    logger.debug({ event: 'quiet' }, 'not written');
    logger.info({ event: 'job', text: 'private', nested: { prompt: 'private', token: 'private' } }, 'a job ended');
    logger.warn({}, 'careful');
    logger.error({ code: 'BUG' }, 'failed');
    const parsed = lines.map((line) => JSON.parse(line));
    expect(parsed.map(({ msg }) => msg)).toEqual(['a job ended', 'careful', 'failed']);
    expect(parsed[0]).toMatchObject({
      event: 'job',
      text: '[redacted]',
      nested: { prompt: '[redacted]', token: '[redacted]' },
    });
  });
});
