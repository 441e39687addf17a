import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEPCRUISE = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

const reportSchema = z.object({
  summary: z.object({
    totalCruised: z.number(),
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

async function cruise(cwd: string) {
  const args = [DEPCRUISE, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', '.'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, maxBuffer: 200_000_000 }).catch(
    // Found violations are its exit code; the report is complete all the same.
    (error: unknown) => z.object({ stdout: z.string() }).parse(error),
  );
  return reportSchema.parse(JSON.parse(stdout)).summary;
}

describe('the architecture', { timeout: 120_000 }, () => {
  it('holds in the whole repository, and modules were really read', async () => {
    const { totalCruised, violations } = await cruise(ROOT);
    expect(violations).toEqual([]);
    expect(totalCruised).toBeGreaterThan(200);
  });
});

describe('the rules', { timeout: 120_000 }, () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'easel-architecture-'));
    for (const file of ['.dependency-cruiser.mjs', 'tsconfig.json', 'package.json'])
      await cp(join(ROOT, file), join(folder, file));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
  }

  it('find each thing that is not allowed', async () => {
    const broken: Readonly<Record<string, readonly [file: string, text: string]>> = {
      'core-imports-nothing-of-ours': ['core/a.ts', "import { x } from '../inference/index.ts'; export const a = x;"],
      'inference-imports-nothing-of-ours': ['inference/b.ts', "import { c } from '../core/c.ts'; export const b = c;"],
      'queue-imports-core-and-the-index-of-inference': ['queue/d.ts', "export { i } from '../inference/inner.ts';"],
      'bots-import-core': ['bots/web/e.ts', "export { q } from '../../queue/q.ts';"],
      'bots-do-not-meet': ['bots/slack/f.ts', "import type { G } from '../discord/g.ts'; export type F = G;"],
      'shared-by-bots-knows-no-bot': ['bots/shared/h.ts', "export type { G } from '../discord/g.ts';"],
      'inference-is-entered-by-its-index': ['cli/i.ts', "export { i } from '../inference/inner.ts';"],
      'nobody-imports-the-commands': ['queue/j.ts', "export { k } from '../cli/k.ts';"],
      'nobody-imports-a-main': ['cli/l.ts', "import './main.ts';"],
      'nothing-imports-tests': ['core/m.ts', "export { n } from '../test/n.ts';"],
      'only-queue-knows-its-servers': ['bots/web/o.ts', "export { Queue } from 'bullmq';"],
      'only-runtime-knows-onnxruntime': ['inference/models/p.ts', "import 'onnxruntime-node';"],
      'only-image-knows-sharp': ['bots/shared/r.ts', "import type { Sharp } from 'sharp'; export type R = Sharp;"],
      'only-the-logger-knows-pino': ['core/s.ts', "export { pino } from 'pino';"],
      'only-cli-knows-commander': ['queue/t.ts', "export { Command } from 'commander';"],
      'the-page-knows-the-protocol-only': ['bots/web/client/u.ts', "export { v } from '../server/v.ts';"],
      'no-cycles': ['core/w.ts', "import { y } from './y.ts'; export const w = () => y;"],
      'product-has-no-development-dependency': ['core/z.ts', "export { test } from 'vitest';"],
      'imports-resolve': ['core/aa.ts', "export { nothing } from './nothing.ts';"],
    };
    await write(Object.fromEntries(Object.values(broken)));
    await write({
      'core/c.ts': 'export const c = 1;',
      'core/y.ts': "import { w } from './w.ts'; export const y = () => w;",
      'inference/index.ts': 'export const x = 1;',
      'inference/inner.ts': 'export const i = 1;',
      'queue/q.ts': 'export const q = 1;',
      'bots/discord/g.ts': 'export type G = string;',
      'bots/web/server/v.ts': 'export const v = 1;',
      'cli/k.ts': 'export const k = 1;',
      'cli/main.ts': 'export {};',
      'test/n.ts': 'export const n = 1;',
    });
    const { violations } = await cruise(folder);
    const found = violations.map(({ from, rule }) => `${rule.name} ${from}`);
    for (const [rule, [file]] of Object.entries(broken)) expect(found).toContain(`${rule} ${file}`);
  });

  it('let pass what is allowed', async () => {
    await write({
      'core/a.ts': 'export const a = 1;',
      'inference/index.ts': "export { b } from './runtime/b.ts';",
      'inference/runtime/b.ts': "import 'onnxruntime-node'; export const b = 1;",
      'queue/c.ts':
        "import { a } from '../core/a.ts'; import { b } from '../inference/index.ts'; export { Queue } from 'bullmq'; export const c = a + b;",
      'bots/shared/d.ts': "export { a } from '../../core/a.ts';",
      'bots/discord/e.ts': "export { a } from '../shared/d.ts';",
      'cli/f.ts': "export { c } from '../queue/c.ts'; export { a } from '../bots/discord/e.ts';",
    });
    const { violations, totalCruised } = await cruise(folder);
    expect(violations).toEqual([]);
    expect(totalCruised).toBeGreaterThan(6);
  });
});
