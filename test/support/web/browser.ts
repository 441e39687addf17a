import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { type Found, findProgram } from '../servers/find-program.ts';

/** Chromium as the system has it. `CHROMIUM` names another one. */
export function findChromium(): Found {
  const named = process.env['CHROMIUM'];
  if (named !== undefined && named !== '') return { program: named };
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const found = names.map((name) => findProgram(name)).find((each) => 'program' in each);
  return found ?? { missing: 'no Chromium is installed (apt-get install chromium, or set CHROMIUM)' };
}

export function startBrowser(found: Found): Promise<Browser> {
  if ('missing' in found) throw new Error(found.missing);
  // Containers that run as root have no other sandbox than their own.
  return chromium.launch({ executablePath: found.program, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export interface OpenedPage {
  readonly page: Page;
  /** What the browser complained about: errors of the page, violations of its security policy. Answers that refuse are no complaint. */
  readonly complaints: readonly string[];
  /** Addresses on other hosts that the page asked for. */
  readonly foreign: readonly string[];
  close(): Promise<void>;
}

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    const isComplaint = message.type() === 'error' && !message.text().startsWith('Failed to load resource');
    if (isComplaint) complaints.push(message.text());
  });
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (/^https?:$/.test(asked.protocol) && asked.host !== new URL(url).host) foreign.push(request.url());
  });
  await page.goto(url);
  await page.getByRole('textbox', { name: 'Message' }).waitFor();
  return { page, complaints, foreign, close: () => context.close() };
}

/** Drop or paste files as a person does: one event on the page that carries them. */
export async function giveFiles(
  page: Page,
  how: 'drop' | 'paste',
  files: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  const encoded = Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')] as const);
  await page.evaluate(
    ([kind, contents]) => {
      const transfer = new DataTransfer();
      for (const [name, base64] of contents) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type: 'image/png' }));
      }
      const shared = { bubbles: true, cancelable: true };
      if (kind === 'paste') {
        document.body.dispatchEvent(new ClipboardEvent('paste', { ...shared, clipboardData: transfer }));
        return;
      }
      for (const name of ['dragenter', 'dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(name, { ...shared, dataTransfer: transfer }));
      }
    },
    [how, encoded] as const,
  );
}

/**
 * How different two images of the transcript look: mean absolute difference of their pixels at 64 x 64, 0..255.
 * @param first @param second the numbers people see.
 */
export async function differenceOf(page: Page, first: number, second: number): Promise<number> {
  return await page.evaluate(
    async (numbers) => {
      const [one, other] = await Promise.all(
        numbers.map(async (number) => {
          const image = document.querySelector<HTMLImageElement>(`button[data-image="${number}"] img`);
          if (image === null) throw new Error(`There is no image ${number}`);
          await image.decode();
          const context = new OffscreenCanvas(64, 64).getContext('2d');
          if (context === null) throw new Error('There is no canvas');
          context.drawImage(image, 0, 0, 64, 64);
          return context.getImageData(0, 0, 64, 64).data;
        }),
      );
      if (one === undefined || other === undefined) throw new Error('There are no pixels');
      return one.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0) / one.length;
    },
    [first, second],
  );
}

/** How far the page reaches over the right edge, in pixels. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
