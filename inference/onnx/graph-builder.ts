import { dirname, relative, sep } from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.js';
import type { OnnxGraph, TensorSpec, TensorType } from './graph-types.ts';
import type { TensorInfo, WeightType } from './safetensors-header.ts';

/** The name of a tensor in the graph. */
export type Value = string;

/** Element types that a Cast can produce. */
export type ElementType = WeightType | 'float64' | 'int32' | 'int64';

/** ONNX keeps integers and floats apart: a bigint becomes an int attribute, a number a float attribute. */
export type Attributes = Readonly<Record<string, bigint | number | string | readonly bigint[]>>;

interface NodeOptions {
  /** `com.microsoft` for the operators that onnxruntime adds to the standard. */
  readonly domain?: 'com.microsoft';
}

/** Collects nodes, constants and weights and serializes them as an ONNX model. */
export interface GraphBuilder {
  input(name: string, type: TensorType, shape: TensorSpec['shape']): Value;
  output(value: Value, name: string, type: TensorType, shape: TensorSpec['shape']): void;
  /** Add a node with one output; an empty input name leaves an optional input out. */
  node(operator: string, inputs: readonly Value[], attributes?: Attributes, options?: NodeOptions): Value;
  /** Add a node with `count` outputs. */
  nodes(
    operator: string,
    inputs: readonly Value[],
    count: number,
    attributes?: Attributes,
    options?: NodeOptions,
  ): readonly Value[];
  /** A small float32 constant inside the model; equal constants are stored once. */
  floats(values: readonly number[], shape?: readonly number[]): Value;
  /** A small float64 constant inside the model; equal constants are stored once. */
  doubles(values: readonly number[], shape?: readonly number[]): Value;
  /** A small int64 constant inside the model; equal constants are stored once. */
  integers(values: readonly number[], shape?: readonly number[]): Value;
  /** A tensor that stays where it is in its safetensors file. */
  weight(tensor: TensorInfo): Value;
  finish(): OnnxGraph;
}

// Opset 23 has RMSNormalization and RotaryEmbedding; IR 11 is the first that may carry it.
const OPSET_VERSION = 23n;
const IR_VERSION = 11n;

const DATA_TYPES: Readonly<Record<ElementType, TensorProto_DataType>> = {
  float32: TensorProto_DataType.FLOAT,
  float64: TensorProto_DataType.DOUBLE,
  float16: TensorProto_DataType.FLOAT16,
  bfloat16: TensorProto_DataType.BFLOAT16,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64,
};

type ConstantType = 'float32' | 'float64' | 'int64';

const CONSTANT_DATA = {
  float32: (values: readonly number[]) => Float32Array.from(values),
  float64: (values: readonly number[]) => Float64Array.from(values),
  int64: (values: readonly number[]) => BigInt64Array.from(values, BigInt),
} as const;

/** The number of an element type, as the `to` attribute of Cast expects it. */
export function dataTypeOf(type: ElementType): bigint {
  return BigInt(DATA_TYPES[type]);
}

