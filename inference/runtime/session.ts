import { InferenceSession, listSupportedBackends, Tensor as OrtTensor } from 'onnxruntime-node';
import { InferenceError } from '../errors.ts';
import { createGraphBuilder } from '../onnx/graph-builder.ts';
import type { OnnxGraph, TensorSpec } from '../onnx/graph-types.ts';
import { type Device, type DeviceName, deviceUnavailable, selectDevice } from './device.ts';
import { physicalCores } from './physical-cores.ts';

/** A dense tensor, row-major; `data` belongs to the caller and is not kept after a run. */
interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** One network ready to run. Runs block the event loop for their whole duration. */
export interface Session {
  readonly inputs: readonly TensorSpec[];
  /** @throws {InferenceError} SHAPE_MISMATCH naming every missing, unknown or misshapen tensor at once;
   * INFERENCE_OUT_OF_MEMORY when the runtime cannot allocate; MODEL_INVALID when it refuses the network itself. */
  run(feeds: Tensors): Promise<Tensors>;
  dispose(): Promise<void>;
}

export interface SessionOptions {
  readonly device: Device;
  /** Threads inside one operator; default: the physical cores this process may use. */
  readonly threads?: number | undefined;
}

/** The device of a name, as far as this build of the runtime knows it. */
export function openDevice(name: DeviceName): Device {
  return selectDevice(
    name,
    listSupportedBackends().map((backend) => backend.name),
  );
}

/** Open a graph. Spinning is off: several sessions share the cores and would slow each other down.
 * @throws {InferenceError} MODEL_INVALID when the runtime refuses graph or weights, DEVICE_UNAVAILABLE when it opens nothing
 * on this device. */
export async function openSession(graph: OnnxGraph, options: SessionOptions): Promise<Session> {
  const session = await createOrtSession(graph, options);
  return {
    inputs: graph.inputs,
    async run(feeds) {
      checkTensors('input', graph.inputs, feeds);
      const outputs = toTensors(await runOrtSession(session, feeds));
      checkTensors('output', graph.outputs, outputs);
      return outputs;
    },
    async dispose() {
      await session.release();
    },
  };
}

/** The float32 output of a name, after `run` has checked that it is there. */
export function floatOutput(outputs: Tensors, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new InferenceError('SHAPE_MISMATCH', `The network has no float32 output "${name}".`);
}

async function createOrtSession(graph: OnnxGraph, options: SessionOptions): Promise<InferenceSession> {
  const { device } = options;
  try {
    return await create(graph, options);
  } catch (error) {
    if (device.name !== 'cpu') await requireDevice(options);
    throw new InferenceError(
      'MODEL_INVALID',
      `The network from ${graph.externalDataFolder} could not be opened on ${device.name}: ${messageOf(error)}`,
      { folder: graph.externalDataFolder, device: device.name },
      { cause: error },
    );
  }
}

function create(
  { bytes, externalDataFolder }: OnnxGraph,
  { device, threads = physicalCores() }: SessionOptions,
): Promise<InferenceSession> {
  return InferenceSession.create(bytes, {
    executionProviders: [...device.executionProviders],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    extra: {
      session: {
        model_external_initializers_file_folder_path: externalDataFolder,
        intra_op: { allow_spinning: '0' },
      },
    },
  });
}

/** Whether it was the device: one that opens not even the smallest network has libraries missing.
 * @throws {InferenceError} DEVICE_UNAVAILABLE */
async function requireDevice(options: SessionOptions): Promise<void> {
  const builder = createGraphBuilder('.');
  const value = builder.input('value', 'float32', [1]);
  builder.output(builder.node('Identity', [value]), 'same', 'float32', [1]);
  try {
    const session = await create(builder.finish(), options);
    await session.release();
  } catch (error) {
    throw deviceUnavailable(options.device.name, messageOf(error).trim().replace(/\.$/, ''), { cause: error });
  }
}

async function runOrtSession(session: InferenceSession, feeds: Tensors): Promise<InferenceSession.OnnxValueMapType> {
  try {
    return await session.run(
      Object.fromEntries(
        Object.entries(feeds).map(([name, { shape, data }]) => [
          name,
          data instanceof Float32Array ? new OrtTensor('float32', data, shape) : new OrtTensor('int64', data, shape),
        ]),
      ),
    );
  } catch (error) {
    const message = messageOf(error);
    // The runtime reports a failed allocation only in words.
    const isOutOfMemory = /allocate memory|bad_alloc|out of memory/i.test(message);
    throw new InferenceError(
      isOutOfMemory ? 'INFERENCE_OUT_OF_MEMORY' : 'MODEL_INVALID',
      `A network could not be run: ${message}`,
      {},
      { cause: error },
    );
  }
}

function toTensors(values: InferenceSession.OnnxValueMapType): Tensors {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const data: unknown = value.data;
      if (!(data instanceof Float32Array || data instanceof BigInt64Array)) {
        throw new InferenceError('SHAPE_MISMATCH', `Output "${name}" is neither float32 nor int64.`);
      }
      return [name, { shape: value.dims, data }];
    }),
  );
}

function checkTensors(role: string, specs: readonly TensorSpec[], tensors: Tensors): void {
  const dimensions = new Map<string, number>();
  const problems = specs.flatMap((spec) => {
    const tensor = tensors[spec.name];
    const problem = tensor ? tensorProblem(spec, tensor, dimensions) : 'is missing';
    return problem ? [`${role} "${spec.name}" ${problem}`] : [];
  });
  const known = new Set(specs.map((spec) => spec.name));
  for (const name of Object.keys(tensors)) {
    if (!known.has(name)) problems.push(`${role} "${name}" is unknown`);
  }
  if (problems.length > 0) throw new InferenceError('SHAPE_MISMATCH', `${problems.join('; ')}.`);
}

/** @param dimensions sizes of the named dimensions seen so far, extended here. */
function tensorProblem(spec: TensorSpec, tensor: Tensor, dimensions: Map<string, number>): string | undefined {
  const type = tensor.data instanceof Float32Array ? 'float32' : 'int64';
  if (type !== spec.type) return `must be ${spec.type}, not ${type}`;
  const fits =
    tensor.shape.length === spec.shape.length &&
    spec.shape.every((expected, axis) => {
      const size = tensor.shape[axis];
      if (size === undefined) return false;
      if (typeof expected === 'number') return size === expected;
      const seen = dimensions.get(expected) ?? size;
      dimensions.set(expected, seen);
      return size === seen;
    });
  if (!fits) return `must have the shape [${spec.shape.join(', ')}], not [${tensor.shape.join(', ')}]`;
  const elements = tensor.shape.reduce((product, size) => product * size, 1);
  if (elements !== tensor.data.length) return `holds ${tensor.data.length} values for [${tensor.shape.join(', ')}]`;
  return undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
