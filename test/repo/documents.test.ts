import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runInProcess } from '../support/easel-in-process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n')
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

describe('the documents', () => {
  it('are found', () => {
    expect(documents.length).toBeGreaterThan(10);
  });

  it('link to files that exist', () => {
    const links = namesIn(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g, ({ text }) => text);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter(({ path, name }) => !existsSync(join(ROOT, dirname(path), name)))).toEqual([]);
  });

  it('name files and folders that exist', () => {
    // A path begins with a top folder and is looked for from there, then beside the document; other names with slashes are
    // no paths, and placeholders are in capital letters.
    const names = namesIn(/`((?:[a-z0-9_.-]+\/)+[a-z0-9_.-]*)`/g, ({ text }) => text).filter(({ name }) =>
      existsSync(join(ROOT, name.split('/')[0] ?? '')),
    );
    expect(names.length).toBeGreaterThan(0);
    const isThere = (path: string, name: string) =>
      existsSync(join(ROOT, name)) || existsSync(join(ROOT, dirname(path), name));
    const missing = names.filter(({ path, name }) => !isThere(path, name));
    const made = madeLater(missing.map(({ name }) => name));
    expect(missing.filter(({ name }) => !made.has(name.replace(/\/$/, '')))).toEqual([]);
  });

  it('name scripts of package.json that exist', () => {
    const names = namesIn(/npm run (?:-s )?([a-z][a-z0-9-]*(?::[a-z0-9-]+)*)(?![:\w])/g, codeOf);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter(({ name }) => scripts[name] === undefined)).toEqual([]);
  });

  it('name commands that exist', async () => {
    const { stdout: help } = await runInProcess(['--help']);
    const known = new Set([...help.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, name]) => name));
    const names = namesIn(/(?<=`|^|npm run -s )easel (?:-- )?([a-z]+)\b/gm, codeOf);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter(({ name }) => !known.has(name))).toEqual([]);
  });
});

/** What git ignores is made by running Easel. Each is asked about as a file and as a folder: it need not exist yet. */
function madeLater(names: readonly string[]): ReadonlySet<string> {
  const asked = names.flatMap((name) => [name, `${name}/`]);
  const { stdout } = spawnSync('git', ['check-ignore', '--', ...asked], { cwd: ROOT, encoding: 'utf8' });
  return new Set(stdout.split('\n').map((name) => name.replace(/\/$/, '')));
}

type Document = (typeof documents)[number];

function namesIn(pattern: RegExp, part: (document: Document) => string) {
  return documents.flatMap((document) =>
    [...part(document).matchAll(pattern)].map(([, name = '']) => ({ path: document.path, name })),
  );
}

/** What stands in code marks or fences. */
function codeOf({ text }: Document): string {
  return [...text.matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map(([code]) => code).join('\n');
}
