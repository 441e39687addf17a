/** Where commands write: the only way to the terminal. */
export interface Io {
  /** Data, for programs and pipes. */
  readonly out: (line: string) => void;
  /** Messages, for people. */
  readonly note: (line: string) => void;
  /** Replaces itself on a terminal, is silent elsewhere. Empty: remove it. */
  readonly progress: (line: string) => void;
}

export const processIo: Io = {
  out: (line) => void process.stdout.write(`${line}\n`),
  note: (line) => void process.stderr.write(`${line}\n`),
  progress: (line) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
  },
};
