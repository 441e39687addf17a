import type { Readable, Writable } from 'node:stream';
import { type CANCEL_SYMBOL, confirm, intro, isCancel, log, note, outro, password, select, text } from '@clack/prompts';

/** Where a person reads and types. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
}

/** The person pressed Ctrl+C or Escape. */
export class SetupCancelled extends Error {
  override readonly name = 'SetupCancelled';
}

export interface Choice<V extends string> {
  readonly value: V;
  readonly label: string;
  readonly hint?: string;
}

/** What is wrong with an answer, as a sentence; undefined: nothing. */
export type Check = (answer: string) => string | undefined;

/** Questions on a terminal. Each throws `SetupCancelled` when the person does not want to go on. */
export interface Ask {
  begin(title: string): void;
  end(line: string): void;
  say(line: string): void;
  warn(line: string): void;
  done(line: string): void;
  list(title: string, lines: readonly string[]): void;
  /** Replaces itself; empty: remove it. */
  progress(line: string): void;
  choose<V extends string>(question: string, choices: readonly Choice<V>[], first?: V): Promise<V>;
  agree(question: string): Promise<boolean>;
  /** @param before what it is now, to be kept or changed. */
  line(
    question: string,
    options: { readonly before?: string; readonly example?: string; readonly check?: Check },
  ): Promise<string>;
  /** Shown as dots while it is typed, and never afterwards. */
  secret(question: string, check?: Check): Promise<string>;
}

export function createAsk(terminal: Terminal): Ask {
  async function answered<T>(asking: Promise<T | typeof CANCEL_SYMBOL>): Promise<T> {
    const answer = await asking;
    if (isCancel(answer)) throw new SetupCancelled();
    return answer;
  }
  return {
    begin: (title) => intro(title, terminal),
    end: (line) => outro(line, terminal),
    say: (line) => log.info(line, terminal),
    warn: (line) => log.warn(line, terminal),
    done: (line) => log.success(line, terminal),
    list: (title, lines) => note(lines.join('\n'), title, terminal),
    progress: (line) => void terminal.output.write(`\r\u001b[K${line === '' ? '' : `│  ${line}`}`),
    async choose(message, choices, first) {
      const options = choices.map(({ value, label, hint }) => ({
        value: String(value),
        label,
        ...(hint === undefined ? {} : { hint }),
      }));
      const initial = first === undefined ? {} : { initialValue: String(first) };
      const answer = await answered(select<string>({ ...terminal, message, options, ...initial }));
      const chosen = choices.find(({ value }) => value === answer);
      if (chosen === undefined) throw new SetupCancelled();
      return chosen.value;
    },
    agree: (message) => answered(confirm({ ...terminal, message })),
    async line(message, { before = '', example = '', check }) {
      const validate = (answer = '') => check?.(answer.trim());
      const asked = text({ ...terminal, message, initialValue: before, placeholder: example, validate });
      // Clack says undefined where nothing was typed.
      return ((await answered<string | undefined>(asked)) ?? '').trim();
    },
    async secret(message, check) {
      const validate = (answer = '') => check?.(answer.trim());
      return ((await answered<string | undefined>(password({ ...terminal, message, validate }))) ?? '').trim();
    },
  };
}
