import type { AdaptedLinearOptions, AdaptedLinears } from '../lora/adapted-linear.ts';
import type { Value } from '../onnx/graph-builder.ts';
import { type Layers, MICROSOFT } from '../onnx/layers.ts';
import type { RotaryEmbedding } from './flux-conditioning.ts';
import type { FluxConfig } from './flux-config.ts';

// The blocks of FLUX fix these; no config carries them.
const NORM_EPSILON = 1e-6;
const MLP_RATIO = 4;
const FLOAT16_LIMIT = 65_504;

export interface FluxBlocksOptions {
  readonly layers: Layers;
  readonly linears: AdaptedLinears;
  readonly config: FluxConfig;
  /** [1, width], after its SiLU */
  readonly conditioning: Value;
  readonly rope: RotaryEmbedding;
}

/** Rows of the joint sequence, as int64 [1] bounds. */
interface RowRange {
  readonly start: Value;
  readonly end: Value;
}

export interface DoubleStream {
  /** [text_tokens, width] */
  readonly text: Value;
  /** [image_tokens, width] */
  readonly image: Value;
}

export interface FluxBlocks {
  /** Text and image with weights of their own, joined in the attention. */
  double(streams: DoubleStream, name: string): DoubleStream;
  /** `x` [tokens, width] = text, then image. With `only`, the result has just these rows, which then cost just as much. */
  single(x: Value, name: string, only?: RowRange): Value;
  /** Layer norm, modulated; then the projection to the output channels. */
  project(x: Value): Value;
}

