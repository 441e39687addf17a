import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnEasel } from '../../support/easel-command.ts';
import { addressOf } from '../../support/easel-runs.ts';
import { signalEngine } from '../../support/engine-process.ts';
import { describeChatFlow } from '../../support/web/chat-flow.ts';

const MODEL = fileURLToPath(new URL('../../../models/easel-stickers', import.meta.url));
const sample = (name: string) => readFile(join(MODEL, 'samples', `${name}.png`));

/** The whole product as people start it: `easel start`, its own queue, engine and weights. */
describeChatFlow('the chat in a browser, with the built-in model', {
  pictureTimeoutMs: 60_000,
  async start() {
    const home = await mkdtemp(join(tmpdir(), 'easel-chat-'));
    const easel = spawnEasel(['start'], { env: { EASEL_HOME: home, EASEL_MODEL: MODEL } });
    const url = await addressOf(easel);
    const { pid = 0 } = easel.child;
    return {
      url,
      pictures: [await sample('red-bag'), await sample('blue-dotted-dress')],
      text: 'Give the bag in image 1 the pattern of the dress in image 2.',
      hold: () => signalEngine(pid, 'SIGSTOP'),
      release: () => signalEngine(pid, 'SIGCONT'),
      async stop() {
        easel.child.kill('SIGTERM');
        await easel.ended();
        await rm(home, { recursive: true });
      },
    };
  },
});
