import { PassThrough, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from '../../../cli/setup/ask.ts';

export const KEYS = { enter: '\r', down: '\u001b[B', right: '\u001b[C', ctrlC: '\u0003', clear: '\u0015' } as const;

/** A person at a terminal: reads what is asked, then types. */
export function createTyping() {
  let shown = '';
  let readTo = 0;
  const waiting = new Set<() => void>();
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const output = Object.assign(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        shown += stripVTControlCharacters(chunk.toString('utf8'));
        for (const look of waiting) look();
        done();
      },
    }),
    { isTTY: true, columns: 200, rows: 50 },
  );

  return {
    terminal: { input, output } satisfies Terminal,
    /** Everything that was on the screen, without colours. */
    shown: () => shown,
    /** Resolves when `text` appears after what was seen before. */
    async sees(text: string): Promise<void> {
      await new Promise<void>((resolve) => {
        const look = () => {
          const at = shown.indexOf(text, readTo);
          if (at === -1) return;
          readTo = at + text.length;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
      // The question is drawn before its keys are listened to.
      await new Promise((resolve) => setImmediate(resolve));
    },
    type(...keys: readonly string[]): void {
      for (const key of keys) input.write(key);
    },
  };
}

export type Typing = ReturnType<typeof createTyping>;
