import { createHash, randomBytes } from 'node:crypto';
import { access, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface BuiltClient {
  /** What the server's `readPage` reads. */
  readonly folder: string;
  readonly wasBuilt: boolean;
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(HERE, 'client');
const BUILDS = join(ROOT, 'dist');
/** What the page is made of beside its own folder. */
const OTHER_SOURCES = [join(HERE, 'protocol.ts'), join(HERE, 'build-client.ts'), join(HERE, '../../package-lock.json')];

/**
 * Build the page into a folder named after its sources, unless that folder is there. Several processes may do so at once: a
 * build appears whole or not at all.
 * @param options.force builds in any case.
 */
export async function buildClient({ force = false }: { readonly force?: boolean } = {}): Promise<BuiltClient> {
  const folder = join(BUILDS, await hashSources());
  if (!force && (await isThere(folder))) return { folder, wasBuilt: false };
  // Only now, because loading Vite takes longer than everything else that is done here.
  const { build } = await import('vite');
  const unfinished = join(BUILDS, `unfinished-${randomBytes(6).toString('hex')}`);
  await build({
    configFile: false,
    envDir: false,
    root: ROOT,
    base: '/',
    logLevel: 'error',
    publicDir: false,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: unfinished,
      emptyOutDir: true,
      target: 'es2022',
      // Files of their own, because the content security policy allows nothing inlined.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  if (force) await rm(folder, { recursive: true, force: true });
  await moveInto(unfinished, folder);
  await removeOthers(folder);
  return { folder, wasBuilt: true };
}

async function hashSources(): Promise<string> {
  const entries = await readdir(ROOT, { withFileTypes: true, recursive: true });
  const own = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(BUILDS));
  const hash = createHash('sha256');
  for (const path of [...own.toSorted(), ...OTHER_SOURCES]) {
    hash
      .update(`${path.slice(HERE.length)}\n`)
      .update(await readFile(path))
      .update('\n');
  }
  return hash.digest('hex').slice(0, 20);
}

/** Another process that was faster has built the same. */
async function moveInto(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await isThere(to))) throw error;
    await rm(from, { recursive: true, force: true });
  }
}

/** Builds of earlier sources. A server that still serves one holds it in memory. */
async function removeOthers(folder: string): Promise<void> {
  for (const name of await readdir(BUILDS)) {
    const path = join(BUILDS, name);
    if (path !== folder && !name.startsWith('unfinished-')) await rm(path, { recursive: true, force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
