import { z } from 'zod';
import { readConfig } from './read-config.ts';

// The grouped attention of onnxruntime takes no other; published models have heads of 128.
const HEAD_MULTIPLE = 8;

const size = z.number().int().positive();
const tokenId = z.number().int().nonnegative();
const stopIds = z.union([tokenId.transform((id) => [id]), z.array(tokenId)]).nullish();

const textRopeSchema = z.looseObject({
  rope_theta: z.number().positive().optional(),
  // Both words mean the same: three rows of positions, each with its part of the frequencies.
  rope_type: z.enum(['default', 'mrope']).optional(),
  type: z.enum(['default', 'mrope']).optional(),
  mrope_section: z.array(size).optional(),
});

// Defaults are those of transformers' Qwen2_5_VLTextConfig and Qwen2_5_VLVisionConfig, except for sizes.
const textSchema = z
  .object({
    vocab_size: size,
    hidden_size: size,
    intermediate_size: size,
    num_hidden_layers: size,
    num_attention_heads: size,
    num_key_value_heads: size.nullish(),
    hidden_act: z.literal('silu').default('silu'),
    rms_norm_eps: z.number().positive().default(1e-5),
    max_position_embeddings: size.default(32_768),
    use_sliding_window: z.literal(false).nullish(),
    layer_types: z.array(z.literal('full_attention')).nullish(),
    rope_theta: z.number().positive().optional(),
    rope_scaling: textRopeSchema.nullish(),
    rope_parameters: textRopeSchema.nullish(),
    tie_word_embeddings: z.boolean().optional(),
    eos_token_id: stopIds,
  })
  .transform((config) => {
    const rope = config.rope_parameters ?? config.rope_scaling;
    return {
      width: config.hidden_size,
      mlpWidth: config.intermediate_size,
      layers: config.num_hidden_layers,
      heads: config.num_attention_heads,
      keyHeads: config.num_key_value_heads ?? config.num_attention_heads,
      headSize: config.hidden_size / config.num_attention_heads,
      vocabulary: config.vocab_size,
      epsilon: config.rms_norm_eps,
      maxPositions: config.max_position_embeddings,
      ropeTheta: rope?.rope_theta ?? config.rope_theta ?? 1_000_000,
      /** Pairs of a head that turn with the time, row and column of a token, in this order, over and over. */
      ropeSections: rope?.mrope_section ?? [16, 24, 24],
      isTied: config.tie_word_embeddings ?? false,
      stopIds: config.eos_token_id ?? [],
    };
  })
  .refine(({ headSize }) => headSize % HEAD_MULTIPLE === 0, {
    path: ['num_attention_heads'],
    message: `must divide hidden_size into heads whose size is a multiple of ${HEAD_MULTIPLE}`,
  })
  .refine(({ heads, keyHeads }) => heads % keyHeads === 0, {
    path: ['num_key_value_heads'],
    message: 'must divide num_attention_heads',
  })
  .refine(({ headSize, ropeSections }) => ropeSections.reduce((sum, pairs) => sum + pairs, 0) === headSize / 2, {
    path: ['rope_parameters', 'mrope_section'],
    message: 'must add up to half a head',
  });

const visionSchema = z
  .object({
    depth: size.default(32),
    hidden_size: size,
    intermediate_size: size.default(3420),
    num_heads: size.default(16),
    out_hidden_size: size,
    hidden_act: z.literal('silu').default('silu'),
    in_channels: z.literal(3).default(3),
    patch_size: size.default(14),
    temporal_patch_size: size.default(2),
    spatial_merge_size: size.default(2),
    window_size: size.default(112),
    fullatt_block_indexes: z.array(tokenId).default([7, 15, 23, 31]),
    rope_parameters: z.looseObject({ rope_theta: z.number().positive().optional() }).nullish(),
  })
  .transform((config) => ({
    depth: config.depth,
    width: config.hidden_size,
    mlpWidth: config.intermediate_size,
    heads: config.num_heads,
    headSize: config.hidden_size / config.num_heads,
    outWidth: config.out_hidden_size,
    channels: config.in_channels,
    patchSize: config.patch_size,
    temporalPatchSize: config.temporal_patch_size,
    /** Patches on each side of a merged cell, which is one token of the text model. */
    mergeSize: config.spatial_merge_size,
    /** Merged cells on each side of an attention window. */
    windowCells: Math.floor(config.window_size / config.spatial_merge_size / config.patch_size),
    fullAttentionBlocks: config.fullatt_block_indexes,
    ropeTheta: config.rope_parameters?.rope_theta ?? 10_000,
  }))
  .refine(({ headSize }) => headSize % 4 === 0, {
    path: ['num_heads'],
    message: 'must divide hidden_size into heads whose size is a multiple of 4',
  })
  .refine(({ windowCells }) => windowCells > 0, {
    path: ['window_size'],
    message: 'must hold a merged cell of patches',
  });

const configSchema = z
  .preprocess(
    withTextConfig,
    z.object({
      model_type: z.literal('qwen2_5_vl'),
      text_config: textSchema,
      vision_config: visionSchema,
      image_token_id: tokenId.default(151_655),
      tie_word_embeddings: z.boolean().optional(),
      eos_token_id: stopIds,
    }),
  )
  .transform((config) => ({
    text: { ...config.text_config, isTied: config.tie_word_embeddings === true || config.text_config.isTied },
    vision: config.vision_config,
    imageTokenId: config.image_token_id,
    /** Where the folder has no generation_config.json that says it. */
    stopIds: config.eos_token_id ?? config.text_config.stopIds,
  }))
  .refine(({ text, vision }) => vision.outWidth === text.width, {
    path: ['vision_config', 'out_hidden_size'],
    message: 'must equal hidden_size of the text model',
  });

/** `config.json` of a Qwen2.5-VL model in this project's words. */
export type QwenVlConfig = Readonly<z.infer<typeof configSchema>>;

/** Read the config of a Qwen2.5-VL folder, as first released (text settings at the top level) or nested in `text_config`.
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID naming every value that is not supported. */
export function readQwenVlConfig(folder: string): QwenVlConfig {
  return readConfig(folder, '', configSchema);
}

function withTextConfig(config: unknown): unknown {
  if (typeof config !== 'object' || config === null || 'text_config' in config) return config;
  return { ...config, text_config: config };
}
