import { z } from 'zod';

// Defaults are those of diffusers' FluxTransformer2DModel: a config file may leave them out.
const configSchema = z
  .object({
    _class_name: z.literal('FluxTransformer2DModel').default('FluxTransformer2DModel'),
    patch_size: z.number().int().positive().default(1),
    in_channels: z.number().int().positive().default(64),
    out_channels: z.number().int().positive().nullish(),
    num_layers: z.number().int().nonnegative().default(19),
    num_single_layers: z.number().int().nonnegative().default(38),
    attention_head_dim: z.number().int().positive().default(128),
    num_attention_heads: z.number().int().positive().default(24),
    joint_attention_dim: z.number().int().positive().default(4096),
    pooled_projection_dim: z.number().int().positive().default(768),
    guidance_embeds: z.boolean().default(false),
    axes_dims_rope: z.array(z.number().int().positive().multipleOf(2)).length(3).default([16, 56, 56]),
  })
  .refine((config) => config.axes_dims_rope.reduce((sum, size) => sum + size, 0) === config.attention_head_dim, {
    path: ['axes_dims_rope'],
    message: 'must add up to attention_head_dim',
  });

/** `config.json` of a FLUX transformer in this project's words. */
export const fluxConfigSchema = configSchema.transform((config) => ({
  inChannels: config.in_channels,
  outChannels: config.patch_size ** 2 * (config.out_channels ?? config.in_channels),
  doubleBlocks: config.num_layers,
  singleBlocks: config.num_single_layers,
  heads: config.num_attention_heads,
  headSize: config.attention_head_dim,
  /** heads * headSize */
  width: config.num_attention_heads * config.attention_head_dim,
  textSize: config.joint_attention_dim,
  pooledSize: config.pooled_projection_dim,
  guidanceEmbeds: config.guidance_embeds,
  ropeAxes: config.axes_dims_rope,
}));

export type FluxConfig = Readonly<z.infer<typeof fluxConfigSchema>>;
