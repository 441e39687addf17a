import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig, renderConfigurationDocs } from '../../../core/config.ts';
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
      web: { port: 3210, host: '127.0.0.1' },
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
  ])('says what is missing beside %o', (env, name) => {
    expect(problemsOf(env)).toMatch(new RegExp(`^${name}: `));
  });

  it('reads everything that is set', () => {
    const config = loadConfig({
      PORT: '0',
      EASEL_ENGINE: 'gemini',
      GEMINI_API_KEY: 'key',
      EASEL_VLM: 'openai:gpt-5',
      REDIS_URL: 'rediss://host:1',
      DATABASE_URL: 'postgres://host/db',
      BLOB_URL: 's3://bucket',
      DISCORD_TOKEN: 'token',
      SLACK_BOT_TOKEN: 'xoxb',
      SLACK_SIGNING_SECRET: 'sign',
    });
    expect(config.web.port).toBe(0);
    expect(config.engine.gemini.apiKey?.reveal()).toBe('key');
    expect(config.redisUrl?.reveal()).toBe('rediss://host:1');
    expect(config.databaseUrl?.reveal()).toBe('postgres://host/db');
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
    expect(docs.match(/^\| `[A-Z_]+` \|/gm)).toHaveLength(19);
    expect(docs).toContain('| `PORT` | `3210` |');
    expect(docs).toMatch(/`DISCORD_TOKEN` \| {2}\| .*Secret\./);
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
