import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPictureClassifier, type PictureClassifier } from '../../../inference/index.ts';
import { createReadyClassifier } from '../../../queue/inference/picture-classifier.ts';

const FILE = 'models/safety/nsfw-mobilenet-v2.onnx';
const bag = new Uint8Array(readFileSync('models/easel-stickers/samples/red-bag.png'));

describe('the picture classifier in its process', () => {
  let classifier: PictureClassifier;
  beforeAll(async () => {
    classifier = createPictureClassifier(FILE);
    await classifier.ready();
  }, 60_000);
  afterAll(() => classifier.dispose());

  it('takes a sticker for a drawing that anybody may see, and says the same again', async () => {
    const scores = await classifier.classify(bag);
    expect(scores.drawing + scores.neutral).toBeGreaterThan(0.9);
    expect(await classifier.classify(bag)).toEqual(scores);
  });

  it('runs in no process of ours, and in a new one after that died', async () => {
    const pid = classifier.pid() ?? expect.fail('no process');
    expect(pid).not.toBe(process.pid);
    process.kill(pid, 'SIGKILL');
    await expect(classifier.classify(bag)).rejects.toMatchObject({ code: 'INFERENCE_CHILD_DIED' });
    await expect(classifier.classify(bag)).resolves.toHaveProperty('drawing');
    expect(classifier.pid()).not.toBe(pid);
  });

  it('says what it cannot read', async () => {
    await expect(classifier.classify(new Uint8Array(100))).rejects.toMatchObject({ code: 'INPUT_UNSUPPORTED_IMAGE' });
  });
});

describe('the classifier as the safety filter asks it', () => {
  const during = { signal: new AbortController().signal };

  it('lets nothing pass that it could not look at', async () => {
    const ready = createReadyClassifier(FILE);
    await expect(ready.classify(new Uint8Array(100), during)).rejects.toMatchObject({
      code: 'SAFETY_UNAVAILABLE',
      details: { reason: 'INPUT_UNSUPPORTED_IMAGE' },
    });
    await ready.dispose();
  });

  it('says that its model is missing, and refuses every picture without it', async () => {
    const missing = createReadyClassifier('models/safety/none.onnx');
    await expect(missing.ready()).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    await expect(missing.classify(bag, during)).rejects.toMatchObject({ code: 'SAFETY_UNAVAILABLE' });
    await missing.dispose();
  });
});
