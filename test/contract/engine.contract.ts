import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, EngineStep, ImageRequest } from '../../inference/index.ts';
import { plainPicture } from '../support/engines/paint.ts';

export interface EngineUnderTest {
  readonly engine: Engine;
  stop(): Promise<void>;
}

const START_MS = 120_000;
const RED = [200, 30, 30] as const;
const BLUE = [30, 30, 200] as const;

/** What every engine keeps, whatever makes its pictures. */
export function describeEngine(name: string, start: () => Promise<EngineUnderTest>): void {
  describe(`the engine ${name}`, () => {
    let engine: Engine;
    let stop: () => Promise<void>;
    let edit: ImageRequest;
    beforeAll(async () => {
      const started = await start();
      ({ engine } = started);
      stop = () => started.stop();
      const images = [await plainPicture(RED, 64, 32), await plainPicture(BLUE, 40, 40)];
      edit = { mode: 'edit', prompt: 'Give image 1 the color of image 2.', images, seed: 7 };
      await engine.ready();
    }, START_MS);
    afterAll(async () => {
      await engine.dispose();
      await stop();
    });

    it('says what it is and has', () => {
      const { id, model, licence, maxImages, defaultSteps, size } = engine.description;
      expect(id).toMatch(/^[a-z0-9-]+$/);
      expect(model).not.toBe('');
      expect(licence).not.toBe('');
      expect(maxImages).toBeGreaterThanOrEqual(1);
      if (defaultSteps !== null) expect(defaultSteps).toBeGreaterThanOrEqual(1);
      if (size.rule === 'native' || size.rule === 'listed') expect(size.native.length).toBeGreaterThan(0);
    });

    it('makes one PNG of the size it says', async () => {
      const { images, timingsMs } = await engine.render(edit);
      expect(images).toHaveLength(1);
      const [picture] = images;
      const { format, width, height } = await sharp(picture?.bytes).metadata();
      expect({ format, width, height }).toEqual({ format: 'png', width: picture?.widthPx, height: picture?.heightPx });
      expect(picture?.contentType).toBe('image/png');
      expect(timingsMs['total']).toBeGreaterThan(0);
    });

    it('keeps the shape of an edit’s base, or says that it could not', async () => {
      const { images, warnings } = await engine.render(edit);
      const [{ widthPx, heightPx } = { widthPx: 0, heightPx: 1 }] = images;
      const isKept = Math.abs(Math.log(widthPx / heightPx / 2)) < 0.03;
      expect(isKept || warnings.some((warning) => warning.includes('shape'))).toBe(true);
    });

    it('makes a new picture without any image', async () => {
      const { images } = await engine.render({ mode: 'generate', prompt: 'a red bird', images: [], seed: 1 });
      expect(images).toHaveLength(1);
    });

    it('tells its images apart', async () => {
      const [base, reference] = edit.images;
      if (base === undefined || reference === undefined) throw new Error('two images are needed');
      const generation = { ...edit, mode: 'generate', prompt: 'Image 1 beside image 2.' } as const;
      const one = await engine.render({ ...generation, images: [base, reference] });
      const other = await engine.render({ ...generation, images: [reference, base] });
      expect(Buffer.compare(bytesOf(one), bytesOf(other))).not.toBe(0);
    });

    it('refuses more images than it takes, and an edit without any', async () => {
      const [base] = edit.images;
      const tooMany = Array.from({ length: engine.description.maxImages + 1 }, () => base ?? new Uint8Array());
      await expect(engine.render({ ...edit, images: tooMany })).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        details: { images: tooMany.length, maxImages: engine.description.maxImages },
      });
      await expect(engine.render({ ...edit, images: [] })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    });

    it('draws the same picture from the same seed, or says that it draws its own', async () => {
      const [first, again] = [await engine.render(edit), await engine.render(edit)];
      const isSame = Buffer.compare(bytesOf(first), bytesOf(again)) === 0;
      expect(isSame).toBe(engine.description.seed);
      if (engine.description.seed) {
        const other = await engine.render({ ...edit, seed: 8 });
        expect(Buffer.compare(bytesOf(first), bytesOf(other))).not.toBe(0);
      } else {
        expect(first.warnings.join()).toContain('its own noise');
      }
    });

    it('tells its steps in order, exactly where it says that it does', async () => {
      const steps: EngineStep[] = [];
      const result = await engine.render(edit, { onStep: (step) => steps.push(step) });
      if (!engine.description.progress) return expect(steps).toEqual([]);
      expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: result.steps ?? 0 }, (_, index) => index + 1));
      expect(steps.some(({ previewDataUrl }) => previewDataUrl?.startsWith('data:image/') === true)).toBe(
        engine.description.previews,
      );
    });

    it('goes on when whoever watches its steps fails', async () => {
      const { images } = await engine.render(edit, {
        onStep: () => {
          throw new Error('the watcher failed');
        },
      });
      expect(images).toHaveLength(1);
    });

    it('takes as many steps as are asked for, or says that it has none', async () => {
      const { steps, warnings } = await engine.render({ ...edit, steps: 2 });
      if (engine.description.defaultSteps === null) expect(warnings.join()).toContain('no number of steps');
      else expect(steps).toBe(2);
    });

    it('ends as cancelled when it was aborted before, and makes the next picture all the same', async () => {
      await expect(engine.render(edit, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
      expect((await engine.render(edit)).images).toHaveLength(1);
    });
  });
}

function bytesOf({ images: [picture] }: Awaited<ReturnType<Engine['render']>>): Buffer {
  return Buffer.from(picture?.bytes ?? new Uint8Array());
}