/** @source diffusers transformer_flux.py 0.42.1; parity: test/parity/networks.test.ts */
export function createFluxBlocks({ layers, linears, config, conditioning, rope }: FluxBlocksOptions): FluxBlocks {
  const { graph } = layers;
  const { heads, headSize, width } = config;
  const mlpWidth = MLP_RATIO * width;
  const batch = graph.integers([0]);
  const square = { inSize: width, outSize: width, bias: true } as const;
  const one = layers.toCompute(graph.floats([1], []));

  // `count` vectors [width] out of the conditioning.
  const modulation = (name: string, count: number): readonly Value[] => {
    const options: AdaptedLinearOptions = { inSize: width, outSize: count * width, bias: true, rows: 'few' };
    const all = graph.node('Reshape', [linears.linear(conditioning, name, options), graph.integers([-1])]);
    return graph.nodes('Split', [all], count, { axis: 0n, num_outputs: BigInt(count) });
  };
  // The modulation is one vector per request, so it can stand in for the norm's own scale and bias.
  const modulatedNorm = (x: Value, shift: Value, scale: Value): Value =>
    graph.node('LayerNormalization', [x, graph.node('Add', [scale, one]), shift], { axis: -1n, epsilon: NORM_EPSILON });
  const gatedAdd = (x: Value, gate: Value, update: Value): Value =>
    graph.node('Add', [x, graph.node('Mul', [gate, update])]);
  const limitFloat16 = (x: Value): Value => {
    if (layers.computeType !== 'f16') return x;
    const [low, high] = [-FLOAT16_LIMIT, FLOAT16_LIMIT].map((limit) => layers.toCompute(graph.floats([limit], [])));
    return graph.node('Clip', [x, low ?? '', high ?? '']);
  };

  // [rows, width] -> [rows, heads, headSize], each head normed on its own.
  const normedHeads = (x: Value, name: string): Value => {
    const split = graph.node('Reshape', [x, graph.integers([0, heads, headSize])]);
    return layers.rmsNorm(split, `${name}.weight`, headSize, NORM_EPSILON);
  };
  const batched = (x: Value): Value => graph.node('Reshape', [x, graph.integers([1, -1, width])]);
  const attention = (query: Value, key: Value, value: Value): Value => {
    const joined = graph.node('MultiHeadAttention', [query, key, value], { num_heads: BigInt(heads) }, MICROSOFT);
    return graph.node('Squeeze', [joined, batch]);
  };
  const feedForward = (x: Value, name: string, rows: AdaptedLinearOptions['rows']): Value => {
    const into = { inSize: width, outSize: mlpWidth, bias: true, rows };
    const active = layers.geluTanh(linears.linear(x, `${name}.net.0.proj`, into));
    return linears.linear(active, `${name}.net.2`, { inSize: mlpWidth, outSize: width, bias: true, rows });
  };

  const double = ({ text, image }: DoubleStream, name: string): DoubleStream => {
    const imageRows = { ...square, rows: 'many' } as const;
    const textRows = { ...square, rows: 'few' } as const;
    const [shift = '', scale = '', gate = '', mlpShift = '', mlpScale = '', mlpGate = ''] = modulation(
      `${name}.norm1.linear`,
      6,
    );
    const [textShift = '', textScale = '', textGate = '', textMlpShift = '', textMlpScale = '', textMlpGate = ''] =
      modulation(`${name}.norm1_context.linear`, 6);
    const imageInput = modulatedNorm(image, shift, scale);
    const textInput = modulatedNorm(text, textShift, textScale);

    const joint = (textPart: Value, imagePart: Value): Value =>
      batched(graph.node('Concat', [textPart, imagePart], { axis: 0n }));
    const projected = (imageName: string, textName: string): readonly [Value, Value] => [
      linears.linear(textInput, `${name}.attn.${textName}`, textRows),
      linears.linear(imageInput, `${name}.attn.${imageName}`, imageRows),
    ];
    const [textQuery, imageQuery] = projected('to_q', 'add_q_proj');
    const [textKey, imageKey] = projected('to_k', 'add_k_proj');
    const [textValue, imageValue] = projected('to_v', 'add_v_proj');
    const query = joint(
      normedHeads(textQuery, `${name}.attn.norm_added_q`),
      normedHeads(imageQuery, `${name}.attn.norm_q`),
    );
    const key = joint(normedHeads(textKey, `${name}.attn.norm_added_k`), normedHeads(imageKey, `${name}.attn.norm_k`));
    const attended = attention(
      rope.rotate(query, rope.rows),
      rope.rotate(key, rope.rows),
      joint(textValue, imageValue),
    );

    const textLength = graph.node('Shape', [text], { end: 1n });
    const axis = graph.integers([0]);
    const textAttended = graph.node('Slice', [attended, axis, textLength, axis]);
    const imageAttended = graph.node('Slice', [attended, textLength, graph.integers([Number.MAX_SAFE_INTEGER]), axis]);
    const imageMiddle = gatedAdd(image, gate, linears.linear(imageAttended, `${name}.attn.to_out.0`, imageRows));
    const textMiddle = gatedAdd(text, textGate, linears.linear(textAttended, `${name}.attn.to_add_out`, textRows));
    const imageMlp = feedForward(modulatedNorm(imageMiddle, mlpShift, mlpScale), `${name}.ff`, 'many');
    const textMlp = feedForward(modulatedNorm(textMiddle, textMlpShift, textMlpScale), `${name}.ff_context`, 'few');
    return {
      image: gatedAdd(imageMiddle, mlpGate, imageMlp),
      text: limitFloat16(gatedAdd(textMiddle, textMlpGate, textMlp)),
    };
  };

  const single = (x: Value, name: string, only?: RowRange): Value => {
    const rows = { ...square, rows: 'many' } as const;
    const [shift = '', scale = '', gate = ''] = modulation(`${name}.norm.linear`, 3);
    const input = modulatedNorm(x, shift, scale);
    const restrict = (value: Value, axis: number): Value =>
      only === undefined ? value : graph.node('Slice', [value, only.start, only.end, graph.integers([axis])]);
    const kept = restrict(input, 0);

    const query = normedHeads(linears.linear(kept, `${name}.attn.to_q`, rows), `${name}.attn.norm_q`);
    const key = normedHeads(linears.linear(input, `${name}.attn.to_k`, rows), `${name}.attn.norm_k`);
    const value = batched(linears.linear(input, `${name}.attn.to_v`, rows));
    const attended = attention(
      rope.rotate(batched(query), restrict(rope.rows, 1)),
      rope.rotate(batched(key), rope.rows),
      value,
    );
    const mlp = layers.geluTanh(
      linears.linear(kept, `${name}.proj_mlp`, { inSize: width, outSize: mlpWidth, bias: true, rows: 'many' }),
    );
    const parts = [
      { value: attended, size: width },
      { value: mlp, size: mlpWidth },
    ];
    const out = { inSize: width + mlpWidth, outSize: width, bias: true, rows: 'many' } as const;
    return limitFloat16(gatedAdd(restrict(x, 0), gate, linears.linearOfParts(parts, `${name}.proj_out`, out)));
  };

  return {
    double,
    single,
    project(x) {
      // Here, unlike in the blocks, the scale comes first.
      const [scale = '', shift = ''] = modulation('norm_out.linear', 2);
      const options = { inSize: width, outSize: config.outChannels, bias: true, rows: 'many' } as const;
      return linears.linear(modulatedNorm(x, shift, scale), 'proj_out', options);
    },
  };
}
