import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { environmentSchema } from '../../core/environment.ts';
import { runInProcess } from '../support/easel-in-process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const VARIABLES = new Set(Object.keys(environmentSchema.shape));
/** Commands that keep running until they are stopped. */
const ROLES = ['start', 'web', 'worker', 'discord', 'slack'];

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const isIgnored = (path: string) => execFileSync('git', ['check-ignore', path], { cwd: ROOT, encoding: 'utf8' }) !== '';

/** Strict: what gives more rights, such as `privileged`, is not among the keys. */
const serviceSchema = z.strictObject({
  image: z.string(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()).default({}),
  env_file: z.array(z.string()).default([]),
  volumes: z.array(z.string()),
  ports: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()).min(2) }),
  restart: z.literal('unless-stopped'),
  read_only: z.literal(true),
  security_opt: z.array(z.string()),
  profiles: z.array(z.string()).optional(),
  init: z.literal(true).optional(),
  cap_drop: z.array(z.literal('ALL')).optional(),
  tmpfs: z.array(z.literal('/tmp')).optional(),
  stop_grace_period: z.literal('30s'),
  depends_on: z.strictObject({ redis: z.strictObject({ condition: z.literal('service_healthy') }) }).optional(),
});
const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
});

describe('compose.yaml', () => {
  const { services, volumes } = composeSchema.parse(parse(read('deploy/compose.yaml'), { merge: true }));
  const { redis, ...ours } = services;

  it('runs commands of Easel that keep running, each in an image with a Dockerfile', async () => {
    expect(Object.keys(ours).toSorted()).toEqual(['discord', 'slack', 'web', 'worker']);
    const { stdout: help } = await runInProcess(['--help']);
    for (const [name, { command, build }] of Object.entries(ours)) {
      expect(command).toEqual([name]);
      expect(help).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
      expect(build?.context).toBe('..');
      expect(build?.dockerfile).toBe(name === 'worker' ? 'deploy/worker.Dockerfile' : 'deploy/bot.Dockerfile');
    }
  });

  it('sets variables that exist, and secrets only by files that git ignores', () => {
    const given = Object.values(ours).flatMap(({ environment }) => Object.keys(environment));
    expect(given.filter((name) => !VARIABLES.has(name))).toEqual([]);
    expect(given.filter((name) => /TOKEN|SECRET|KEY/.test(name))).toEqual([]);
    const files = new Set(Object.values(ours).flatMap(({ env_file: file }) => file));
    expect([...files].toSorted()).toEqual(['discord.env', 'easel.env', 'slack.env']);
    for (const file of files) expect(isIgnored(`deploy/${file}`)).toBe(true);
    expect(ours['worker']?.env_file).toEqual(['easel.env']);
  });

  it('keeps Redis as conversations need it', () => {
    const command = redis?.command.join(' ');
    expect(redis?.image).toMatch(/^redis:7\.\d/);
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toContain('--appendonly yes');
    expect(redis?.volumes).toEqual(['redis:/data']);
  });

  it('publishes nothing but the web chat, to this machine', () => {
    const published = Object.entries(services).flatMap(([name, { ports }]) => ports.map((port) => [name, port]));
    expect(published).toEqual([['web', '127.0.0.1:3210:3210']]);
  });

  it('gives every process no rights it could gain, and the folder in which pictures are', () => {
    for (const service of Object.values(services)) expect(service.security_opt).toEqual(['no-new-privileges:true']);
    for (const { volumes: mounted, environment } of Object.values(ours)) {
      expect(mounted).toEqual([`images:${environment['EASEL_HOME']}`]);
    }
    expect(Object.keys(volumes).toSorted()).toEqual(['images', 'redis']);
  });

  it('asks each process at the address where it answers', () => {
    for (const { healthcheck, environment, command } of Object.values(ours)) {
      const port = command[0] === 'web' ? environment['PORT'] : environment['EASEL_STATUS_PORT'];
      expect(healthcheck.test.join(' ')).toContain(`http://127.0.0.1:${port}/`);
    }
  });
});

