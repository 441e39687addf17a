import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whereFound } from '../servers/find-program.ts';
import {
  differenceOf,
  findChromium,
  giveFiles,
  type OpenedPage,
  openPage,
  overflowOf,
  startBrowser,
} from './browser.ts';

export interface ChatUnderTest {
  readonly url: string;
  /** Two different pictures, each showing one thing. */
  readonly pictures: readonly [Uint8Array, Uint8Array];
  /** A request about image 1 and image 2. */
  readonly text: string;
  /** Keep the next picture from being finished, where it would be too fast to be cancelled. */
  hold?(): void;
  release?(): void;
  stop(): Promise<void>;
}

export interface ChatFlowOptions {
  start(): Promise<ChatUnderTest>;
  /** For one picture. */
  readonly pictureTimeoutMs: number;
}

/** Mean difference of pixels above which two pictures are two pictures. */
const DIFFERENT = 1;

/** What a person does in the chat, in a real browser: the same for every engine behind it. */
export function describeChatFlow(name: string, { start, pictureTimeoutMs }: ChatFlowOptions): void {
  const chromium = findChromium();
  // One visit: each step goes on from where the one before it ended.
  const options = { ...whereFound(chromium), shuffle: false, timeout: 8 * pictureTimeoutMs };
  describe(name, options, () => {
    let browser: Browser;
    let chat: ChatUnderTest;
    let opened: OpenedPage;
    let page: Page;

    const picture = (number: number) => page.locator(`button[data-image="${number}"]`);
    const result = (number: number) => page.locator('.result', { has: picture(number) });
    const field = () => page.getByRole('textbox', { name: 'Message' });
    const made = (number: number) => result(number).waitFor({ timeout: pictureTimeoutMs });

    async function say(text: string): Promise<void> {
      await field().fill(text);
      await field().press('Enter');
    }

    beforeAll(async () => {
      chat = await start();
      browser = await startBrowser(chromium);
      opened = await openPage(browser, chat.url);
      page = opened.page;
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
      await chat?.stop();
    });

    it('numbers dropped pictures before they are sent', async () => {
      await giveFiles(page, 'drop', { 'first.png': chat.pictures[0], 'second.png': chat.pictures[1] });
      const tray = page.getByRole('list', { name: 'Pictures of this message' });
      await expect.poll(() => tray.locator('.badge').allTextContents()).toEqual(['1', '2']);
    });

    it('makes image 3 of a sentence about images 1 and 2, and says what it understood', async () => {
      await say(chat.text);
      await made(3);
      await expect.poll(() => page.locator('.reading-title').textContent()).toContain('Editing image 1 using image 2');
      expect(await page.locator('.person .badge').allTextContents()).toEqual(['1', '2']);
      expect(await differenceOf(page, 3, 1)).toBeGreaterThan(DIFFERENT);
      expect(await differenceOf(page, 3, 2)).toBeGreaterThan(DIFFERENT);
      await expect.poll(() => page.locator('[data-announcement]').textContent()).toBe('Image 3 is ready');
    });

    it('shows how it was made, and offers it for download', async () => {
      await result(3).getByRole('button', { name: 'Details' }).click();
      const details = await result(3).locator('.details').textContent();
      for (const label of ['Seed', 'Steps', 'Size', 'Model', 'Time']) expect(details).toContain(label);
      const download = page.waitForEvent('download');
      await result(3).getByRole('link', { name: 'Download' }).click();
      expect((await download).suggestedFilename()).toBe('image-3.png');
    });

    it('brings everything back after a reload', async () => {
      await page.reload();
      await picture(3).waitFor();
      expect(await page.locator('.person .badge').allTextContents()).toEqual(['1', '2']);
      expect(await page.locator('.reading-title').textContent()).toContain('Editing image 1 using image 2');
    });

    it('makes another one of "again", as the next image', async () => {
      await say('again');
      await made(4);
      expect(await differenceOf(page, 4, 3)).toBeGreaterThan(0);
    });

    it('Retry makes one more with another seed', async () => {
      await result(4).getByRole('button', { name: 'Retry' }).click();
      await made(5);
      expect(await differenceOf(page, 5, 4)).toBeGreaterThan(0);
    });

    it('changing the base with one tap renders the other way round', async () => {
      await page.getByRole('button', { name: 'Change image 2', exact: true }).click();
      await made(6);
      await expect
        .poll(() => page.locator('.reading-title').last().textContent())
        .toContain('Editing image 2 using image 1');
      expect(await differenceOf(page, 6, 5)).toBeGreaterThan(DIFFERENT);
    });

    it('refines the last result when somebody says "it"', async () => {
      await say('make it red');
      await made(7);
      expect(await page.locator('.reading-title').last().textContent()).toContain('Editing image 6');
    });

    it('Undo goes back to the image before, and says so', async () => {
      await result(7).getByRole('button', { name: 'Undo' }).click();
      await expect.poll(() => page.locator('.composer-hint').textContent()).toContain('“It” means image 6');
      await expect.poll(() => page.locator('[data-announcement]').textContent()).toContain('Undone');
    });

    it('Use again puts a result into the next message under its own number', async () => {
      await result(3).getByRole('button', { name: 'Use again' }).click();
      const tray = page.getByRole('list', { name: 'Pictures of this message' });
      expect(await tray.locator('.badge').allTextContents()).toEqual(['3']);
      await tray.getByRole('button', { name: 'Remove image 3' }).click();
      await expect.poll(() => tray.count()).toBe(0);
    });

    it('Cancel stops a picture that is being made', async () => {
      chat.hold?.();
      await say('make image 1 blue');
      const turn = page.locator('.turn').last();
      await turn.getByRole('button', { name: 'Cancel' }).click({ timeout: pictureTimeoutMs });
      await expect.poll(() => turn.getAttribute('data-status')).toBe('cancelled');
      chat.release?.();
      expect(await turn.locator('.result').count()).toBe(0);
    });

    it('answers words and refusals with sentences', async () => {
      await say('help');
      await page.locator('.reply').last().waitFor();
      expect(await page.locator('.reply').last().textContent()).toContain('undo');
      await say('make image 99 red');
      const alert = page.getByRole('alert');
      await alert.waitFor();
      expect(await alert.textContent()).toContain('You mentioned image 99');
      await alert.getByRole('button', { name: 'Discard' }).click();
    });

    it('fits a phone', async () => {
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await overflowOf(page)).toBe(0);
      await page.setViewportSize({ width: 1280, height: 860 });
    });

    it('runs without complaints of the browser, and asks nobody else', () => {
      expect(opened.complaints).toEqual([]);
      expect(opened.foreign).toEqual([]);
    });
  });
}
