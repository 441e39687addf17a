import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readLora } from '../../inference/lora/read-lora.ts';
import { buildFluxTransformer } from '../../inference/models/flux-transformer.ts';
import type { OnnxGraph } from '../../inference/onnx/graph-types.ts';
import { openWeights } from '../../inference/onnx/safetensors.ts';

const MODEL = join(import.meta.dirname, 'goldens', 'models', 'small');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'easel-linked-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function opens({ bytes, externalDataFolder }: OnnxGraph): Promise<boolean> {
  const session = await InferenceSession.create(bytes, {
    extra: { session: { model_external_initializers_file_folder_path: externalDataFolder } },
  });
  await session.release();
  return true;
}

describe('weights that do not lie in the model folder', () => {
  test('are found where the links of a download cache point', async () => {
    const component = join(folder, 'snapshots', 'main', 'transformer');
    const blobs = join(folder, 'blobs');
    mkdirSync(blobs);
    cpSync(join(MODEL, 'transformer'), component, { recursive: true });
    for (const file of readdirSync(component)) {
      renameSync(join(component, file), join(blobs, file));
      symlinkSync(join(blobs, file), join(component, file));
    }
    const graph = buildFluxTransformer({ modelFolder: join(folder, 'snapshots', 'main') });
    expect(await opens(graph)).toBe(true);
  });

  test('are found when an adapter lies elsewhere', async () => {
    cpSync(join(MODEL, 'edit_lora'), join(folder, 'my-lora'), { recursive: true });
    const base = openWeights(join(MODEL, 'transformer'));
    const { adapter } = readLora({ name: 'mine', path: join(folder, 'my-lora'), base });
    expect(await opens(buildFluxTransformer({ modelFolder: MODEL, adapters: [adapter] }))).toBe(true);
  });

  test('are found through a link to the model folder', async () => {
    symlinkSync(MODEL, join(folder, 'model'));
    expect(await opens(buildFluxTransformer({ modelFolder: join(folder, 'model') }))).toBe(true);
  });
});
