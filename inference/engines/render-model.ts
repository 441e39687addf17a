import { InferenceError } from '../errors.ts';
import { decodeImage } from '../image/decode.ts';
import { encodePng } from '../image/encode.ts';
import { cropToMultiple, type Picture, type Size } from '../image/picture.ts';
import { defaultSize } from '../image/size-rule.ts';
import { openModelFolder } from '../model-folder/open-model-folder.ts';
import { readSafetensors, writeSafetensors } from '../onnx/safetensors.ts';
import type { Noise } from '../pipelines/prepare-latents.ts';
import type { RenderStep, RenderTimings } from '../pipelines/render.ts';
import type { DeviceName } from '../runtime/device.ts';
import type { Tokens } from '../runtime/packing.ts';
import { requireImageCount } from './check-request.ts';

/** One render of a model folder, without a child process and without fitting images to the model's sizes. */
export interface RenderModelRequest {
  readonly modelFolder: string;
  readonly prompt: string;
  /** Encoded images in the model's order, each used at its own size, cropped right and bottom to the multiple. */
  readonly images?: readonly Uint8Array[] | undefined;
  /** An adapter of the folder, or `none` (the default). */
  readonly adapter?: string | undefined;
  /** Pixels; default: the first image's size after cropping, else the model's own. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly steps?: number | undefined;
  readonly guidance?: number | undefined;
  /** Above 1 every step runs a second time with `negativePrompt` (default: the empty text). */
  readonly trueCfgScale?: number | undefined;
  readonly negativePrompt?: string | undefined;
  /** Default 0; not used with `latentsFile`. */
  readonly seed?: number | undefined;
  /** Safetensors with one float32 tensor `latents` [1, tokens, channels], packed: the starting noise. */
  readonly latentsFile?: string | undefined;
  /** Written in the same form after the last step, before unscaling. */
  readonly dumpLatentsFile?: string | undefined;
  readonly device?: DeviceName | undefined;
  readonly threads?: number | undefined;
}

export interface RenderModelResult extends Size {
  /** PNG */
  readonly image: Uint8Array;
  readonly adapter: string;
  readonly steps: number;
  readonly warnings: readonly string[];
  /** Milliseconds, without opening the model. */
  readonly timingsMs: RenderTimings;
}

export interface RenderModelOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: RenderStep) => void) | undefined;
}

/** Render with the networks of a folder in this process: the exact, bare form of a render.
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID, INPUT_INVALID, INPUT_UNSUPPORTED_IMAGE, INPUT_TOO_LARGE,
 * CANCELLED, NUMERIC_INVALID. */
export async function renderModel(
  request: RenderModelRequest,
  options: RenderModelOptions = {},
): Promise<RenderModelResult> {
  const model = openModelFolder(request.modelFolder);
  const images = request.images ?? [];
  requireImageCount(images.length, model.maxImages);
  const pictures = await Promise.all(
    images.map(async (bytes) => cropToMultiple(await decodeImage(bytes), model.size.multiple)),
  );
  const fallback: Size = pictures[0] ?? defaultSize(model.size);
  const adapter = request.adapter ?? 'none';
  const steps = request.steps ?? model.steps;
  const noise = readNoise(request);

  // Loaded here: whoever only imports the index, a bot for example, never loads the runtime.
  const [{ loadModel }, { createRenderPipeline }] = await Promise.all([
    import('../pipelines/load-model.ts'),
    import('../pipelines/render.ts'),
  ]);
  const loaded = await loadModel(model, { device: request.device, threads: request.threads });
  try {
    const { picture, latents, warnings, timings } = await createRenderPipeline(loaded).render(
      {
        prompt: request.prompt,
        negativePrompt: request.negativePrompt,
        pictures,
        adapter: adapter === 'none' ? null : adapter,
        size: { width: request.width ?? fallback.width, height: request.height ?? fallback.height },
        steps,
        guidance: request.guidance ?? model.guidance,
        trueCfgScale: request.trueCfgScale ?? model.trueCfgScale,
        noise,
      },
      options,
    );
    if (request.dumpLatentsFile !== undefined) writeLatents(request.dumpLatentsFile, latents);
    return { ...(await encoded(picture)), adapter, steps, warnings, timingsMs: timings };
  } finally {
    await loaded.dispose();
  }
}

function readNoise({ latentsFile, seed = 0 }: RenderModelRequest): Noise {
  if (latentsFile === undefined) return { kind: 'seed', seed };
  const latents = readSafetensors(latentsFile).tensors.get('latents');
  if (latents?.shape.length !== 3 || latents.shape[0] !== 1) {
    throw new InferenceError(
      'INPUT_INVALID',
      `${latentsFile} must hold a float32 tensor "latents" [1, tokens, channels].`,
      { file: latentsFile },
    );
  }
  return { kind: 'latents', data: latents.data };
}

function writeLatents(file: string, { gridHeight, gridWidth, channels, data }: Tokens): void {
  const shape = [1, gridHeight * gridWidth, channels];
  writeSafetensors(file, new Map([['latents', { shape, data }]]));
}

async function encoded(picture: Picture): Promise<Size & { readonly image: Uint8Array }> {
  return { image: await encodePng(picture), width: picture.width, height: picture.height };
}
