import { Command, CommanderError } from 'commander';
import { addBench } from './commands/bench.ts';
import { addDiscord } from './commands/discord.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEdit } from './commands/edit.ts';
import { addInterpret } from './commands/interpret.ts';
import { addKeys } from './commands/keys.ts';
import { addModels } from './commands/models.ts';
import { addRender } from './commands/render.ts';
import { addSetup } from './commands/setup.ts';
import { addSlack } from './commands/slack.ts';
import { addStart } from './commands/start.ts';
import { addWeb } from './commands/web.ts';
import { addWorker } from './commands/worker.ts';
import { describeFailure, EXIT, type ExitCode } from './failure.ts';
import type { Io } from './io.ts';
import type { Session } from './session.ts';
import { texts } from './texts.ts';

/**
 * Run one command line. Never throws: what went wrong is one sentence on standard error and the exit code.
 * @param prepare done before everything else; what it throws ends the command.
 */
export async function runCommand(
  args: readonly string[],
  io: Io,
  prepare: () => void = () => undefined,
): Promise<ExitCode> {
  const session: Session = { io, exitCode: EXIT.done };
  try {
    prepare();
    await createProgram(session).parseAsync(args, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    // Commander has printed its own message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    io.progress('');
    const { sentence, exitCode } = describeFailure(error, texts);
    io.note(sentence);
    if (process.env['EASEL_DEBUG'] !== undefined && error instanceof Error) io.note(stackOf(error));
    return exitCode;
  }
}

function createProgram(session: Session): Command {
  const program = new Command('easel')
    .description('A self-hosted chat assistant for pictures.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => session.io.out(text.trimEnd()),
      writeErr: (text) => session.io.note(text.trimEnd()),
    });
  const add = [
    addStart,
    addWeb,
    addDiscord,
    addSlack,
    addWorker,
    addEdit,
    addInterpret,
    addRender,
    addSetup,
    addDoctor,
    addKeys,
    addModels,
    addBench,
  ];
  for (const addCommand of add) addCommand(program, session);
  return program;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\nCaused by: ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
