import type { EngineRequest, ImageEngine } from '../../core/ports.ts';
import { resizePicture } from '../../inference/image/resize.ts';
import { decodeImage, type Picture, type Size } from '../../inference/index.ts';
import { sentenceOf } from '../say-failures.ts';
import type { RenderedControl } from './controls.ts';

/** What a case needs of an engine. */
export type CaseEngine = Pick<ImageEngine, 'render'>;

/** What the engine made of a request. */
export type Rendered =
  | {
      readonly kind: 'rendered';
      readonly picture: Picture;
      readonly warnings: readonly string[];
      readonly seconds: number;
    }
  | { readonly kind: 'crashed'; readonly problem: string };

/** Render what was asked. A render that fails is a result too.
 * @param size of the case's pictures; without one the picture keeps its own. */
export async function renderCase(engine: CaseEngine, request: EngineRequest, size?: Size): Promise<Rendered> {
  const start = performance.now();
  try {
    const { images, warnings } = await engine.render(request, { signal: new AbortController().signal });
    const seconds = (performance.now() - start) / 1000;
    const [image] = images;
    if (image === undefined) return { kind: 'crashed', problem: 'the engine made no picture' };
    const made = await decodeImage(image.bytes);
    const picture = size === undefined ? made : await resizePicture(made, size);
    return { kind: 'rendered', picture, warnings, seconds };
  } catch (error) {
    return { kind: 'crashed', problem: `crashed: ${sentenceOf(error)}` };
  }
}

/** The request as a control asks it: the inputs reversed, or the base model alone. */
export function controlRequest(request: EngineRequest, control: RenderedControl): EngineRequest {
  return control === 'swapped' ? { ...request, images: request.images.toReversed() } : { ...request, adapter: 'none' };
}
