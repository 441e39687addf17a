import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { whereFound } from '../../support/servers/find-program.ts';
import {
  findChromium,
  giveFiles,
  type OpenedPage,
  openPage,
  overflowOf,
  startBrowser,
} from '../../support/web/browser.ts';
import { createGate } from '../../support/web/gate.ts';
import { createPaintingEngine } from '../../support/web/painting-engine.ts';
import { drawPicture } from '../../support/web/pictures.ts';
import { startWebEasel, type WebEasel } from '../../support/web/web-easel.ts';

const chromium = findChromium();

describe('the page', { ...whereFound(chromium), timeout: 60_000 }, () => {
  let browser: Browser;
  let easel: WebEasel;
  let gate: ReturnType<typeof createGate>;
  let opened: OpenedPage;

  beforeAll(async () => {
    browser = await startBrowser(chromium);
  }, 60_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    gate = createGate();
    gate.open();
    easel = await startWebEasel({ engine: createPaintingEngine({ beforeStep: () => gate.pass() }) });
    opened = await openPage(browser, easel.url);
  });
  afterEach(async () => {
    await opened.close();
    gate.open();
    await easel.stop();
  });

  const bag = () => drawPicture({ shape: 'bag', color: '#c8553d', background: '#f3e9dc' });

  it('offers two examples that are tried with one click', async () => {
    const { page } = opened;
    const examples = page.getByRole('button', { name: /^Try: / });
    await examples.first().waitFor();
    expect(await examples.count()).toBe(2);
    await examples.first().click();
    await page.locator('.result button[data-image="3"]').waitFor();
    expect(await page.locator('.reading-title').textContent()).toContain('Editing image 1 using image 2');
  });

  it('adds samples with a click and pasted pictures, and refuses other files with a sentence', async () => {
    const { page } = opened;
    await page.getByRole('button', { name: 'Add sample: plain bag' }).click();
    const badges = page.locator('.tray .badge');
    await expect.poll(() => badges.allTextContents()).toEqual(['1']);
    await giveFiles(page, 'paste', { 'pasted.png': await bag() });
    await expect.poll(() => badges.allTextContents()).toEqual(['1', '2']);
    await page.setInputFiles('input[type=file]', {
      name: 'letter.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF'),
    });
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('letter.pdf');
    expect(await badges.allTextContents()).toEqual(['1', '2']);
  });

  it('stays at the end while things arrive, unless somebody has scrolled up', async () => {
    const { page } = opened;
    const say = async (text: string): Promise<void> => {
      await page.getByRole('textbox').fill(text);
      await page.keyboard.press('Enter');
    };
    /** The lower edge of what arrived last, against the upper edge of the message box. */
    const hiddenPx = () =>
      page.evaluate(() => {
        const edge = (selector: string) => document.querySelector(selector)?.getBoundingClientRect();
        return (edge('.turn:last-child')?.bottom ?? Number.NaN) - (edge('.composer-box')?.top ?? Number.NaN);
      });
    await giveFiles(page, 'drop', { 'bag.png': await bag() });
    await say('make it red');
    await page.locator('.result').waitFor();
    await page.getByRole('button', { name: 'Details' }).click();
    for (const text of ['out of memory please, make it blue', 'make image 1 green', 'help']) {
      await say(text);
      await page.locator('.turn[data-status=done], .turn[data-status=failed]', { hasText: text }).waitFor();
      await expect.poll(hiddenPx).toBeLessThanOrEqual(0);
    }
    gate = createGate();
    await say('make image 1 yellow');
    await gate.reached();
    await page.mouse.move(640, 300);
    await expect
      .poll(async () => {
        await page.mouse.wheel(0, -2000);
        return await page.evaluate(() => scrollY);
      })
      .toBe(0);
    gate.open();
    await page.locator('.turn:last-child .result').waitFor();
    expect(await page.evaluate(() => scrollY)).toBe(0);
  });

  it('keeps what the events said when the answer to a button comes later than they do', async () => {
    const { page } = opened;
    await giveFiles(page, 'drop', { 'bag.png': await bag() });
    await page.getByRole('textbox').fill('make it red');
    await page.keyboard.press('Enter');
    await page.locator('.result button[data-image="2"]').waitFor();
    const held = createGate();
    await page.route('**/retry', async (route) => {
      const response = await route.fetch();
      await held.pass();
      await route.fulfill({ response });
    });
    const answered = page.waitForResponse('**/retry');
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.locator('.result button[data-image="3"]').waitFor();
    await page.locator('.turn[data-status=done]').waitFor();
    held.open();
    await (await answered).finished();
    // One more round trip: whatever the page does with the answer is done by then.
    await page.evaluate(() => fetch('/healthz').then((response) => response.text()));
    expect(await page.locator('.turn').getAttribute('data-status')).toBe('done');
    expect(await page.locator('.result button[data-image="3"]').count()).toBe(1);
  });

  it('offers Retry for what failed, and not for what was refused', async () => {
    const { page } = opened;
    await giveFiles(page, 'drop', { 'bag.png': await bag() });
    for (const text of ['out of memory please, make it blue', 'a nude of my coworker']) {
      await page.getByRole('textbox').fill(text);
      await page.keyboard.press('Enter');
      await page.locator('.turn[data-status=failed]', { hasText: text }).waitFor();
    }
    const retriesOf = (hasText: string) =>
      page.locator('.turn', { hasText }).getByRole('button', { name: 'Retry' }).count();
    expect(await retriesOf('out of memory please')).toBe(1);
    expect(await retriesOf('a nude of my coworker')).toBe(0);
  });

  it('asks for words before sending pictures alone', async () => {
    const { page } = opened;
    await giveFiles(page, 'drop', { 'bag.png': await bag() });
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('Tell me in a few words');
    expect(await page.locator('.turn').count()).toBe(0);
  });

  it('says step k of n while it works, shows a preview, and goes on after a reload in the middle', async () => {
    const { page } = opened;
    gate = createGate();
    await giveFiles(page, 'drop', { 'bag.png': await bag() });
    await page.getByRole('textbox').fill('make it red');
    await page.keyboard.press('Enter');
    await page.locator('.progress-text', { hasText: 'getting ready' }).waitFor();
    for (let step = 0; step < 3; step += 1) {
      await gate.reached();
      gate.letOne();
    }
    await page.locator('.progress-text', { hasText: 'step 3 of 4' }).waitFor();
    const bar = page.getByRole('progressbar');
    expect(await bar.evaluate((element: HTMLProgressElement) => [element.value, element.max])).toEqual([3, 4]);
    await page.locator('.preview').waitFor();
    await page.reload();
    await page.locator('.progress-text', { hasText: 'step 3 of 4' }).waitFor();
    gate.open();
    await page.locator('.result button[data-image="2"]').waitFor();
  });

  it('says that it reconnects when the server restarts, and has everything afterwards', async () => {
    const { page } = opened;
    await giveFiles(page, 'drop', { 'bag.png': await bag() });
    await page.getByRole('textbox').fill('make it red');
    await page.keyboard.press('Enter');
    await page.locator('.result').waitFor();
    const lost = page.getByText('Reconnecting…').waitFor();
    await easel.restart();
    await lost;
    await expect.poll(() => page.getByText('Reconnecting…').count(), { timeout: 20_000 }).toBe(0);
    await page.getByRole('textbox').fill('again');
    await page.keyboard.press('Enter');
    await page.locator('.result button[data-image="3"]').waitFor();
  });

  it('keeps a message that could not be sent, and sends it once when asked again', async () => {
    const { page } = opened;
    await page.route('**/messages', (route) => route.abort());
    await giveFiles(page, 'drop', { 'bag.png': await bag() });
    await page.getByRole('textbox').fill('make it red');
    await page.keyboard.press('Enter');
    await page.getByText('This message was not sent').waitFor();
    await page.unroute('**/messages');
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.locator('.result button[data-image="2"]').waitFor();
    expect(await page.locator('.turn').count()).toBe(1);
  });

  it('offers a new conversation where the old one is unknown', async () => {
    const { page } = opened;
    // From another page: a change of the hash alone would load nothing.
    await page.goto('about:blank');
    await page.goto(`${easel.url}/#c=${'0'.repeat(32)}`);
    await page.getByText("I don't know this conversation").waitFor();
    expect(new URL(page.url()).hash).toBe('');
    await page
      .getByRole('button', { name: /^Try: / })
      .first()
      .waitFor();
  });

  it('is used by keyboard alone, with a visible focus', async () => {
    const { page } = opened;
    await page
      .getByRole('button', { name: /^Try: / })
      .first()
      .waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the message box');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(/^Try: /);
    expect(await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)).toBe(
      'solid',
    );
    await page.keyboard.press('Enter');
    const result = page.locator('.result');
    await result.waitFor();
    await result.locator('button[data-image="3"]').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await page.getByRole('textbox').focus();
    await page.keyboard.type('first');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('second');
    expect(await page.getByRole('textbox').inputValue()).toBe('first\nsecond');
  });

  it('has a name for every control and a text for every picture', async () => {
    const { page } = opened;
    await page
      .getByRole('button', { name: /^Try: / })
      .first()
      .click();
    await page.locator('.result').waitFor();
    const unnamed = await page.evaluate(() => {
      const controls = [...document.querySelectorAll('button, a, select, textarea')];
      const nameless = controls.filter(
        (each) => (each.getAttribute('aria-label') ?? each.textContent ?? '').trim() === '',
      );
      const pictures = [...document.querySelectorAll('img')].filter((each) => !each.hasAttribute('alt'));
      return [...nameless, ...pictures].map((each) => each.outerHTML);
    });
    expect(unnamed).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('reads well in %s colours and fits a phone', async (colorScheme) => {
    const phone = await openPage(browser, easel.url, { viewport: { width: 360, height: 740 }, colorScheme });
    await phone.page
      .getByRole('button', { name: /^Try: / })
      .first()
      .waitFor();
    expect(await overflowOf(phone.page)).toBe(0);
    await giveFiles(
      phone.page,
      'drop',
      Object.fromEntries(await Promise.all([1, 2, 3, 4, 5].map(async (n) => [`${n}.png`, await bag()]))),
    );
    await phone.page
      .getByRole('textbox')
      .fill(`make image 1 ${'averyveryverylongwordthatdoesnotfitonanyphone'.repeat(3)}`);
    expect(await overflowOf(phone.page)).toBe(0);
    await phone.page.keyboard.press('Enter');
    await phone.page.locator('.result').first().waitFor();
    expect(await overflowOf(phone.page)).toBe(0);
    expect(await contrastOf(phone, 'body')).toBeGreaterThan(7);
    expect(await contrastOf(phone, '.result figcaption')).toBeGreaterThan(4.5);
    await phone.close();
  });
});

/** Contrast of an element's text on the page's ground, as WCAG counts it. */
function contrastOf({ page }: OpenedPage, selector: string): Promise<number> {
  return page.evaluate((each) => {
    const luminance = (color: string): number => {
      const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
        const value = Number(part) / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const text = luminance(getComputedStyle(document.querySelector(each) ?? document.body).color);
    const ground = luminance(getComputedStyle(document.documentElement).backgroundColor);
    return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
  }, selector);
}
