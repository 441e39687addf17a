import { resizePicture } from '../../inference/image/resize.ts';
import { decodeImage, encodePng, type ImageRequest, type LocalEngine, type Picture } from '../../inference/index.ts';
import type { Case, CasePictures } from './cases.ts';
import type { RenderedControl } from './controls.ts';
import { seedOf } from './damage.ts';

/** What a case needs of an engine. */
export type CaseEngine = Pick<LocalEngine, 'render'>;

/** What the engine made of a case; `picture` has the case's size. */
export type Rendered =
  | {
      readonly kind: 'rendered';
      readonly picture: Picture;
      readonly adapter: string;
      readonly warnings: readonly string[];
      readonly seconds: number;
    }
  | { readonly kind: 'crashed'; readonly problem: string };

export interface RenderCaseOptions {
  readonly steps?: number | undefined;
  readonly control?: RenderedControl | undefined;
}

/** Render a case as a person's request would be: canonical wording, the adapter by the rule, a seed of its own.
 * A render that fails is a result too. */
export async function renderCase(
  engine: CaseEngine,
  one: Case,
  { inputs, target }: CasePictures,
  { steps, control }: RenderCaseOptions,
): Promise<Rendered> {
  const images = await Promise.all(inputs.map(encodePng));
  const request: ImageRequest = {
    mode: one.mode,
    prompt: promptOf(one),
    images: control === 'swapped' ? images.toReversed() : images,
    seed: seedOf(one.id),
    ...(steps === undefined ? {} : { steps }),
    ...(control === 'noAdapter' ? { adapter: 'none' } : {}),
  };
  const start = performance.now();
  try {
    const { images: made, adapter, warnings } = await engine.render(request);
    const seconds = (performance.now() - start) / 1000;
    const [image] = made;
    if (image === undefined) return { kind: 'crashed', problem: 'the engine made no picture' };
    const picture = await resizePicture(await decodeImage(image.bytes), target);
    return { kind: 'rendered', picture, adapter, warnings, seconds };
  } catch (error) {
    return { kind: 'crashed', problem: `crashed: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** A text to image case has no instruction: its description is the prompt. */
export function promptOf({ instruction, description }: Case): string {
  return instruction === '' ? description : instruction;
}
