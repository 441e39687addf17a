import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnEasel } from '../support/easel-command.ts';
import { findChromium, giveFiles, openPage, startBrowser } from '../support/web/browser.ts';

// The README's picture: the real chat on the model that Easel brings. `npm run docs:pictures`.

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MODEL = join(ROOT, 'models', 'easel-stickers');
const SENTENCE = 'Give the bag in image 1 the look of the dress in image 2.';

const home = mkdtempSync(join(tmpdir(), 'easel-readme-'));
const easel = spawnEasel(['start'], { env: { EASEL_HOME: home, EASEL_MODEL: MODEL } });
const browser = await startBrowser(findChromium());
try {
  const [, url = ''] = await easel.says(/^Easel {2}(http:\S+)$/m);
  const { page } = await openPage(browser, url, { viewport: { width: 1000, height: 860 } });
  const sample = (name: string) => readFile(join(MODEL, 'samples', name));
  await giveFiles(page, 'drop', {
    'bag.png': await sample('red-bag.png'),
    'dress.png': await sample('blue-dotted-dress.png'),
  });
  const field = page.getByRole('textbox', { name: 'Message' });
  await field.fill(SENTENCE);
  await field.press('Enter');
  await page.locator('.result button[data-image="3"]').waitFor({ timeout: 120_000 });
  await page.waitForTimeout(1000);
  await page.screenshot({ path: join(ROOT, 'docs', 'images', 'chat.png') });
} finally {
  await browser.close();
  easel.child.kill('SIGTERM');
  await easel.ended();
  rmSync(home, { recursive: true, force: true });
}
