const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;
const UINT32_RANGE = 2 ** 32;

export type PhiloxCounter = readonly [number, number, number, number];
export type PhiloxKey = readonly [number, number];

/** Philox4x32-10: four random words from a counter and a key, without state.
 * @param counter four uint32.
 * @param key two uint32.
 * @returns four uint32; counter 0 with key 0 gives 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
 * @source Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011 (Random123 vectors). */
export function philox4x32(counter: PhiloxCounter, key: PhiloxKey): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** Standard normal values that depend only on the seed and their index, on every machine.
 *
 * Words of Philox4x32-10 with key = (seed mod 2^32, seed div 2^32) and counter = (block, 0, 0, 0), two at a time
 * through Box-Muller: r = sqrt(-2 ln((a + 1) / 2^32)), t = 2 pi b / 2^32, giving r cos t, r sin t.
 * @param seed integer in [0, 2^53).
 * @param count how many values.
 * @returns float32 [count]; seed 0 begins 0.9911377, -0.9246626 (longer vector in test/unit/inference/runtime/rng.test.ts). */
export function normalValues(seed: number, count: number): Float32Array {
  const key: PhiloxKey = [seed >>> 0, Math.floor(seed / UINT32_RANGE) >>> 0];
  const values = new Float32Array(count);
  for (let block = 0; block * 4 < count; block++) {
    const [a, b, c, d] = philox4x32([block, 0, 0, 0], key);
    values.set([...normalPair(a, b), ...normalPair(c, d)].slice(0, count - block * 4), block * 4);
  }
  return values;
}

function normalPair(a: number, b: number): [number, number] {
  const radius = Math.sqrt(-2 * Math.log((a + 1) / UINT32_RANGE));
  const angle = (2 * Math.PI * b) / UINT32_RANGE;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** High 32 bits of a product, by 16-bit pieces: doubles hold only 53 bits of it. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle % 0x10000);
  return aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000);
}
