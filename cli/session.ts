import type { ExitCode } from './failure.ts';
import type { Io } from './io.ts';

/** What a command is given: where it writes, and where it leaves another exit code than 0. */
export interface Session {
  readonly io: Io;
  exitCode: ExitCode;
}
