// What nsfwjs itself answers to the pictures of `example_pixels`, as JSON. Run in a folder where
// `npm install nsfwjs@4.4.0 @tensorflow/tfjs@4.22.0 buffer@6.0.3` was done: node PATH/run_nsfwjs.mjs
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const tf = require('@tensorflow/tfjs');
const nsfwjs = require('nsfwjs');

const SIDE = 224;
const CLASSES = ['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy'];
const examples = [
  (row, column, channel) => [row, column, Math.floor((row + column) / 2)][channel],
  (row, column, channel) => (Math.floor(row / 32) * 40 + Math.floor(column / 32) * 90 + channel * 60) % 256,
  (row, column, channel) => Math.imul(row * 7919 + column * 104729 + channel * 1299709, 2654435761) >>> 24,
];

const model = await nsfwjs.load('MobileNetV2');
const probabilities = [];
for (const valueAt of examples) {
  const values = new Int32Array(SIDE * SIDE * 3);
  for (let index = 0; index < values.length; index++) {
    values[index] = valueAt(Math.floor(index / 3 / SIDE), Math.floor(index / 3) % SIDE, index % 3);
  }
  const answer = await model.classify(tf.tensor3d(values, [SIDE, SIDE, 3], 'int32'));
  probabilities.push(CLASSES.map((name) => answer.find(({ className }) => className === name).probability));
}
process.stdout.write(`${JSON.stringify(probabilities)}\n`);
