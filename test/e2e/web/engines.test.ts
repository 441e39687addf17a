import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCrayon } from '../../support/chat/priced-engines.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { findChromium, giveFiles, openPage, overflowOf, startBrowser } from '../../support/web/browser.ts';
import { drawPicture } from '../../support/web/pictures.ts';
import { startWebEasel, type WebEasel } from '../../support/web/web-easel.ts';

const chromium = findChromium();
const COMPOSER = 'What makes the picture';
const CARD = 'Make it with';

describe('the choice of an engine in the page', { ...whereFound(chromium), timeout: 60_000 }, () => {
  let browser: Browser;
  let easel: WebEasel;

  beforeAll(async () => {
    browser = await startBrowser(chromium);
    easel = await startWebEasel({ others: [createCrayon()] });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await easel?.stop();
  });

  const select = (page: Page, name: string) => page.getByRole('combobox', { name, exact: true });
  const optionsOf = (page: Page, name: string) => select(page, name).locator('option').allTextContents();

  async function sendPictures(page: Page, text: string): Promise<void> {
    const picture = await drawPicture({ shape: 'bag', color: '#c8553d', background: '#f3e9dc' });
    await giveFiles(page, 'drop', { '1.png': picture, '2.png': picture });
    await page.getByRole('textbox', { name: 'Message' }).fill(text);
    await page.keyboard.press('Enter');
  }

  it('says what each is thought to cost with the pictures of the message, and stays chosen', async () => {
    const { page, close } = await openPage(browser, easel.url);
    await expect.poll(() => optionsOf(page, COMPOSER)).toEqual(['painting', 'crayon · about $0.04']);
    const picture = await drawPicture({ shape: 'cup', color: '#5a8f4c', background: '#eef3e6' });
    await giveFiles(page, 'drop', { 'cup.png': picture });
    await expect.poll(() => optionsOf(page, COMPOSER)).toEqual(['painting', 'crayon · about $0.05']);
    await select(page, COMPOSER).selectOption('crayon');
    await page.getByRole('textbox', { name: 'Message' }).fill('make it red');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.result figcaption').allTextContents()).toHaveLength(1);
    expect(await page.locator('.result figcaption').textContent()).toContain('about $0.05');
    expect(await select(page, COMPOSER).inputValue()).toBe('crayon');
    // The next message is about the result.
    await expect.poll(() => optionsOf(page, COMPOSER)).toEqual(['painting', 'crayon · about $0.05']);
    await close();
  });

  it('is corrected at a request with one tap, which makes it once more', async () => {
    const { page, close } = await openPage(browser, easel.url);
    await sendPictures(page, 'Give image 1 the style of image 2');
    await page.locator('.result button[data-image="3"]').waitFor();
    expect(await select(page, CARD).inputValue()).toBe('painting');
    await select(page, CARD).selectOption('crayon');
    await page.locator('.result button[data-image="4"]').waitFor();
    expect(await page.locator('.result figcaption').last().textContent()).toContain('about $0.06');
    await expect.poll(() => select(page, CARD).inputValue()).toBe('crayon');
    await close();
  });

  it('fits a phone', async () => {
    const { page, close } = await openPage(browser, easel.url, { viewport: { width: 360, height: 740 } });
    await sendPictures(page, 'Give image 1 the style of image 2');
    await page.locator('.result button[data-image="3"]').waitFor();
    expect(await overflowOf(page)).toBe(0);
    await close();
  });

  it('is not shown where there is one engine', async () => {
    const alone = await startWebEasel();
    const { page, close } = await openPage(browser, alone.url);
    await page.getByRole('combobox', { name: 'What to make' }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await select(page, COMPOSER).count()).toBe(0);
    await close();
    await alone.stop();
  });
});