describe.each(['worker', 'bot'])('%s.Dockerfile', (name) => {
  const lines = read(`deploy/${name}.Dockerfile`).replaceAll('\\\n', ' ').split('\n');
  const argumentsOf = (instruction: string) =>
    lines.flatMap((line) => (line.startsWith(`${instruction} `) ? [line.slice(instruction.length + 1)] : []));

  it('begins with an exact version of a Node that Easel runs on', () => {
    const outside = argumentsOf('FROM').filter((from) => from.startsWith('node:'));
    expect(new Set(outside.map((from) => from.split(' ')[0])).size).toBe(1);
    const [, minor] = /^node:20\.(\d+)\.\d+-bookworm-slim\b/.exec(outside[0] ?? '') ?? [];
    expect(Number(minor)).toBeGreaterThanOrEqual(19);
  });

  it('installs what the lockfile says, copies files that exist, and runs as somebody without rights', () => {
    expect(lines.some((line) => line.startsWith('RUN npm ci --omit=dev'))).toBe(true);
    const copied = argumentsOf('COPY').filter((copy) => !copy.startsWith('--from'));
    const sources = copied.flatMap((copy) => copy.split(' ').slice(0, -1));
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([]);
    const lastStage = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
    const [user, entry] = ['USER node', 'ENTRYPOINT'].map((start) =>
      lastStage.findIndex((line) => line.startsWith(start)),
    );
    expect(user).toBeGreaterThan(0);
    expect(entry).toBeGreaterThan(user ?? Number.POSITIVE_INFINITY);
    expect(argumentsOf('ENTRYPOINT')).toEqual(['["node", "/app/cli/bin.mjs"]']);
  });
});

describe('the images', () => {
  it('hold the engine where pictures are made, and nowhere else', () => {
    const removal = /rm -rf node_modules\/onnxruntime-node node_modules\/onnxruntime-common/;
    expect(read('deploy/bot.Dockerfile')).toMatch(removal);
    expect(read('deploy/worker.Dockerfile')).not.toMatch(removal);
  });

  it('are made of named files that exist, none of them with settings', () => {
    const [first, ...rules] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
    const named = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(named.filter((path) => path.includes('.env') || path.startsWith('deploy'))).toEqual([]);
  });
});

describe('the systemd unit', () => {
  const unit = read('deploy/systemd/easel@.service');
  const values = (key: string) => [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);

  it('runs the command that the instance is named after, for every role', async () => {
    const [start = ''] = values('ExecStart');
    expect(start).toBe('/usr/bin/node /opt/easel/cli/bin.mjs %i');
    expect(existsSync(join(ROOT, start.split(' ')[1]?.replace('/opt/easel/', '') ?? ''))).toBe(true);
    const { stdout: help } = await runInProcess(['--help']);
    const described = [...read('docs/deploy.md').matchAll(/easel@([a-z]+)/g)].map(([, role = '']) => role);
    expect([...new Set(described)].toSorted()).toEqual(ROLES.toSorted());
    for (const role of ROLES) expect(help).toMatch(new RegExp(`^ {2}${role}\\b`, 'm'));
  });

  it('sets variables that exist, and reads the others from files outside of the sources', () => {
    const names = values('Environment').flatMap((line) => line.split(' ').map((each) => each.split('=')[0] ?? ''));
    expect(names.filter((name) => !VARIABLES.has(name))).toEqual(['NODE_ENV']);
    expect(values('EnvironmentFile')).toEqual(['-/etc/easel/easel.env', '-/etc/easel/%i.env']);
  });

  it('may write to its state folder only, gains no rights, and is started again', () => {
    expect(unit).toMatch(/^NoNewPrivileges=yes$/m);
    expect(unit).toMatch(/^ProtectSystem=strict$/m);
    expect(unit).toMatch(/^StateDirectory=easel$/m);
    expect(unit).toMatch(/^User=(?!root)/m);
    expect(unit).toMatch(/^Restart=always$/m);
    expect(unit).not.toMatch(/^ReadWritePaths=/m);
  });
});

describe('docs/deploy.md', () => {
  it('names variables that exist', () => {
    const named = [
      ...read('docs/deploy.md').matchAll(/\b((?:EASEL|AWS|DISCORD|SLACK|REDIS|DATABASE|BLOB)_[A-Z0-9_]+)\b/g),
    ];
    expect(named.length).toBeGreaterThan(5);
    expect(named.map(([, name = '']) => name).filter((name) => !VARIABLES.has(name))).toEqual([]);
  });
});
