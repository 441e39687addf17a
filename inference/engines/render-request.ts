import { decodeImage } from '../image/decode.ts';
import { encodePng, encodePreview } from '../image/encode.ts';
import type { FittedPicture } from '../image/pad.ts';
import { type Box, cropPicture, type Picture, type Size } from '../image/picture.ts';
import { defaultSize, fitInput, outputSize, type SizeRule } from '../image/size-rule.ts';
import type { ModelFolder } from '../model-folder/open-model-folder.ts';
import type { RenderPipeline } from '../pipelines/render.ts';
import { chooseAdapter } from './choose-adapter.ts';
import { aspectRatio, type ImageRequest, type ImageResult } from './image-request.ts';

export interface RenderRequestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: RequestStep) => void) | undefined;
  /** Whether some steps carry a preview. */
  readonly previews?: boolean | undefined;
}

export interface RequestStep {
  /** 1..steps */
  readonly step: number;
  readonly steps: number;
  /** JPEG of the picture as predicted now. */
  readonly preview?: Uint8Array;
}

/** Previews of one render, at most. */
const PREVIEWS = 3;

/** Where the output lies in what the model makes. */
interface OutputFrame {
  readonly size: Size;
  readonly region: Box;
  readonly warnings: readonly string[];
}

/** Make one picture from encoded images: decode, fit to the model's sizes, render, cut the padding off, encode.
 * @throws {InferenceError} INPUT_UNSUPPORTED_IMAGE, INPUT_TOO_LARGE, and what the pipeline throws. */
export async function renderRequest(
  model: ModelFolder,
  pipeline: RenderPipeline,
  request: ImageRequest,
  { signal, onStep, previews = false }: RenderRequestOptions = {},
): Promise<ImageResult> {
  const start = performance.now();
  const { adapter, warnings } = chooseAdapter(model, request);
  const steps = request.steps ?? model.steps;
  const inputs = await Promise.all(request.images.map(async (bytes) => fitInput(await decodeImage(bytes), model.size)));
  const frame = outputFrame(model.size, request, inputs[0]);
  const fitted = performance.now();

  const result = await pipeline.render(
    {
      prompt: request.prompt,
      negativePrompt: request.negativePrompt,
      pictures: inputs.map(({ picture }) => picture),
      adapter,
      size: frame.size,
      steps,
      guidance: request.guidance ?? model.guidance,
      trueCfgScale: model.trueCfgScale,
      noise: { kind: 'seed', seed: request.seed },
    },
    {
      signal,
      previewEvery: previews ? Math.ceil(steps / (PREVIEWS + 1)) : 0,
      onStep: async ({ preview, ...step }) => {
        if (!onStep) return;
        const image = preview && (await encodePreview(cropPicture(preview, frame.region)));
        onStep({ ...step, ...(image && { preview: image }) });
      },
    },
  );

  const decoded = performance.now();
  const picture = cropPicture(result.picture, frame.region);
  const bytes = await encodePng(picture);
  const end = performance.now();
  return {
    images: [{ bytes, contentType: 'image/png', widthPx: picture.width, heightPx: picture.height }],
    adapter: adapter ?? 'none',
    steps,
    warnings: [...warnings, ...trainedWarnings(model, request), ...frame.warnings, ...result.warnings],
    timingsMs: {
      encode: fitted - start + result.timings.encode,
      denoise: result.timings.denoise,
      decode: end - decoded + result.timings.decode,
      total: end - start,
    },
  };
}

/** An edit without a wish keeps the base's frame and loses its padding; everything else fills the frame. */
function outputFrame(rule: SizeRule, { mode, aspect }: ImageRequest, base: FittedPicture | undefined): OutputFrame {
  if (aspect === undefined && mode === 'edit' && base) {
    if (rule.rule === 'native') return { size: sizeOf(base.picture), region: base.region, warnings: [] };
    return whole(outputSize(rule, base.picture.width / base.picture.height));
  }
  if (aspect === undefined) return whole(defaultSize(rule));
  const size = outputSize(rule, aspectRatio(aspect));
  const difference = Math.abs(Math.log(size.width / size.height / aspectRatio(aspect)));
  return whole(
    size,
    difference > 0.1 ? [`The model makes no ${aspect} pictures; this one is ${size.width} x ${size.height}.`] : [],
  );
}

function whole(size: Size, warnings: readonly string[] = []): OutputFrame {
  return { size, region: { left: 0, top: 0, ...size }, warnings };
}

function sizeOf({ width, height }: Picture): Size {
  return { width, height };
}

function trainedWarnings({ trainedImages }: ModelFolder, { images }: ImageRequest): readonly string[] {
  if (images.length <= trainedImages) return [];
  return [`This model was trained on up to ${trainedImages} images at once; with ${images.length} it may mix them up.`];
}
