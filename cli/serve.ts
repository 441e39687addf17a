import { resolve } from 'node:path';
import { loadConfig } from '../core/config.ts';
import { asAppError, policyOf, sayingOf, toWire } from '../core/errors.ts';
import { createLogger } from '../core/logger.ts';
import { type Easel, type Roles, startEasel } from './easel.ts';
import { usesModelFolder } from './engines/engine-set.ts';
import type { ExitCode } from './failure.ts';
import { locateModel } from './files.ts';
import { planVlm } from './interpreter/check-vlm.ts';
import type { Io } from './io.ts';
import { requireModel, requireServer, requireTokens } from './requirements.ts';
import { runUntilStopped } from './run-until-stopped.ts';
import { texts } from './texts.ts';

export interface ServeOptions {
  /** The command, for its messages. */
  readonly name: string;
  readonly roles: Roles;
  /** Whether it works without a server that other processes use too. */
  readonly isWhole: boolean;
}

/** Start what the command is, say where it is, and keep it until a signal. */
export async function serve({ name, roles, isWhole }: ServeOptions, io: Io): Promise<ExitCode> {
  const config = loadConfig(process.env);
  if (!isWhole) {
    requireServer(config, name);
    requireTokens(config, roles.bots ?? []);
  }
  const modelFolder = locateModel(config.model);
  if (roles.work) planVlm(config);
  // The other roles only read what the model says about itself.
  if (roles.work && usesModelFolder(config)) requireModel(modelFolder);
  const logger = createLogger(config.logLevel);
  if (isWhole) io.note('Starting Easel. The first start takes some seconds longer.');
  const easel = await startEasel({ config, modelFolder, logger }, roles);
  if (easel.url !== undefined) io.out(`Easel  ${easel.url}`);
  if (isWhole) io.note(`Conversations and pictures are kept in ${resolve(config.home)}. Ctrl+C stops Easel.`);
  else io.note(`Serving ${easel.queues.join(', ')}. Ctrl+C stops it.`);
  const fatal = Promise.race([easel.failed, roles.work ? openModel(easel, io) : forever()]);
  return await runUntilStopped(easel, fatal, { io, logger });
}

/** People may write before the model is open; their messages wait. @throws what can never become better by itself. */
async function openModel(easel: Easel, io: Io): Promise<never> {
  const started = performance.now();
  try {
    await easel.ready();
    io.note(`The model ${easel.model} is ready after ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  } catch (error) {
    const known = asAppError(error);
    if (known.code.startsWith('ENGINE_')) io.note(`${easel.model}: ${texts.sayStored(sayingOf(toWire(known)))}`);
    else if (policyOf(known.code).retry === 'never') throw error;
    else io.note('The model could not be opened; it is tried again. `easel doctor` may say why.');
  }
  return await forever();
}

function forever(): Promise<never> {
  return new Promise(() => undefined);
}
