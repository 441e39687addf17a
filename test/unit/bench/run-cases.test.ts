import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlHolds } from '../../../bench/quality/controls.ts';
import { seedOf } from '../../../bench/quality/damage.ts';
import { type CaseEngine, promptOf } from '../../../bench/quality/render-case.ts';
import type { RoundTrip } from '../../../bench/quality/round-trip.ts';
import { runCase } from '../../../bench/quality/run-cases.ts';
import { decodeImage, encodePng, type ImageRequest } from '../../../inference/index.ts';
import { casePictures, editCase, fakeJudge, rightReading } from '../../support/builders/quality-case.ts';

const pictures = casePictures(64);
const set = { size: 64, heads: ['style'], cases: [editCase()] };
const roundTrip: RoundTrip = { run: async (picture) => picture, dispose: async () => undefined };
/** Content with whatever it sees. */
const judge = fakeJudge(() => rightReading());
let casesFolder = '';

beforeAll(async () => {
  casesFolder = mkdtempSync(join(tmpdir(), 'easel-strips-'));
  const tiles = await Promise.all([...pictures.inputs, pictures.target, pictures.notKept].map(encodePng));
  const strip = sharp({ create: { width: 256, height: 64, channels: 3, background: '#000' } })
    .composite(tiles.map((input, index) => ({ input: Buffer.from(input), left: index * 64, top: 0 })))
    .webp({ lossless: true });
  writeFileSync(join(casesFolder, 'edits-000.webp'), await strip.toBuffer());
});
afterAll(() => rmSync(casesFolder, { recursive: true }));

/** Draws the target, unless it is told to fail; remembers what it was asked. */
function fakeEngine(failure?: Error) {
  const requests: ImageRequest[] = [];
  const render: CaseEngine['render'] = async (request) => {
    requests.push(request);
    if (failure) throw failure;
    const bytes = await encodePng(pictures.target);
    const image = { bytes, contentType: 'image/png', widthPx: 64, heightPx: 64 };
    return { images: [image], adapter: request.adapter ?? 'edit', steps: 4, warnings: [], timingsMs: {} };
  };
  return { engine: { render }, requests };
}

describe('a case', () => {
  it('is rendered as it is asked, with the inputs reversed, and without an adapter', async () => {
    const { engine, requests } = fakeEngine();
    const record = await runCase({ judge, roundTrip, engine }, set, editCase(), { casesFolder, steps: 4 });

    const [plain, swapped, noAdapter] = requests;
    expect(plain).toMatchObject({ mode: 'edit', prompt: editCase().instruction, seed: seedOf('edits-000'), steps: 4 });
    expect(plain).not.toHaveProperty('adapter');
    expect(swapped?.images).toEqual(plain?.images.toReversed());
    expect(noAdapter).toMatchObject({ adapter: 'none', images: plain?.images, seed: plain?.seed });
    expect(requests).toHaveLength(3);
    expect(record.output).toMatchObject({ adapter: 'edit', verdict: { passed: true } });
    const first = await decodeImage(plain?.images[0] ?? new Uint8Array());
    expect(Buffer.from(first.data).equals(pictures.inputs[0]?.data ?? first.data)).toBe(true);
    expect([...record.controls.keys()].toSorted()).toEqual(
      ['copyBase', 'copyReference', 'damaged', 'noAdapter', 'notKept', 'roundTrip', 'swapped', 'target'].toSorted(),
    );
  });

  it('fails and says why when the engine crashes, and the run goes on', async () => {
    const { engine } = fakeEngine(new Error('the process died'));
    const record = await runCase({ judge, roundTrip, engine }, set, editCase(), { casesFolder });
    expect(record.output).toMatchObject({ picture: null, verdict: { passed: false } });
    expect(record.output?.verdict.problems).toEqual(['crashed: the process died']);
    expect(record.controls.get('swapped')?.verdict.passed).toBe(false);
    expect(record.controls.get('target')?.verdict.passed).toBe(true);
  });

  it('has no controls that need an engine without one', async () => {
    const record = await runCase({ judge, roundTrip, engine: undefined }, set, editCase(), { casesFolder });
    expect(record.output).toBeNull();
    expect([...record.controls.keys()]).not.toContain('swapped');
    expect(record.controls.get('copyBase')?.picture).toEqual(pictures.inputs[0]);
    expect(record.controls.get('copyReference')?.picture).toEqual(pictures.inputs[1]);
    expect(record.controls.get('notKept')?.picture).toEqual(pictures.notKept);
  });

  it('asks for the description where there is no instruction', () => {
    expect(promptOf(editCase({ instruction: '' }))).toBe(editCase().description);
    expect(promptOf(editCase())).toBe(editCase().instruction);
  });
});

describe('a control', () => {
  it('holds on its side of the limit', () => {
    expect([0.97, 0.98, 1].map((share) => controlHolds('target', share))).toEqual([false, true, true]);
    expect([0, 0.05, 0.06].map((share) => controlHolds('swapped', share))).toEqual([true, true, false]);
    expect(controlHolds('swapped', null)).toBe(true);
  });
});
