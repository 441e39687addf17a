import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { interpretationSchema } from '../../core/domain.ts';
import type { Interpreter, InterpreterRequest } from '../../core/ports.ts';
import { anImage } from '../support/builders/conversation.ts';

export interface InterpreterHarness {
  readonly interpreter: Interpreter;
  close(): Promise<void>;
}

/** What every interpreter does, however it reads. */
export function describeInterpreter(name: string, open: () => Promise<InterpreterHarness>): void {
  describe(`Interpreter: ${name}`, () => {
    let harness: InterpreterHarness;
    beforeEach(async () => {
      harness = await open();
    });
    afterEach(() => harness.close());

    const read = (request: Partial<InterpreterRequest>) =>
      harness.interpreter.interpret({ ...aRequest(), ...request }, { signal: new AbortController().signal });

    it('names the base and the reference in people’s numbers', async () => {
      const reading = await read({ text: 'Give the bag in image 2 the pattern of the dress in image 1' });
      expect(interpretationSchema.parse(reading)).toEqual(reading);
      expect(reading).toMatchObject({ mode: 'edit', base: 2, references: [1], count: 1 });
      expect(reading.instruction).toContain('image 2');
    });

    it('takes the current image for "it"', async () => {
      const images = [anImage(1), anImage(2), anImage(3, { kind: 'result' })];
      expect(await read({ text: 'make it blue', images, attached: [], current: 3 })).toMatchObject({
        mode: 'edit',
        base: 3,
        references: [],
      });
    });

    it('gives a generation no base', async () => {
      const reading = await read({ text: 'Make a picture of the bag from image 1 in the style of image 2' });
      expect(reading).toMatchObject({ mode: 'generate', base: null, references: [1, 2] });
    });

    it('follows the chosen mode', async () => {
      expect(
        await read({ text: 'the bag from image 1 with the pattern of image 2', chosenMode: 'generate' }),
      ).toMatchObject({ mode: 'generate', base: null });
    });

    it('refuses an image that is not there', async () => {
      await expect(read({ text: 'make image 7 blue' })).rejects.toMatchObject({
        code: 'UNKNOWN_IMAGE',
        values: { number: 7, count: 2 },
      });
    });

    it('refuses an edit without any image', async () => {
      await expect(read({ text: 'make the bag red', images: [], attached: [] })).rejects.toMatchObject({
        code: 'NO_IMAGE',
      });
    });

    it('drops no image silently when there are more than the engine takes', async () => {
      const images = [1, 2, 3, 4, 5].map((number) => anImage(number));
      const text = 'combine image 1, image 2, image 3, image 4 and image 5';
      await expect(read({ text, images, attached: [1, 2, 3, 4, 5] })).rejects.toMatchObject({
        code: 'TOO_MANY_IMAGES',
        values: { limit: 4, count: 5 },
      });
    });

    it('stops when it is told to', async () => {
      const signal = AbortSignal.abort('cancelled');
      await expect(harness.interpreter.interpret(aRequest(), { signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    });
  });
}

function aRequest(): InterpreterRequest {
  return { text: 'make it red', images: [anImage(1), anImage(2)], attached: [1, 2], current: null, maxImages: 4 };
}
