import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** The folder that a benchmark writes into, with what earlier runs left there. */
export function outFolder(name: string): string {
  const folder = join(PACKAGE_FOLDER, 'bench', 'out', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The emptied folder that a benchmark writes into. */
export function emptyOutFolder(name: string): string {
  const folder = join(PACKAGE_FOLDER, 'bench', 'out', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** EASEL_MODEL, or the model that Easel brings; relative to the current folder, then to Easel itself. */
export function modelFolderOf(env: NodeJS.ProcessEnv): string {
  const model = env['EASEL_MODEL'] || 'models/easel-stickers';
  const here = resolve(model);
  return isAbsolute(model) || existsSync(here) ? here : join(PACKAGE_FOLDER, model);
}

/** TRAINING_PYTHON, or the training environment where it was made; undefined: there is no Python with PyTorch. */
export function pythonOf(env: NodeJS.ProcessEnv): string | undefined {
  const candidates = [env['TRAINING_PYTHON'], join(PACKAGE_FOLDER, 'training', '.venv', 'bin', 'python')];
  return candidates.find((path) => path !== undefined && path !== '' && existsSync(path));
}
