import { expect, it } from 'vitest';
import { runEasel } from '../../support/easel-command.ts';

it.each([
  ['a server where processes meet', {}, /REDIS_URL or DATABASE_URL: `easel discord`/],
  ['a token', { REDIS_URL: 'redis://127.0.0.1:1' }, /DISCORD_TOKEN: `easel discord` needs it/],
])('easel discord says that it needs %s', async (_what, env, expected) => {
  const { exitCode, stderr } = await runEasel(['discord'], { env });
  expect(stderr).toMatch(expected);
  expect(exitCode).toBe(78);
});