/** @param rootFolder the model folder: weights inside it are referenced relative to it. */
export function createGraphBuilder(rootFolder: string): GraphBuilder {
  const inputs: TensorSpec[] = [];
  const outputs: TensorSpec[] = [];
  const nodes: NodeProto[] = [];
  const constants = new Map<string, TensorProto>();
  const weights = new Map<string, { readonly name: Value; readonly tensor: TensorInfo }>();
  let valueCount = 0;

  const nodesWith = (
    operator: string,
    nodeInputs: readonly Value[],
    count: number,
    attributes: Attributes = {},
    { domain }: NodeOptions = {},
  ): readonly Value[] => {
    const results = Array.from({ length: count }, () => `v${valueCount++}`);
    nodes.push(
      create(NodeProtoSchema, {
        // The runtime names the node when it cannot run it.
        name: `${operator}.${nodes.length}`,
        opType: operator,
        input: [...nodeInputs],
        output: results,
        attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
        ...(domain === undefined ? {} : { domain }),
      }),
    );
    return results;
  };

  const constant = (type: ConstantType, values: readonly number[], shape: readonly number[]): Value => {
    const key = `${type}[${shape.join()}]${values.join()}`;
    const known = constants.get(key);
    if (known?.name !== undefined) return known.name;
    const name = `c${constants.size}`;
    constants.set(
      key,
      create(TensorProtoSchema, {
        name,
        dataType: DATA_TYPES[type],
        dims: shape.map(BigInt),
        rawData: new Uint8Array(CONSTANT_DATA[type](values).buffer),
      }),
    );
    return name;
  };

  return {
    input(name, type, shape) {
      inputs.push({ name, type, shape });
      return name;
    },
    output(value, name, type, shape) {
      outputs.push({ name, type, shape });
      nodes.push(create(NodeProtoSchema, { opType: 'Identity', input: [value], output: [name] }));
    },
    node(operator, nodeInputs, attributes, options) {
      const [result = ''] = nodesWith(operator, nodeInputs, 1, attributes, options);
      return result;
    },
    nodes: nodesWith,
    floats: (values, shape = [values.length]) => constant('float32', values, shape),
    doubles: (values, shape = [values.length]) => constant('float64', values, shape),
    integers: (values, shape = [values.length]) => constant('int64', values, shape),
    weight(tensor) {
      const key = `${tensor.file}@${tensor.offset}[${tensor.shape.join()}]`;
      const known = weights.get(key);
      if (known !== undefined) return known.name;
      const name = `w${weights.size}`;
      weights.set(key, { name, tensor });
      return name;
    },
    finish() {
      const placed = [...weights.values()];
      const externalDataFolder = commonFolder(
        rootFolder,
        placed.map(({ tensor }) => dirname(tensor.file)),
      );
      const model = create(ModelProtoSchema, {
        irVersion: IR_VERSION,
        producerName: 'easel',
        opsetImport: [
          { domain: '', version: OPSET_VERSION },
          { domain: 'com.microsoft', version: 1n },
        ],
        graph: create(GraphProtoSchema, {
          name: 'easel',
          node: nodes,
          input: inputs.map(valueInfoProto),
          output: outputs.map(valueInfoProto),
          initializer: [
            ...constants.values(),
            ...placed.map(({ name, tensor }) => externalTensorProto(name, tensor, externalDataFolder)),
          ],
        }),
      });
      return { bytes: toBinary(ModelProtoSchema, model), externalDataFolder, inputs, outputs };
    },
  };
}

/**
 * onnxruntime refuses weights outside the folder that it is given, and follows links before it looks. So the folder is
 * the model folder, or the nearest one above it that also holds the linked or added files.
 */
function commonFolder(rootFolder: string, folders: readonly string[]): string {
  let common = rootFolder;
  for (const folder of folders) {
    while (folder !== common && !folder.startsWith(common.endsWith(sep) ? common : common + sep))
      common = dirname(common);
  }
  return common;
}

function externalTensorProto(name: Value, tensor: TensorInfo, folder: string): TensorProto {
  const entries = {
    location: relative(folder, tensor.file).split(sep).join('/'),
    offset: String(tensor.offset),
    length: String(tensor.byteLength),
  };
  return create(TensorProtoSchema, {
    name,
    dataType: DATA_TYPES[tensor.dtype],
    dims: tensor.shape.map(BigInt),
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
  });
}

function attributeProto(name: string, value: Attributes[string]) {
  if (typeof value === 'bigint') {
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: value });
  }
  if (typeof value === 'number') {
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOAT, f: value });
  }
  if (typeof value === 'string') {
    const bytes = new TextEncoder().encode(value);
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.STRING, s: bytes });
  }
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INTS, ints: [...value] });
}

function valueInfoProto({ name, type, shape }: TensorSpec): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType: DATA_TYPES[type],
          shape: {
            dim: shape.map((size) => ({
              value:
                typeof size === 'number'
                  ? { case: 'dimValue' as const, value: BigInt(size) }
                  : { case: 'dimParam' as const, value: size },
            })),
          },
        },
      },
    },
  });
}
