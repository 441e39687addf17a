import { buildFluxTransformer } from '../../inference/models/flux-transformer.ts';
import { openComponent } from '../../inference/models/open-component.ts';
import { denoise } from '../../inference/pipelines/denoise.ts';
import type { Tokens } from '../../inference/runtime/packing.ts';
import { normalValues } from '../../inference/runtime/rng.ts';
import { openDevice, openSession } from '../../inference/runtime/session.ts';
import { createFlowMatchEuler, schedulerConfigSchema } from '../../inference/schedulers/flow-match-euler.ts';
import { median } from '../median.ts';
import { IN_CHANNELS, POOLED_SIZE, TEXT_SIZE, type TransformerSize } from './random-transformer.ts';

export interface StepRequest {
  readonly modelFolder: string;
  readonly references: number;
  /** Tokens along one side of each picture. */
  readonly side: number;
  readonly textTokens: number;
  readonly steps: number;
  readonly threads: number;
}

/** Median milliseconds of one denoising step of our engine; the first step is not counted. */
export async function timeSteps(request: StepRequest): Promise<number> {
  const { modelFolder, references, side, textTokens, steps, threads } = request;
  const graph = buildFluxTransformer({ modelFolder, computeType: 'f32' });
  const transformer = await openSession(graph, { device: openDevice('cpu'), threads });
  const picture = (seed: number): Tokens => ({
    gridHeight: side,
    gridWidth: side,
    channels: IN_CHANNELS,
    data: normalValues(seed, side * side * IN_CHANNELS),
  });
  const times: number[] = [];
  let before = performance.now();
  try {
    await denoise(
      {
        transformer,
        scheduler: createFlowMatchEuler(schedulerConfigSchema.parse({})),
        adapterNames: [],
        isGuidanceDistilled: false,
      },
      {
        latents: picture(0),
        references: Array.from({ length: references }, (_, index) => picture(index + 1)),
        prompt: {
          pooled: normalValues(100, POOLED_SIZE),
          hidden: normalValues(101, textTokens * TEXT_SIZE),
          textTokens,
          warnings: [],
        },
        adapter: null,
        guidance: 1,
        steps: steps + 1,
      },
      async () => {
        const now = performance.now();
        times.push(now - before);
        before = now;
      },
    );
  } finally {
    await transformer.dispose();
  }
  return median(times.slice(1));
}

/** Products per millisecond of a bare matrix multiplication with one of the model's own weights and all its rows. */
export async function measureGemm(
  { modelFolder, references, side, textTokens, steps, threads }: StepRequest,
  { heads, headSize }: TransformerSize,
): Promise<number> {
  const width = heads * headSize;
  const rows = (references + 1) * side * side + textTokens;
  const layers = openComponent({ modelFolder, computeType: 'f32' }, 'transformer');
  const { graph } = layers;
  const x = graph.input('x', 'float32', [rows, width]);
  const options = { inSize: width, outSize: 4 * width, bias: true };
  graph.output(layers.linear(x, 'single_transformer_blocks.0.proj_mlp', options), 'y', 'float32', [rows, 4 * width]);
  const session = await openSession(graph.finish(), { device: openDevice('cpu'), threads });
  const feeds = { x: { shape: [rows, width], data: normalValues(7, rows * width) } };
  const times: number[] = [];
  for (let run = 0; run <= 2 * steps; run++) {
    const start = performance.now();
    await session.run(feeds);
    times.push(performance.now() - start);
  }
  await session.dispose();
  return (rows * width * 4 * width) / median(times.slice(1));
}
