import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { ModelProtoSchema, TensorProto_DataLocation } from '../../../../inference/onnx/generated/onnx_pb.js';
import { createGraphBuilder } from '../../../../inference/onnx/graph-builder.ts';
import type { OnnxGraph } from '../../../../inference/onnx/graph-types.ts';
import type { TensorInfo } from '../../../../inference/onnx/safetensors-header.ts';

const graphOf = ({ bytes }: OnnxGraph) => {
  const { graph } = fromBinary(ModelProtoSchema, bytes);
  if (graph === undefined) throw new Error('no graph');
  return graph;
};

const tensorIn = (file: string): TensorInfo => ({
  dtype: 'bfloat16',
  shape: [2, 3],
  file,
  offset: 100,
  byteLength: 12,
});

const locationsOf = (graph: OnnxGraph): readonly unknown[] =>
  graphOf(graph).initializer.map(({ externalData }) =>
    Object.fromEntries(externalData.map(({ key, value }) => [key, value])),
  );

describe('createGraphBuilder', () => {
  test('writes inputs, nodes with typed attributes, and outputs', () => {
    const builder = createGraphBuilder('/model');
    const x = builder.input('x', 'float32', [1, 'tokens']);
    const y = builder.node(
      'Op',
      [x, ''],
      { axis: -1n, epsilon: 0.5, mode: 'm', pads: [1n, 2n] },
      { domain: 'com.microsoft' },
    );
    builder.output(y, 'y', 'float32', [1, 'tokens']);
    const result = builder.finish();
    const { input, node, output } = graphOf(result);
    expect(input.map(({ name }) => name)).toEqual(['x']);
    expect(output.map(({ name }) => name)).toEqual(['y']);
    expect(node[0]).toMatchObject({ opType: 'Op', domain: 'com.microsoft', input: ['x', ''] });
    expect(node[0]?.attribute).toMatchObject([
      { i: -1n },
      { f: 0.5 },
      { s: new TextEncoder().encode('m') },
      { ints: [1n, 2n] },
    ]);
    expect(result.inputs).toEqual([{ name: 'x', type: 'float32', shape: [1, 'tokens'] }]);
  });

  test('stores equal constants once and tells types and shapes apart', () => {
    const builder = createGraphBuilder('/model');
    const names = [
      builder.floats([1, 2]),
      builder.floats([1, 2]),
      builder.floats([1, 2], [2, 1]),
      builder.integers([1, 2]),
      builder.doubles([1, 2]),
    ];
    expect(names[0]).toBe(names[1]);
    expect(new Set(names).size).toBe(4);
    const stored = graphOf(builder.finish()).initializer;
    expect(stored.map(({ rawData }) => rawData?.length)).toEqual([8, 8, 16, 16]);
  });

  test('points into the files of the model folder without copying', () => {
    const builder = createGraphBuilder('/model');
    const tensor = tensorIn('/model/transformer/weights.safetensors');
    expect(builder.weight(tensor)).toBe(builder.weight(tensor));
    const graph = builder.finish();
    expect(graph.externalDataFolder).toBe('/model');
    expect(locationsOf(graph)).toEqual([{ location: 'transformer/weights.safetensors', offset: '100', length: '12' }]);
    expect(graphOf(graph).initializer[0]).toMatchObject({
      dims: [2n, 3n],
      dataLocation: TensorProto_DataLocation.EXTERNAL,
    });
  });

  test('tells slices of one tensor apart by where they lie', () => {
    const builder = createGraphBuilder('/model');
    const tensor = tensorIn('/model/a.safetensors');
    expect(builder.weight(tensor)).not.toBe(builder.weight({ ...tensor, offset: 106, shape: [1, 3], byteLength: 6 }));
  });

  test('moves up to the folder that also holds files outside the model folder', () => {
    const builder = createGraphBuilder('/home/models/flux');
    builder.weight(tensorIn('/home/models/flux/vae/a.safetensors'));
    builder.weight(tensorIn('/home/models/flux-loras/b.safetensors'));
    const graph = builder.finish();
    expect(graph.externalDataFolder).toBe('/home/models');
    expect(locationsOf(graph)).toMatchObject([
      { location: 'flux/vae/a.safetensors' },
      { location: 'flux-loras/b.safetensors' },
    ]);
  });

  test('reaches the root of the disk when nothing else is common', () => {
    const builder = createGraphBuilder('/models/flux');
    builder.weight(tensorIn('/cache/blob'));
    const graph = builder.finish();
    expect(graph.externalDataFolder).toBe('/');
    expect(locationsOf(graph)).toMatchObject([{ location: 'cache/blob' }]);
  });
});
