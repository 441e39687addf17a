import { join } from 'node:path';
import { readLora } from '../lora/read-lora.ts';
import type { ModelFolder } from '../model-folder/open-model-folder.ts';
import {
  type AutoencoderGeometry,
  autoencoderGeometry,
  buildVaeDecoder,
  buildVaeEncoder,
} from '../models/autoencoder-kl.ts';
import { buildClipText } from '../models/clip-text.ts';
import { buildFluxTransformer } from '../models/flux-transformer.ts';
import { buildT5Encoder } from '../models/t5-encoder.ts';
import { openWeights } from '../onnx/safetensors.ts';
import type { DeviceName } from '../runtime/device.ts';
import { openDevice, openSession, type Session } from '../runtime/session.ts';
import { createFlowMatchEuler, type FlowMatchEuler } from '../schedulers/flow-match-euler.ts';
import { openClipTokenizer } from '../tokenizers/clip.ts';
import type { PaddedTokenizer } from '../tokenizers/padded-tokenizer.ts';
import { openT5Tokenizer } from '../tokenizers/t5.ts';

/** The parts of a pipeline, opened and ready; no call changes them. */
export interface LoadedModel {
  readonly model: ModelFolder;
  readonly autoencoder: AutoencoderGeometry;
  readonly clipTokenizer: PaddedTokenizer;
  readonly t5Tokenizer: PaddedTokenizer;
  readonly clip: Session;
  readonly t5: Session;
  readonly vaeEncoder: Session;
  readonly vaeDecoder: Session;
  readonly transformer: Session;
  /** Adapter k of the transformer is `adapterNames[k]`. */
  readonly adapterNames: readonly string[];
  /** Whether the transformer reads `guidance`. */
  readonly isGuidanceDistilled: boolean;
  readonly scheduler: FlowMatchEuler;
  /** Sentences about adapter weights that fit nothing. */
  readonly warnings: readonly string[];
  dispose(): Promise<void>;
}

export interface LoadModelOptions {
  readonly device?: DeviceName | undefined;
  readonly threads?: number | undefined;
}

/** Build and open every network of a model folder.
 * @throws {InferenceError} MODEL_MISSING or MODEL_INVALID, naming the file and what was expected of it. */
export async function loadModel(
  model: ModelFolder,
  { device = 'cpu', threads }: LoadModelOptions = {},
): Promise<LoadedModel> {
  const modelFolder = model.folder;
  const opened = openDevice(device);
  const { computeType } = opened;
  const base = openWeights(join(modelFolder, 'transformer'));
  const loras = model.adapters.map(({ name, path }) => readLora({ name, path, base }));
  const clipGraph = buildClipText({ modelFolder, computeType });
  const transformerGraph = buildFluxTransformer({
    modelFolder,
    computeType,
    adapters: loras.map(({ adapter }) => adapter),
  });
  const clipTokenizer = openClipTokenizer(join(modelFolder, 'tokenizer'), clipGraph.maxTokens);
  const t5Tokenizer = openT5Tokenizer(join(modelFolder, 'tokenizer_2'), model.maxTextTokens);

  const sessions: Session[] = [];
  const open = async (graph: Parameters<typeof openSession>[0]) => {
    const session = await openSession(graph, { device: opened, threads });
    sessions.push(session);
    return session;
  };
  const dispose = async () => {
    await Promise.all(sessions.splice(0).map((session) => session.dispose()));
  };
  try {
    return {
      model,
      autoencoder: autoencoderGeometry({ modelFolder }),
      clipTokenizer,
      t5Tokenizer,
      clip: await open(clipGraph),
      t5: await open(buildT5Encoder({ modelFolder, computeType })),
      vaeEncoder: await open(buildVaeEncoder({ modelFolder, computeType })),
      vaeDecoder: await open(buildVaeDecoder({ modelFolder, computeType })),
      transformer: await open(transformerGraph),
      adapterNames: transformerGraph.adapterNames,
      isGuidanceDistilled: transformerGraph.guidanceEmbeds,
      scheduler: createFlowMatchEuler(model.scheduler),
      warnings: loras.flatMap(({ warnings }) => warnings),
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
