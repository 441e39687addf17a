import type { ComputeType, OnnxGraph } from '../onnx/graph-types.ts';

export interface AutoencoderOptions {
  readonly modelFolder: string;
  readonly component?: string;
  readonly computeType?: ComputeType;
}

/** What callers need of vae/config.json. */
export interface AutoencoderGeometry {
  readonly latentChannels: number;
  /** sqrt(in_channels / 3) */
  readonly spaceToDepth: number;
  /** Pixels per latent, space-to-depth included. */
  readonly downscale: number;
}

export declare function autoencoderGeometry(options: AutoencoderOptions): AutoencoderGeometry;
/** Input `pixels` f32 [1, 3, height, width] in [-1, 1]; output `latents` f32 [1, C, height/d, width/d], scaled. */
export declare function buildVaeEncoder(options: AutoencoderOptions): OnnxGraph;
/** Input `latents` f32 [1, C, latent_height, latent_width], scaled; output `pixels` f32 [1, 3, height, width], about [-1, 1]. */
export declare function buildVaeDecoder(options: AutoencoderOptions): OnnxGraph;
