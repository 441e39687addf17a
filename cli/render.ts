import { loadConfig } from '../core/config.ts';
import { renderModel } from '../inference/index.ts';
import { abortOnInterrupt } from './abort-on-interrupt.ts';
import { UsageError } from './failure.ts';
import { readInput, requireWritableFolder, writeOutput } from './files.ts';
import type { Io } from './io.ts';

export interface RenderOptions {
  readonly model: string;
  readonly adapter?: string;
  readonly prompt: string;
  readonly image?: readonly string[];
  readonly width?: number;
  readonly height?: number;
  readonly steps?: number;
  readonly guidance?: number;
  readonly seed?: number;
  readonly latents?: string;
  readonly dumpLatents?: string;
  readonly output: string;
}

/** One render of a model folder in this process, on the device of EASEL_DEVICE. */
export async function render(options: RenderOptions, io: Io): Promise<void> {
  const { device } = loadConfig(process.env);
  const { model, image = [], latents, dumpLatents, output, width, height, ...rest } = options;
  if ((width === undefined) !== (height === undefined)) throw new UsageError('--width and --height belong together.');
  for (const file of [output, dumpLatents]) if (file !== undefined) requireWritableFolder(file);
  if (latents !== undefined) await readInput(latents);
  const images = await Promise.all(image.map(readInput));
  const { signal, release } = abortOnInterrupt();
  try {
    const result = await renderModel(
      {
        ...rest,
        device,
        modelFolder: model,
        images,
        width,
        height,
        latentsFile: latents,
        dumpLatentsFile: dumpLatents,
      },
      { signal, onStep: ({ step, steps }) => io.progress(`Step ${step} of ${steps}`) },
    );
    io.progress('');
    await writeOutput(output, result.image);
    for (const warning of result.warnings) io.note(warning);
    const seconds = (result.timingsMs.total / 1000).toFixed(1);
    io.note(`${result.width} x ${result.height}, adapter ${result.adapter}, ${result.steps} steps, ${seconds} s`);
    io.out(output);
  } finally {
    release();
  }
}
