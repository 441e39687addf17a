import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BallotKey, drawBallot } from '../../../bench/ballot/ballot.ts';
import { ballotPage } from '../../../bench/ballot/ballot-page.ts';
import { countVotes, votesSchema } from '../../../bench/votes/count-votes.ts';
import { resultFolder } from '../../support/builders/quality-results.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { findChromium, startBrowser } from '../../support/web/browser.ts';

const chromium = findChromium();
const CASES = 4;

describe('the page of a ballot', { ...whereFound(chromium), timeout: 60_000 }, () => {
  let browser: Browser;
  let root = '';
  let file = '';
  let key: BallotKey;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await startBrowser(chromium);
    root = mkdtempSync(join(tmpdir(), 'easel-ballot-'));
    const contestants = [];
    for (const [engine, color] of [
      ['local', [200, 0, 0]],
      ['gemini', [0, 200, 0]],
      ['comfyui', [0, 0, 200]],
    ] as const) {
      mkdirSync(join(root, engine));
      contestants.push(await resultFolder(join(root, engine), { engine, color, cases: CASES }));
    }
    const drawn = drawBallot(contestants, { seed: 1, limit: CASES });
    key = drawn.key;
    file = join(root, 'ballot.html');
    writeFileSync(file, ballotPage(drawn.ballot));
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(root, { recursive: true });
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  async function open(width: number, height: number): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(pathToFileURL(file).href);
    return page;
  }

  async function downloaded(page: Page) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Download votes').click()]);
    return votesSchema.parse(JSON.parse(readFileSync(await download.path(), 'utf8')));
  }

  it('collects votes by click and by key, and hands them out as a file marked as simulated', async () => {
    const page = await open(1280, 860);
    expect(await page.locator('#source').textContent()).toContain('never reported as those of people');
    expect(await page.locator('#request').textContent()).toContain('Give it the <look> of request');
    expect(await page.locator('#inputs img').count()).toBe(2);
    await page.getByRole('button', { name: 'B is better' }).click();
    await page.keyboard.press('a');
    await page.keyboard.press('0');
    expect(await page.locator('#progress').textContent()).toBe('4 of 4');
    await page.getByRole('button', { name: 'Back' }).click();
    expect(await page.getByRole('button', { name: 'No difference' }).getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('c');
    await page.keyboard.press('b');
    const votes = await downloaded(page);
    expect(votes.source).toBe('simulated');
    expect(votes.votes.map(({ choice }) => choice)).toEqual(['B', 'A', 'C', 'B']);
    expect(countVotes([votes], key, 'person').votes).toBe(0);
    expect(countVotes([votes], key, 'simulated')).toMatchObject({ voters: 1, votes: 4, ties: 0 });
    await page.context().close();
  });

  it('goes on where it was after a reload', async () => {
    const page = await open(1280, 860);
    await page.keyboard.press('a');
    await page.reload();
    expect(await page.locator('#progress').textContent()).toBe('2 of 4');
    await page.context().close();
  });

  it.each([
    ['desktop', 1280, 860],
    ['phone', 360, 740],
  ])('fits a %s and can be used there', async (name, width, height) => {
    const page = await open(width, height);
    await page.getByRole('button', { name: 'C is better' }).waitFor();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, name).toBe(0);
    for (let vote = 0; vote < CASES; vote += 1) await page.getByRole('button', { name: 'C is better' }).click();
    await page.getByText('Download votes').waitFor();
    await page.context().close();
  });
});
