import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOnnxFile } from '../../inference/runtime/open-onnx-file.ts';
import { floatOutput, type Session } from '../../inference/runtime/session.ts';
import { CLASSIFIER_INPUTS, CLASSIFIER_OUTPUTS } from '../../inference/safety/classify-picture.ts';

const FILE = 'models/safety/nsfw-mobilenet-v2.onnx';
const SIDE = 224;
const golden = JSON.parse(readFileSync('test/parity/goldens/safety/expected.json', 'utf8'));

/** As `example_pixels` of training/easel_training/safety computes them: a ramp, blocks of colour, noise. */
const EXAMPLES: readonly ((row: number, column: number, channel: number) => number)[] = [
  (row, column, channel) => [row, column, Math.floor((row + column) / 2)][channel] ?? 0,
  (row, column, channel) => (Math.floor(row / 32) * 40 + Math.floor(column / 32) * 90 + channel * 60) % 256,
  (row, column, channel) => Math.imul(row * 7919 + column * 104729 + channel * 1299709, 2654435761) >>> 24,
];

function pixelsOf(valueAt: (typeof EXAMPLES)[number]): Float32Array {
  return Float32Array.from({ length: SIDE * SIDE * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return valueAt(Math.floor(pixel / SIDE), pixel % SIDE, index % 3) / 255;
  });
}

describe('the converted picture classifier', () => {
  let session: Session;
  beforeAll(async () => {
    session = await openOnnxFile(FILE, { inputs: CLASSIFIER_INPUTS, outputs: CLASSIFIER_OUTPUTS, threads: 1 });
  });
  afterAll(() => session.dispose());

  it.each(EXAMPLES.map((valueAt, index) => [['a ramp', 'blocks', 'noise'][index], valueAt, index] as const))(
    'says of %s what the layers of nsfwjs say',
    async (_, valueAt, index) => {
      const outputs = await session.run({ pixels: { shape: [1, SIDE, SIDE, 3], data: pixelsOf(valueAt) } });
      const found = [...floatOutput(outputs, 'probabilities')];
      const expected: readonly number[] = golden.probabilities[index];
      // Sums of float32 in another order: TensorFlow.js itself differs from the reference by 2e-5.
      for (const [position, probability] of found.entries())
        expect(probability).toBeCloseTo(expected[position] ?? 1, 4);
      expect(found.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 5);
    },
  );
});
