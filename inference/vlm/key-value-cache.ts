import { floatOutput, type Tensors } from '../runtime/session.ts';

/** Keys and values of all tokens that the text model has read. */
export interface KeyValueCache {
  readonly length: () => number;
  /** `past_length`, `past_key.{layer}` and `past_value.{layer}` of the decoder. */
  feeds(): Tensors;
  /** Take over the `key.{layer}` and `value.{layer}` rows of a run over `tokens` tokens. */
  append(outputs: Tensors, tokens: number): void;
}

interface CacheShape {
  readonly layers: number;
  readonly keyHeads: number;
  readonly headSize: number;
}

const GROWTH = 1.5;
const MULTIPLE = 64;

/** The decoder returns only new rows, so that a step copies a few kilobytes out of the runtime and not the whole past. */
export function createKeyValueCache({ layers, keyHeads, headSize }: CacheShape): KeyValueCache {
  const names = Array.from({ length: layers }, (_, layer) => [`key.${layer}`, `value.${layer}`]).flat();
  let buffers: ReadonlyMap<string, Float32Array> = new Map(names.map((name) => [name, new Float32Array(0)]));
  let capacity = 0;
  let length = 0;

  function reserve(tokens: number): void {
    if (tokens <= capacity) return;
    const larger = Math.ceil(Math.max(tokens, capacity * GROWTH) / MULTIPLE) * MULTIPLE;
    const used = length * headSize;
    buffers = new Map(
      [...buffers].map(([name, old]) => {
        const buffer = new Float32Array(keyHeads * larger * headSize);
        for (let head = 0; head < keyHeads; head++) {
          const start = head * capacity * headSize;
          buffer.set(old.subarray(start, start + used), head * larger * headSize);
        }
        return [name, buffer];
      }),
    );
    capacity = larger;
  }

  return {
    length: () => length,
    feeds() {
      const shape = [1, keyHeads, capacity, headSize];
      return {
        past_length: { shape: [1], data: BigInt64Array.of(BigInt(length)) },
        ...Object.fromEntries([...buffers].map(([name, data]) => [`past_${name}`, { shape, data }])),
      };
    },
    append(outputs, tokens) {
      reserve(length + tokens);
      for (const [name, buffer] of buffers) {
        const rows = floatOutput(outputs, name);
        for (let token = 0; token < tokens; token++) {
          for (let head = 0; head < keyHeads; head++) {
            const start = (token * keyHeads + head) * headSize;
            buffer.set(rows.subarray(start, start + headSize), (head * capacity + length + token) * headSize);
          }
        }
      }
      length += tokens;
    },
  };
}
