import { join } from 'node:path';
import { createRuleInterpreter } from '../../core/intent-rules.ts';
import { bytesOf } from '../../core/job-handlers.ts';
import type { ReadyEngine } from '../../queue/inference/image-engine.ts';
import { NoPictureError } from '../failure.ts';
import { PACKAGE_FOLDER, writeOutput } from '../files.ts';
import { firstRender, readTurn } from '../read-turn.ts';
import { texts } from '../texts.ts';

export interface TriedPicture {
  readonly model: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly seconds: number;
  /** Where it can be looked at. */
  readonly file: string;
  readonly warnings: readonly string[];
}

export interface TryOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  /** Where the picture is left, to be looked at. */
  readonly folder: string;
}

const SAMPLES = ['red-bag.png', 'blue-dotted-dress.png'].map((name) =>
  join(PACKAGE_FOLDER, 'models/easel-stickers/samples', name),
);
const BOTH = 'Give the bag in image 1 the pattern of the dress in image 2.';
const ONE = 'Make the bag blue.';

/**
 * Make one real picture the way a message in a chat is made, with two images where the engine takes two.
 * @throws AppError as the engine does; CANCELLED after an abort.
 */
export async function tryEngine(
  engine: ReadyEngine,
  { signal, onProgress, folder }: TryOptions,
): Promise<TriedPicture> {
  const { description } = engine;
  const isForTwo = description.maxImages > 1;
  const [text, files] = isForTwo ? [BOTH, SAMPLES] : [ONE, SAMPLES.slice(0, 1)];
  const interpreter = { reading: () => createRuleInterpreter({ texts }) };
  const read = await readTurn({ text, files, mode: 'edit', engine: description, interpreter, signal });
  const render = firstRender(read);
  if (render === undefined) throw new NoPictureError('The test request asks for no picture.');
  const images = await Promise.all(render.inputs.map((input) => bytesOf(read.blobs, input)));

  const started = performance.now();
  onProgress('Asking whether it is there');
  await engine.ready();
  onProgress('Making a picture');
  const { mode, prompt, reading, adapter, seed } = render;
  const onStep = ({ step, steps }: { readonly step: number; readonly steps: number }) =>
    onProgress(`Step ${step} of ${steps}`);
  const result = await engine.render({ mode, prompt, reading, adapter, images, seed }, { signal, onStep });
  const [picture] = result.images;
  if (picture === undefined) throw new NoPictureError('The engine made no picture.');
  const file = join(folder, `easel-setup-${Date.now()}.png`);
  await writeOutput(file, picture.bytes);
  const { widthPx, heightPx } = picture;
  const seconds = (performance.now() - started) / 1000;
  return { model: description.model, widthPx, heightPx, seconds, file, warnings: result.warnings };
}

export function sentenceOf({ model, widthPx, heightPx, seconds, file }: TriedPicture): string {
  return `${model} made a picture of ${widthPx} × ${heightPx} in ${seconds.toFixed(1)} s: ${file}`;
}
