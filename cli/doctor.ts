import { checkDiscord } from '../bots/discord/doctor.ts';
import { checkSlack } from '../bots/slack/doctor.ts';
import { type Config, loadConfig } from '../core/config.ts';
import { type AppError, isAppError } from '../core/errors.ts';
import { checkModelFolder, openModelFolder } from '../inference/index.ts';
import type { ReadyEngine } from '../queue/inference/image-engine.ts';
import type { DoctorRole } from './doctor-roles.ts';
import { checkSafety } from './doctor-safety.ts';
import { sentenceOf } from './doctor-sentence.ts';
import { checkStores } from './doctor-stores.ts';
import { openEngineSet, usesModelFolder } from './engines/engine-set.ts';
import { EXIT, type ExitCode } from './failure.ts';
import { locateModel } from './files.ts';
import type { Finding } from './finding.ts';
import { checkInterpreter, requireInterpreter } from './interpreter/doctor-interpreter.ts';
import type { Io } from './io.ts';

export interface DoctorOptions {
  readonly json: boolean;
  /** Look only at what this command needs. Absent: at everything that is configured. */
  readonly role?: DoctorRole | undefined;
}

/** Look at what Easel stands on. @throws AppError CONFIG_INVALID: without a configuration nothing can be looked at. */
export async function doctor({ json, role }: DoctorOptions, io: Io): Promise<ExitCode> {
  const config = loadConfig(process.env);
  const isAbout = (one: DoctorRole) => role === undefined || role === one;
  if (isAbout('worker')) requireInterpreter(config);
  const findings: readonly Finding[] = [
    { check: 'node', status: 'ok', message: `Node ${process.versions.node}` },
    ...(isAbout('worker') ? await checkEngine(config) : checkModelConfig(config)),
    ...(isAbout('worker') ? [await checkInterpreter(config), await checkSafety(config)] : []),
    ...(await checkStores(config)),
    ...(isAbout('discord') ? await aboutDiscord(config, role) : []),
    ...(isAbout('slack') ? await aboutSlack(config, role) : []),
  ];
  if (json) io.out(JSON.stringify({ findings }));
  else for (const finding of findings) printFinding(finding, io);
  return findings.some(({ status }) => status === 'problem') ? EXIT.findings : EXIT.done;
}

/** Every file of the model where one is used, then every engine. */
async function checkEngine(config: Config): Promise<readonly Finding[]> {
  const model = usesModelFolder(config) ? checkModel(config) : [];
  if (model.some(({ status }) => status === 'problem')) return model;
  const set = openEngineSet(config);
  try {
    return [...model, ...(await Promise.all(set.engines.map(openEngine)))];
  } finally {
    await set.dispose();
  }
}

function checkModel({ model }: Config): readonly Finding[] {
  const folder = locateModel(model);
  const findings = checkModelFolder(folder).map(({ severity, message }): Finding => {
    if (severity === 'warning') return { check: 'model', status: 'warning', message };
    return { check: 'model', status: 'problem', message, fix: MODEL_FIX };
  });
  return findings.length > 0 ? findings : [{ check: 'model', status: 'ok', message: `${folder} is complete` }];
}

const MODEL_FIX = 'Restore the file, or set EASEL_MODEL to a complete model folder.';

/** Where no picture is made, only what the model says about itself is read. */
function checkModelConfig(config: Config): readonly Finding[] {
  if (!usesModelFolder(config)) return [];
  try {
    const { name, version, folder } = openModelFolder(locateModel(config.model));
    return [{ check: 'model', status: 'ok', message: `${folder} describes ${name} ${version}` }];
  } catch (error) {
    return [{ check: 'model', status: 'problem', message: sentenceOf(error), fix: MODEL_FIX }];
  }
}

async function openEngine(engine: ReadyEngine): Promise<Finding> {
  const { id, model } = engine.description;
  const started = performance.now();
  try {
    await engine.ready();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    return { check: 'engine', status: 'ok', message: `${model} opens in ${seconds} s` };
  } catch (error) {
    const isRemote = isAppError(error) && error.code.startsWith('ENGINE_');
    const fix = isRemote
      ? `Correct the settings of ${id}: docs/engines/README.md lists them.`
      : 'Free memory, or run `npm ci` again if onnxruntime-node is damaged; EASEL_DEBUG=1 shows more.';
    return { check: 'engine', status: 'problem', message: isRemote ? operatorSentence(error) : sentenceOf(error), fix };
  }
}

/** What the engine says for operators, which names the reason. */
function operatorSentence(error: AppError): string {
  return error.cause instanceof Error ? error.cause.message : sentenceOf(error);
}

async function aboutDiscord({ discord }: Config, role: DoctorRole | undefined): Promise<readonly Finding[]> {
  if (discord !== undefined) return checkDiscord(discord);
  return role === undefined ? [] : [missing('discord', 'DISCORD_TOKEN')];
}

async function aboutSlack({ slack }: Config, role: DoctorRole | undefined): Promise<readonly Finding[]> {
  if (slack !== undefined) return checkSlack(slack);
  return role === undefined ? [] : [missing('slack', 'SLACK_BOT_TOKEN')];
}

function missing(check: 'discord' | 'slack', variable: string): Finding {
  const fix = `bots/${check}/README.md says where to get it, step by step.`;
  return { check, status: 'problem', message: `${variable} is not set`, fix };
}

function printFinding({ status, message, fix }: Finding, io: Io): void {
  io.out(`${status.padEnd(8)} ${message}`);
  if (fix !== undefined) io.out(`${' '.repeat(8)} Fix: ${fix}`);
}
