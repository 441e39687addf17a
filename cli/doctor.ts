import { resolve } from 'node:path';
import { checkDiscord } from '../bots/discord/doctor.ts';
import { checkSlack } from '../bots/slack/doctor.ts';
import { type Config, loadConfig } from '../core/config.ts';
import { isAppError, sayingOf, toWire } from '../core/errors.ts';
import { createLogger } from '../core/logger.ts';
import { checkModelFolder } from '../inference/index.ts';
import { lockHome } from '../queue/home/home-lock.ts';
import { createLocalImageEngine } from '../queue/inference/local-image-engine.ts';
import { openBackend } from '../queue/open-backend.ts';
import { EXIT, type ExitCode } from './failure.ts';
import { locateModel } from './files.ts';
import type { Io } from './io.ts';
import { requireKnownParts } from './requirements.ts';
import { texts } from './texts.ts';

interface Finding {
  readonly check: 'node' | 'model' | 'engine' | 'home' | 'queue' | 'discord' | 'slack';
  readonly status: 'ok' | 'warning' | 'problem';
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** Look at everything that Easel stands on. @throws AppError CONFIG_INVALID: without a configuration nothing can be looked at. */
export async function doctor({ json }: { readonly json: boolean }, io: Io): Promise<ExitCode> {
  const config = loadConfig(process.env);
  requireKnownParts(config);
  const model = checkModel(config);
  const isModelUsable = !model.some(({ status }) => status === 'problem');
  const findings: readonly Finding[] = [
    { check: 'node', status: 'ok', message: `Node ${process.versions.node}` },
    ...model,
    ...(isModelUsable ? [await checkEngine(config)] : []),
    ...((config.redisUrl ?? config.databaseUrl) ? [await checkServer(config)] : [await checkHome(config)]),
    ...(config.discord === undefined ? [] : await checkDiscord(config.discord)),
    ...(config.slack === undefined ? [] : await checkSlack(config.slack)),
  ];
  if (json) io.out(JSON.stringify({ findings }));
  else for (const finding of findings) printFinding(finding, io);
  return findings.some(({ status }) => status === 'problem') ? EXIT.findings : EXIT.done;
}

function checkModel({ model }: Config): readonly Finding[] {
  const folder = locateModel(model);
  const findings = checkModelFolder(folder).map(({ severity, message }): Finding => {
    if (severity === 'warning') return { check: 'model', status: 'warning', message };
    const fix = 'Restore the file, or set EASEL_MODEL to a complete model folder.';
    return { check: 'model', status: 'problem', message, fix };
  });
  return findings.length > 0 ? findings : [{ check: 'model', status: 'ok', message: `${folder} is complete` }];
}

async function checkEngine({ model }: Config): Promise<Finding> {
  const engine = createLocalImageEngine({ modelFolder: locateModel(model) });
  const started = performance.now();
  try {
    await engine.ready();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    return { check: 'engine', status: 'ok', message: `${engine.description.model} opens in ${seconds} s` };
  } catch (error) {
    const fix = 'Free memory, or run `npm ci` again if onnxruntime-node is damaged; EASEL_DEBUG=1 shows more.';
    return { check: 'engine', status: 'problem', message: sentenceOf(error), fix };
  } finally {
    await engine.dispose();
  }
}

async function checkHome({ home }: Config): Promise<Finding> {
  const folder = resolve(home);
  try {
    const unlock = await lockHome(folder);
    await unlock();
    return { check: 'home', status: 'ok', message: `${folder} can be written and is free` };
  } catch (error) {
    if (isAppError(error) && error.code === 'HOME_LOCKED') {
      return { check: 'home', status: 'ok', message: `Easel is running on ${folder} (process ${error.values['pid']})` };
    }
    const fix = 'Make the folder writable, or set EASEL_HOME to another one.';
    return { check: 'home', status: 'problem', message: sentenceOf(error), fix };
  }
}

async function checkServer(config: Config): Promise<Finding> {
  const [server, variable] = config.redisUrl === undefined ? ['PostgreSQL', 'DATABASE_URL'] : ['Redis', 'REDIS_URL'];
  try {
    const clock = { now: () => Date.now() };
    const backend = await openBackend(config, { logger: createLogger('silent'), clock });
    await backend.close();
    return { check: 'queue', status: 'ok', message: `${server} answers` };
  } catch (error) {
    const fix = `Start ${server}, or correct ${variable}.`;
    return { check: 'queue', status: 'problem', message: `${server} cannot be used: ${causeOf(error)}`, fix };
  }
}

function printFinding({ status, message, fix }: Finding, io: Io): void {
  io.out(`${status.padEnd(8)} ${message}`);
  if (fix !== undefined) io.out(`${' '.repeat(8)} Fix: ${fix}`);
}

function sentenceOf(error: unknown): string {
  if (isAppError(error) && error.code !== 'BUG') return texts.sayStored(sayingOf(toWire(error)));
  return causeOf(error);
}

function causeOf(error: unknown): string {
  const root = isAppError(error) ? (error.cause ?? error) : error;
  return root instanceof Error ? root.message : String(root);
}
