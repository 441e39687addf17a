import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../inference/image/decode.ts';
import { composePrompt } from '../../inference/vlm/compose-prompt.ts';
import { encodePicture } from '../../inference/vlm/encode-picture.ts';
import { createTextGeneration } from '../../inference/vlm/generate-text.ts';
import { createGreedyChoice } from '../../inference/vlm/greedy-choice.ts';
import { type LoadedVlm, loadVlm } from '../../inference/vlm/load-vlm.ts';
import { openVlmFolder } from '../../inference/vlm/open-vlm-folder.ts';
import { startDecoding } from '../../inference/vlm/text-decoder.ts';
import { type TinyVlmName, tinyVlm, VLM_CASES, type VlmGolden, vlmGolden, vlmImage } from '../support/tiny-vlm.ts';

// float32 on both sides; the order of sums differs. Values reach about 20.
const TOLERANCE = 1e-4;

const loaded = new Map<TinyVlmName, LoadedVlm>();
beforeAll(async () => {
  for (const name of ['flat', 'nested'] as const) {
    loaded.set(name, await loadVlm(openVlmFolder(tinyVlm(name)), { threads: 1 }));
  }
});
afterAll(async () => {
  for (const model of loaded.values()) await model.dispose();
});

function model(name: TinyVlmName): LoadedVlm {
  const found = loaded.get(name);
  if (!found) throw new Error(`${name} is not open`);
  return found;
}

function golden(values: VlmGolden, name: string): Float32Array {
  const tensor = values.tensors.get(name);
  if (!tensor) throw new Error(`no golden ${name}`);
  return tensor.data;
}

function largestDifference(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  return expected.reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - (actual[index] ?? Number.NaN))),
    0,
  );
}

async function encodeAll(name: TinyVlmName, images: readonly string[]) {
  const pictures = [];
  for (const image of images) pictures.push(await encodePicture(model(name), await decodeImage(vlmImage(image))));
  return pictures;
}

describe.each(VLM_CASES)('the vision language model %s reads and writes as transformers: %s', (name, testCase) => {
  const values = vlmGolden(name, testCase);

  it('gives every picture the embeddings of the reference', async () => {
    const pictures = await encodeAll(name, values.images);
    const { mergeSize } = model(name).config.vision;
    expect(pictures.map(({ grid }) => [grid.rows * mergeSize, grid.columns * mergeSize])).toEqual(values.grids);
    if (pictures.length === 0) return;
    const embeddings = Float32Array.from(pictures.flatMap((picture) => [...picture.embeddings]));
    expect(largestDifference(embeddings, golden(values, 'image_embeddings'))).toBeLessThan(TOLERANCE);
  });

  it('writes the tokens and positions of the reference', async () => {
    const prompt = composePrompt(model(name), values.messages, await encodeAll(name, values.images));
    expect(prompt.ids).toEqual(values.inputIds);
    const rows = [0, 1, 2].map((row) => values.inputIds.map((_, token) => Number(prompt.positions[token * 3 + row])));
    expect(rows).toEqual(values.positions);
    expect(prompt.nextPosition).toBe(Math.max(...values.positions.flat()) + 1);
  });

  it.each([7, 1000])(
    'computes the logits of the reference, the prompt read %i tokens at a time',
    async (pieceTokens) => {
      const prompt = composePrompt(model(name), values.messages, await encodeAll(name, values.images));
      const decoding = startDecoding(model(name), prompt, { pieceTokens });
      const expected = golden(values, 'logits');
      const { vocabulary } = model(name).config.text;
      const steps = expected.length / vocabulary;
      let logits = await decoding.readPrompt(undefined);
      for (let step = 0; step < steps; step++) {
        const row = expected.subarray(step * vocabulary, (step + 1) * vocabulary);
        expect(largestDifference(logits, row), `step ${step}`).toBeLessThan(TOLERANCE);
        logits = await decoding.readToken(values.newIds[step] ?? -1);
      }
      expect(steps).toBe(16);
    },
  );

  it('chooses the 64 tokens of the reference', async () => {
    const prompt = composePrompt(model(name), values.messages, await encodeAll(name, values.images));
    const decoding = startDecoding(model(name), prompt);
    const penalty = values.repetitionPenalty ?? model(name).defaults.repetitionPenalty;
    const choice = createGreedyChoice(prompt.ids, penalty);
    const ids = [choice.choose(await decoding.readPrompt(undefined))];
    while (ids.length < values.newIds.length) ids.push(choice.choose(await decoding.readToken(ids.at(-1) ?? -1)));
    expect(ids).toHaveLength(64);
    expect(ids).toEqual(values.newIds);
  });

  it('streams the text of the reference', async () => {
    const pieces: string[] = [];
    const result = await createTextGeneration(model(name)).generate(
      {
        messages: values.messages,
        images: values.images.map(vlmImage),
        maxNewTokens: 64,
        ...(values.repetitionPenalty !== null && { repetitionPenalty: values.repetitionPenalty }),
      },
      { onText: (text) => pieces.push(text) },
    );
    expect(result).toMatchObject({
      text: values.text,
      finishReason: 'length',
      promptTokens: values.inputIds.length,
      newTokens: 64,
    });
    expect(pieces.join('')).toBe(values.text);
    expect(pieces.length).toBeGreaterThan(8);
  });
});
