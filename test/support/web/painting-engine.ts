import sharp from 'sharp';
import { AppError } from '../../../core/errors.ts';
import type { EngineRequest, ImageEngine } from '../../../core/ports.ts';

export interface PaintingEngineOptions {
  /** Default: `painting`. */
  readonly id?: string;
  readonly steps?: number;
  /** Called before each step; a test waits here until it wants the next step to happen. */
  readonly beforeStep?: (step: number, request: EngineRequest) => Promise<void> | void;
}

const SIZE_PX = 256;

/** An engine that paints by simple rules, so that tests see pixels change: the inputs side by side in a tint of the seed. */
export function createPaintingEngine({
  id = 'painting',
  steps = 4,
  beforeStep,
}: PaintingEngineOptions = {}): ImageEngine {
  return {
    description: {
      id,
      model: `${id} 1`,
      licence: 'none',
      attribution: [],
      maxImages: 5,
      defaultSteps: steps,
      guidance: { kind: 'none', default: 1 },
      size: { multiple: 1, rule: 'free', native: [[SIZE_PX, SIZE_PX]] },
      adapters: ['edit', 'generate'],
      seed: true,
      cancel: true,
      progress: true,
      previews: true,
      atOnce: 1,
    },
    async render(request, { signal, onStep }) {
      if (request.prompt.includes('out of memory')) throw new AppError('INFERENCE_OUT_OF_MEMORY', {});
      const picture = await paint(request);
      for (let step = 1; step <= steps; step += 1) {
        await beforeStep?.(step, request);
        if (signal.aborted) throw new AppError('CANCELLED', {});
        onStep?.({
          step,
          steps,
          ...(step * 2 >= steps ? { previewDataUrl: await previewOf(picture, step / steps) } : {}),
        });
      }
      return {
        images: [{ bytes: picture, contentType: 'image/png', widthPx: SIZE_PX, heightPx: SIZE_PX }],
        steps,
        warnings: [],
        timingsMs: { encode: 120, denoise: 2310, decode: 180, total: 2610 },
      };
    },
  };
}

async function paint({ images, seed, mode }: EngineRequest): Promise<Buffer> {
  const tint = { r: 90 + (seed % 120), g: 90 + ((seed >> 8) % 120), b: 90 + ((seed >> 16) % 120) };
  const inputs = await Promise.all(
    images.map((bytes) => sharp(bytes).resize(SIZE_PX, SIZE_PX, { fit: 'cover' }).removeAlpha().png().toBuffer()),
  );
  const [first, ...others] = inputs;
  const ground =
    first === undefined || mode === 'generate'
      ? sharp({ create: { width: SIZE_PX, height: SIZE_PX, channels: 3, background: tint } })
      : sharp(first);
  const width = Math.max(1, Math.floor(SIZE_PX / 3 / Math.max(1, others.length)));
  const insets = await Promise.all(
    (mode === 'generate' ? inputs : others).map(async (input, index) => ({
      input: await sharp(input).resize(width, width).toBuffer(),
      left: Math.min(SIZE_PX - width, 86 + index * width),
      top: 120,
    })),
  );
  // A frame in the seed's colour: the same inputs with another seed are another picture.
  const frame = Buffer.from(
    `<svg width="${SIZE_PX}" height="${SIZE_PX}"><rect x="4" y="4" width="248" height="248" rx="14" fill="none" stroke="rgb(${tint.r},${tint.g},${tint.b})" stroke-width="8"/></svg>`,
  );
  return await ground
    .composite([...insets, { input: frame, left: 0, top: 0 }])
    .png()
    .toBuffer();
}

async function previewOf(picture: Buffer, clearness: number): Promise<string> {
  const blurred = await sharp(picture)
    .resize(128, 128)
    .blur(0.5 + 12 * (1 - clearness))
    .jpeg()
    .toBuffer();
  return `data:image/jpeg;base64,${blurred.toString('base64')}`;
}
