import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readPhotoCases } from '../../../bench/dreamomni2/read-cases.ts';
import { runPhotoCase, writePhotos } from '../../../bench/dreamomni2/run-photo-case.ts';
import { openEngines } from '../../../bench/quality/open-engines.ts';
import { inputFile, outputFile } from '../../../bench/quality/results.ts';
import { createVlmJudge } from '../../../bench/vlm-judge/judge-result.ts';
import { openJudgingModel } from '../../../bench/vlm-judge/open-judging-model.ts';
import { decodeImage } from '../../../inference/index.ts';
import { startFakeOpenAiChat } from '../../support/engines/fake-openai-chat.ts';
import { startFakeOpenAiImages } from '../../support/engines/fake-openai-images.ts';
import { plainPicture } from '../../support/engines/paint.ts';

/** The layout of the published folders, with pictures of our own. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  'editing_benchmark/replace/2': ['ref_0.jpg', 'ref_1.jpg', 'res.jpg'],
  'editing_benchmark/replace/10': ['ref.jpg', 'src.jpg', 'edi_res.png'],
  'editing_benchmark/local_expression/3': ['1.png', '10.png', '2.png'],
  'generation_benchmark/gen_object/1': ['img2.webp', 'img1.jpg'],
};
let root = '';
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'easel-photos-'));
  const picture = await plainPicture([120, 80, 40]);
  for (const [folder, files] of Object.entries(FILES)) {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, 'instruction.txt'), 'Make the first image look like the second image.\n');
    for (const file of files) writeFileSync(join(root, folder, file), picture);
  }
  mkdirSync(join(root, 'notes'));
  writeFileSync(join(root, 'notes', 'instruction.txt'), 'Not a case.');
});
afterAll(() => rmSync(root, { recursive: true }));

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe("DreamOmni2Bench's folders", () => {
  it('are read as cases: the source first, numbers as numbers, results left out', () => {
    const cases = readPhotoCases(root);
    expect(cases.map(({ id, mode, concrete }) => [id, mode, concrete])).toEqual([
      ['editing_benchmark-local_expression-3', 'edit', false],
      ['editing_benchmark-replace-2', 'edit', true],
      ['editing_benchmark-replace-10', 'edit', true],
      ['generation_benchmark-gen_object-1', 'generate', true],
    ]);
    expect(cases.map(({ files }) => files.map((file) => basename(file)))).toEqual([
      ['1.png', '2.png', '10.png'],
      ['ref_0.jpg', 'ref_1.jpg'],
      ['src.jpg', 'ref.jpg'],
      ['img1.jpg', 'img2.webp'],
    ]);
    expect(cases[0]?.text).toBe('Make the first image look like the second image.');
    expect(readPhotoCases(join(root, 'editing_benchmark'))).toHaveLength(3);
  });

  it('are refused where there are none, or a case has no pictures', () => {
    expect(() => readPhotoCases(join(root, 'notes'))).toThrow(/no instruction\.txt/);
    const empty = join(root, 'editing_benchmark', 'add', '1');
    mkdirSync(empty, { recursive: true });
    writeFileSync(join(empty, 'instruction.txt'), 'Add it.');
    expect(() => readPhotoCases(root)).toThrow(/no pictures/);
    rmSync(dirname(empty), { recursive: true });
  });
});

describe('a case of photographs', () => {
  async function open(answer: string) {
    const [chat, images] = [
      await startFakeOpenAiChat({ answer: () => JSON.stringify({ reason: 'so it looks', answer }) }),
      await startFakeOpenAiImages(),
    ];
    closing.push(chat.stop, images.stop);
    const shared = { EASEL_ALLOW_PRIVATE: 'true' };
    const engines = await openEngines(['openai-images'], { ...shared, OPENAI_BASE_URL: images.baseUrl });
    closing.push(engines.dispose);
    const opened = engines.engines.get('openai-images');
    if (opened === undefined) throw new Error('no engine');
    const judging = await openJudgingModel('openai:judge', { ...shared, EASEL_VLM_BASE_URL: chat.baseUrl });
    const [one] = readPhotoCases(join(root, 'generation_benchmark'));
    if (one === undefined) throw new Error('no case');
    return { chat, images, one, system: { opened, reader: undefined }, judge: createVlmJudge(judging) };
  }

  it('is rendered in its own size, judged by the chat model, and kept with its pictures', async () => {
    const { chat, images, one, system, judge } = await open('yes');
    const record = await runPhotoCase(system, judge, one, {});
    expect(record).toMatchObject({ problem: null, vlm: { passed: true } });
    expect(images.calls[0]?.images).toHaveLength(2);
    expect(chat.calls[0]?.images).toHaveLength(3);
    const folder = mkdtempSync(join(tmpdir(), 'easel-photo-results-'));
    await writePhotos(folder, [record]);
    expect(existsSync(inputFile(folder, one.id, 2))).toBe(true);
    expect((await decodeImage(record.output ?? new Uint8Array())).width).toBeGreaterThan(0);
    expect(existsSync(outputFile(folder, one.id))).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it('fails without a question to the model where the engine fails', async () => {
    const { chat, images, one, system, judge } = await open('yes');
    images.failNext({ kind: 'empty' });
    const record = await runPhotoCase(system, judge, one, {});
    expect(record.problem).toMatch(/crashed|no picture/);
    expect(record.vlm).toBeNull();
    expect(chat.calls).toEqual([]);
  });
});
