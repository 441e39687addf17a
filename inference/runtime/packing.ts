import { InferenceError } from '../errors.ts';

/** Side of the latent patch that becomes one token. */
export const PATCH = 2;

/** A latent picture: float32 [channels, height, width]. */
export interface Latent {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** Tokens of one picture: float32 [gridHeight * gridWidth, channels], rows of the grid first. */
export interface Tokens {
  readonly gridHeight: number;
  readonly gridWidth: number;
  readonly channels: number;
  readonly data: Float32Array;
}

/** Pack 2x2 latent patches into tokens.
 * @param latent float32 [C, H, W]; H and W even.
 * @returns float32 [(H/2)(W/2), 4C], features channel-major, then row and column inside the patch.
 * @throws {InferenceError} SHAPE_MISMATCH when H or W is odd.
 * @source diffusers FluxKontextPipeline._pack_latents (re-derived). */
export function packLatent(latent: Latent): Tokens {
  const { channels, height, width } = latent;
  if (height % PATCH !== 0 || width % PATCH !== 0) {
    throw new InferenceError(
      'SHAPE_MISMATCH',
      `A latent of ${height} x ${width} cannot be packed: both sides must be even.`,
    );
  }
  const tokens = emptyTokens(channels * PATCH * PATCH, height / PATCH, width / PATCH);
  forEachFeature(tokens, (position, token) => {
    tokens.data[token] = latent.data[position] ?? 0;
  });
  return tokens;
}

/** Inverse of {@link packLatent}.
 * @param tokens float32 [h * w, 4C].
 * @returns float32 [C, 2h, 2w]. */
export function unpackLatent(tokens: Tokens): Latent {
  const height = tokens.gridHeight * PATCH;
  const width = tokens.gridWidth * PATCH;
  const channels = tokens.channels / (PATCH * PATCH);
  const data = new Float32Array(channels * height * width);
  forEachFeature(tokens, (position, token) => {
    data[position] = tokens.data[token] ?? 0;
  });
  return { channels, height, width, data };
}

/** Position ids of the picture stream, exact integers in float32.
 *
 * The output has (0, y, x). Reference i = 1.. has (i, y, x + sum of the grid widths of the references before it):
 * no height shift, and the output's own width is not counted. Units are packed tokens.
 * @returns float32 [all tokens, 3], output first, then the references in order.
 * @source DreamOmni2 pipeline_dreamomni2.py prepare_latents (re-derived), which rounds ids to bf16; these are exact. */
export function pictureIds(
  output: Pick<Tokens, 'gridHeight' | 'gridWidth'>,
  references: readonly Pick<Tokens, 'gridHeight' | 'gridWidth'>[],
): Float32Array {
  const pictures = [output, ...references];
  const count = pictures.reduce((sum, { gridHeight, gridWidth }) => sum + gridHeight * gridWidth, 0);
  const ids = new Float32Array(count * 3);
  let row = 0;
  let shift = 0;
  for (const [index, { gridHeight, gridWidth }] of pictures.entries()) {
    for (let y = 0; y < gridHeight; y++) {
      for (let x = 0; x < gridWidth; x++) {
        ids.set([index, y, x + shift], row * 3);
        row++;
      }
    }
    shift += index === 0 ? 0 : gridWidth;
  }
  return ids;
}

function emptyTokens(channels: number, gridHeight: number, gridWidth: number): Tokens {
  return {
    gridHeight,
    gridWidth,
    channels,
    data: new Float32Array(gridHeight * gridWidth * channels),
  };
}

/** Visits every feature once with its index in the latent and its index in the tokens. */
function forEachFeature(
  { gridHeight, gridWidth, channels }: Tokens,
  visit: (position: number, token: number) => void,
): void {
  const height = gridHeight * PATCH;
  const width = gridWidth * PATCH;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const first = ((y >> 1) * gridWidth + (x >> 1)) * channels + (y & 1) * PATCH + (x & 1);
      for (let channel = 0; channel * PATCH * PATCH < channels; channel++) {
        visit((channel * height + y) * width + x, first + channel * PATCH * PATCH);
      }
    }
  }
}
