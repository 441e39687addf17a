import { tmpdir } from 'node:os';
import { type Config, loadConfig } from '../../core/config.ts';
import { isAppError } from '../../core/errors.ts';
import type { ReadyEngine } from '../../queue/inference/image-engine.ts';
import { abortOnInterrupt } from '../abort-on-interrupt.ts';
import { openEngine } from '../engines/open-engine.ts';
import { describeFailure, EXIT, type ExitCode, UsageError } from '../failure.ts';
import type { Io } from '../io.ts';
import { texts } from '../texts.ts';
import { type Ask, createAsk, SetupCancelled, type Terminal } from './ask.ts';
import { askEngine } from './ask-engine.ts';
import { type EnvFile, openEnvFile } from './env-file.ts';
import type { Changes } from './merge-env.ts';
import { sentenceOf, type TriedPicture, tryEngine } from './try-engine.ts';

export interface SetupDeps {
  readonly io: Io;
  readonly terminal: Terminal;
  /** Of the process, with its `.env` read in. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly openEngine: (config: Config) => ReadyEngine;
  /** Where test pictures are left. */
  readonly pictureFolder: string;
}

const EASEL = 'npm run -s easel --';

export function processSetup(io: Io): SetupDeps {
  return {
    io,
    terminal: { input: process.stdin, output: process.stderr },
    env: process.env,
    openEngine,
    pictureFolder: tmpdir(),
  };
}

/**
 * Ask where pictures come from, make one there, and write the answers to `.env`: at the end and in one step, so that whoever
 * stops before leaves the file as it was. What is set already is offered again.
 * @throws UsageError without a terminal, or when the file cannot be read or written.
 */
export async function setup(deps: SetupDeps): Promise<ExitCode> {
  const { terminal, env } = deps;
  if (terminal.input.isTTY !== true || terminal.output.isTTY !== true) {
    throw new UsageError(
      'The setup asks questions and needs a terminal. Without one, write the settings to .env (.env.example explains each) ' +
        `and try them with \`${EASEL} setup test\`.`,
    );
  }
  const file = await openEnvFile(env);
  const ask = createAsk(terminal);
  try {
    ask.begin('Easel: setup');
    const { changes, skipped } = await askAndTry(ask, file, deps);
    await write(ask, file, changes);
    ask.list('Not set up here', [...skipped, ...otherSteps(file, changes)]);
    ask.end('Easel begins with: npm start');
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof SetupCancelled)) throw error;
    ask.end(`Stopped. ${file.path} is as it was.`);
    return EXIT.failed;
  }
}

/** Make a picture with the settings as they are. Needs no terminal. @throws AppError, UsageError */
export async function setupTest(deps: SetupDeps): Promise<void> {
  const { io, env } = deps;
  const tried = await withEngine(deps, env, io.progress);
  io.progress('');
  for (const warning of tried.warnings) io.note(warning);
  io.note(sentenceOf(tried));
}

interface Outcome {
  readonly changes: Changes;
  /** Steps that were left out, each with the command that makes up for it. */
  readonly skipped: readonly string[];
}

async function askAndTry(ask: Ask, file: EnvFile, deps: SetupDeps): Promise<Outcome> {
  let changes = await askEngine(ask, { file, changes: {} });
  const skipped = [`A picture to try it: ${EASEL} setup test`];
  if (!(await ask.agree(`Make a picture now, to see that it works?${costNote(changes)}`))) return { changes, skipped };
  for (;;) {
    if (await tried(ask, file.after(changes), deps)) return { changes, skipped: [] };
    const next = await ask.choose('What now?', [
      { value: 'change', label: 'Change the answers' },
      { value: 'again', label: 'Try again' },
      { value: 'keep', label: 'Keep the answers all the same' },
      { value: 'stop', label: 'Stop, and change nothing' },
    ]);
    if (next === 'stop') throw new SetupCancelled();
    if (next === 'keep') return { changes, skipped };
    if (next === 'change') changes = await askEngine(ask, { file, changes });
  }
}

function costNote({ EASEL_ENGINE: engine }: Changes): string {
  return engine === 'openai-images' || engine === 'gemini' ? ' Your provider may charge for one.' : '';
}

/** @returns whether there is a picture; else it was said why not. */
async function tried(ask: Ask, env: SetupDeps['env'], deps: SetupDeps): Promise<boolean> {
  try {
    const picture = await withEngine(deps, env, ask.progress);
    ask.progress('');
    for (const warning of picture.warnings) ask.say(warning);
    ask.done(sentenceOf(picture));
    return true;
  } catch (error) {
    ask.progress('');
    if (isAppError(error) && error.code === 'CANCELLED') throw new SetupCancelled();
    ask.warn(describeFailure(error, texts).sentence);
    return false;
  }
}

async function withEngine(
  { openEngine: open, pictureFolder: folder }: Pick<SetupDeps, 'openEngine' | 'pictureFolder'>,
  env: SetupDeps['env'],
  onProgress: (line: string) => void,
): Promise<TriedPicture> {
  const engine = open(loadConfig(env));
  const { signal, release } = abortOnInterrupt();
  try {
    return await tryEngine(engine, { signal, onProgress, folder });
  } finally {
    release();
    await engine.dispose();
  }
}

async function write(ask: Ask, file: EnvFile, changes: Changes): Promise<void> {
  const names = Object.keys(changes).filter((name) => file.variables[name] !== changes[name]);
  if (names.length === 0) return ask.done(`${file.path} says all of that already.`);
  await file.write(changes);
  ask.done(`${file.path}: ${names.join(', ')}. Only you can read this file; everything else in it is as it was.`);
}

/** Steps that this setup does not have; each with what begins it. */
function otherSteps(file: EnvFile, changes: Changes): readonly string[] {
  const { DISCORD_TOKEN: discord = '', SLACK_BOT_TOKEN: slack = '' } = file.after(changes);
  return [
    ...(discord === '' ? ['Discord: bots/discord/README.md, then DISCORD_TOKEN'] : []),
    ...(slack === '' ? ['Slack: bots/slack/README.md, then SLACK_BOT_TOKEN'] : []),
    `Pictures for other programs: ${EASEL} keys create NAME`,
  ];
}
