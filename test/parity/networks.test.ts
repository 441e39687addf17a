import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { readLora } from '../../inference/lora/read-lora.ts';
import { buildVaeDecoder, buildVaeEncoder } from '../../inference/models/autoencoder-kl.ts';
import { buildClipText } from '../../inference/models/clip-text.ts';
import { buildFluxTransformer } from '../../inference/models/flux-transformer.ts';
import { buildT5Encoder } from '../../inference/models/t5-encoder.ts';
import type { OnnxGraph } from '../../inference/onnx/graph-types.ts';
import { type Float32Tensor, openWeights, readSafetensors } from '../../inference/onnx/safetensors.ts';

const GOLDENS = join(import.meta.dirname, 'goldens');
// In float32 what remains is the order of the sums; float16 rounds each value to 11 bits.
const CASES = ['small', 'medium', 'wide'].flatMap((model) => [
  { model, computeType: 'f32', tolerance: 1e-5 } as const,
  { model, computeType: 'f16', tolerance: 5e-3 } as const,
]);

type Feeds = Readonly<Record<string, Tensor>>;

async function openGraph(graph: OnnxGraph): Promise<InferenceSession> {
  return await InferenceSession.create(graph.bytes, {
    intraOpNumThreads: 1,
    extra: { session: { model_external_initializers_file_folder_path: graph.externalDataFolder } },
  });
}

function floats({ shape, data }: Float32Tensor): Tensor {
  return new Tensor('float32', data, shape);
}

function integers({ shape, data }: Float32Tensor): Tensor {
  return new Tensor('int64', BigInt64Array.from(data, BigInt), shape);
}

/** Largest difference relative to the largest value of the expected tensor. */
function relativeError(actual: Tensor | undefined, expected: Float32Tensor): number {
  expect(actual?.dims).toEqual(expected.shape);
  const values = actual?.data;
  if (!(values instanceof Float32Array)) return Number.POSITIVE_INFINITY;
  const largest = expected.data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return (
    expected.data.reduce((max, value, i) => Math.max(max, Math.abs(value - (values[i] ?? Number.NaN))), 0) / largest
  );
}

describe.each(CASES)('networks of the $model model in $computeType', ({ model, computeType, tolerance }) => {
  const modelFolder = join(GOLDENS, 'models', model);
  const { tensors } = readSafetensors(join(GOLDENS, 'networks', `${model}.safetensors`));
  const golden = (name: string): Float32Tensor => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`no golden ${name}`);
    return tensor;
  };
  const casesOf = (network: string): readonly string[] => [
    ...new Set(
      [...tensors.keys()].filter((key) => key.startsWith(`${network}/`)).map((key) => key.split('/')[1] ?? ''),
    ),
  ];
  const run = async (graph: OnnxGraph, feeds: Feeds) => {
    const session = await openGraph(graph);
    const results = await session.run(feeds);
    await session.release();
    return results;
  };

  test.each(casesOf('encoder'))('the encoder gives the latents of diffusers (%s)', async (name) => {
    const results = await run(buildVaeEncoder({ modelFolder, computeType }), {
      pixels: floats(golden(`encoder/${name}/pixels`)),
    });
    expect(relativeError(results['latents'], golden(`encoder/${name}/latents`))).toBeLessThan(tolerance);
  });

  test.each(casesOf('decoder'))('the decoder gives the pixels of diffusers (%s)', async (name) => {
    const results = await run(buildVaeDecoder({ modelFolder, computeType }), {
      latents: floats(golden(`decoder/${name}/latents`)),
    });
    expect(relativeError(results['pixels'], golden(`decoder/${name}/pixels`))).toBeLessThan(tolerance);
  });

  test.each(casesOf('clip'))('CLIP gives the pooled output of transformers (%s)', async (name) => {
    const results = await run(buildClipText({ modelFolder, computeType }), {
      input_ids: integers(golden(`clip/${name}/input_ids`)),
    });
    expect(relativeError(results['pooled'], golden(`clip/${name}/pooled`))).toBeLessThan(tolerance);
  });

  test.each(casesOf('t5'))('T5 gives the hidden states of transformers (%s)', async (name) => {
    const results = await run(buildT5Encoder({ modelFolder, computeType }), {
      input_ids: integers(golden(`t5/${name}/input_ids`)),
    });
    expect(relativeError(results['hidden_states'], golden(`t5/${name}/hidden_states`))).toBeLessThan(tolerance);
  });

  const base = openWeights(join(modelFolder, 'transformer'));
  const adapters = ['edit', 'generate'].map(
    (name) => readLora({ name, path: join(modelFolder, name === 'edit' ? 'edit_lora' : 'gen_lora'), base }).adapter,
  );

  function transformerFeeds(name: string, adapter: string): Feeds {
    const prefix = `transformer/${name}/`;
    const inputs = [...tensors].filter(([key]) => key.startsWith(prefix) && !key.includes('velocity'));
    const outputTokens = golden(`${prefix}velocity-${adapter}`).shape[1] ?? 0;
    return {
      ...Object.fromEntries(inputs.map(([key, tensor]) => [key.slice(prefix.length), floats(tensor)])),
      output_tokens: integers({ shape: [1], data: Float32Array.of(outputTokens) }),
    };
  }

  test('the transformer gives the velocities of diffusers with every adapter, in one session', async () => {
    const graph = buildFluxTransformer({ modelFolder, adapters, computeType });
    expect(graph.adapterNames).toEqual(['edit', 'generate']);
    const session = await openGraph(graph);
    const compared: string[] = [];
    for (const name of casesOf('transformer')) {
      for (const adapter of ['edit', 'none', 'generate']) {
        const expected = tensors.get(`transformer/${name}/velocity-${adapter}`);
        if (expected === undefined) continue;
        const results = await session.run({
          ...transformerFeeds(name, adapter),
          adapter_index: integers({
            shape: [1],
            data: Float32Array.of(Math.max(0, graph.adapterNames.indexOf(adapter))),
          }),
          adapter_scale: new Tensor('float32', [adapter === 'none' ? 0 : 1], [1]),
        });
        expect(relativeError(results['velocity'], expected), `${name} ${adapter}`).toBeLessThan(tolerance);
        compared.push(`${name} ${adapter}`);
      }
    }
    expect(compared).toHaveLength(8);
    await session.release();
  });

  test('the transformer without adapters gives the velocities of the base alone', async () => {
    for (const name of ['0-references', '1-references', '3-references', 'far-reference']) {
      const results = await run(buildFluxTransformer({ modelFolder, computeType }), transformerFeeds(name, 'none'));
      const expected = golden(`transformer/${name}/velocity-none`);
      expect(relativeError(results['velocity'], expected), name).toBeLessThan(tolerance);
    }
  });
});
