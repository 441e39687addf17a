import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Run a Python script of a benchmark: `input` as JSON on its standard input, one line of JSON as its last line.
 * @throws {Error} with the end of its messages when it fails. */
export async function runPython(python: string, script: string, input: object): Promise<unknown> {
  const child = spawn(python, ['-B', script], { stdio: ['pipe', 'pipe', 'pipe'] });
  // A child that ends before it has read everything says why by itself.
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(input));
  const [output, messages, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(`${script} failed:\n${messages.slice(-2000)}`);
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
}
