import { loadConfig } from '../core/config.ts';
import { checkModelFolder } from '../inference/index.ts';
import { EXIT, type ExitCode } from './failure.ts';
import { locateModel } from './files.ts';
import type { Io } from './io.ts';

/** Print everything that is wrong with a model folder. */
export function checkModel(
  { folder, json }: { readonly folder: string | undefined; readonly json: boolean },
  io: Io,
): ExitCode {
  const path = folder ?? locateModel(loadConfig(process.env).model);
  const findings = checkModelFolder(path);
  if (json) io.out(JSON.stringify({ folder: path, findings }));
  else for (const { severity, code, message } of findings) io.out(`${severity}: ${message} (${code})`);
  const isUsable = !findings.some(({ severity }) => severity === 'error');
  if (!json) io.note(isUsable ? `${path} can be used.` : `${path} cannot be used.`);
  return isUsable ? EXIT.done : EXIT.findings;
}
