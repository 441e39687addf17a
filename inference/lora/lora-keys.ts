/** What one tensor of a LoRA file is: a factor or the alpha of a module, named as in the file. */
export type LoraKey =
  | { readonly kind: 'down' | 'up' | 'alpha'; readonly module: string }
  | { readonly kind: 'textEncoder' }
  | { readonly kind: 'unsupported' };

const SUFFIXES = [
  ['.lora_A.weight', 'down'],
  ['.lora_B.weight', 'up'],
  // peft in memory names the adapter, and so do files saved with torch.
  ['.lora_A.default.weight', 'down'],
  ['.lora_B.default.weight', 'up'],
  ['.lora_down.weight', 'down'],
  ['.lora_up.weight', 'up'],
  ['.alpha', 'alpha'],
] as const;

// Each trainer has its own name for the transformer.
const PREFIXES = /^(?:base_model\.model\.|transformer\.|diffusion_model\.|lora_unet_|lora_transformer_)+/;
const TEXT_ENCODER = /^(?:text_encoder|lora_te|te\d?\.)/;

/** Read the name of a tensor; prefixes of the transformer are dropped. */
export function parseLoraKey(key: string): LoraKey {
  if (TEXT_ENCODER.test(key)) return { kind: 'textEncoder' };
  for (const [suffix, kind] of SUFFIXES) {
    if (key.endsWith(suffix)) return { kind, module: key.slice(0, -suffix.length).replace(PREFIXES, '') };
  }
  return { kind: 'unsupported' };
}

// Modules of the original FLUX release: the pattern of their name and the modules that they became, in order of rows.
const ORIGINAL_MODULES: readonly (readonly [RegExp, string, readonly string[]])[] = [
  [/^double_blocks_(\d+)_img_attn_qkv$/, 'transformer_blocks.#.attn.', ['to_q', 'to_k', 'to_v']],
  [/^double_blocks_(\d+)_txt_attn_qkv$/, 'transformer_blocks.#.attn.', ['add_q_proj', 'add_k_proj', 'add_v_proj']],
  [/^double_blocks_(\d+)_img_attn_proj$/, 'transformer_blocks.#.attn.', ['to_out.0']],
  [/^double_blocks_(\d+)_txt_attn_proj$/, 'transformer_blocks.#.attn.', ['to_add_out']],
  [/^double_blocks_(\d+)_img_mlp_0$/, 'transformer_blocks.#.', ['ff.net.0.proj']],
  [/^double_blocks_(\d+)_img_mlp_2$/, 'transformer_blocks.#.', ['ff.net.2']],
  [/^double_blocks_(\d+)_txt_mlp_0$/, 'transformer_blocks.#.', ['ff_context.net.0.proj']],
  [/^double_blocks_(\d+)_txt_mlp_2$/, 'transformer_blocks.#.', ['ff_context.net.2']],
  [/^double_blocks_(\d+)_img_mod_lin$/, 'transformer_blocks.#.', ['norm1.linear']],
  [/^double_blocks_(\d+)_txt_mod_lin$/, 'transformer_blocks.#.', ['norm1_context.linear']],
  [
    /^single_blocks_(\d+)_linear1$/,
    'single_transformer_blocks.#.',
    ['attn.to_q', 'attn.to_k', 'attn.to_v', 'proj_mlp'],
  ],
  [/^single_blocks_(\d+)_linear2$/, 'single_transformer_blocks.#.', ['proj_out']],
  [/^single_blocks_(\d+)_modulation_lin$/, 'single_transformer_blocks.#.', ['norm.linear']],
  [/^img_in$/, '', ['x_embedder']],
  [/^txt_in$/, '', ['context_embedder']],
  [/^time_in_in_layer$/, 'time_text_embed.timestep_embedder.', ['linear_1']],
  [/^time_in_out_layer$/, 'time_text_embed.timestep_embedder.', ['linear_2']],
  [/^guidance_in_in_layer$/, 'time_text_embed.guidance_embedder.', ['linear_1']],
  [/^guidance_in_out_layer$/, 'time_text_embed.guidance_embedder.', ['linear_2']],
  [/^vector_in_in_layer$/, 'time_text_embed.text_embedder.', ['linear_1']],
  [/^vector_in_out_layer$/, 'time_text_embed.text_embedder.', ['linear_2']],
  [/^final_layer_linear$/, '', ['proj_out']],
];

/**
 * The base's modules that a module of a LoRA file adapts, in order of the rows of its up factor. Dots and underscores
 * are not told apart: one family of files writes underscores throughout.
 *
 * @returns undefined when the base has no such module.
 */
export function adaptedModules(module: string, baseModules: readonly string[]): readonly string[] | undefined {
  if (baseModules.includes(module)) return [module];
  const flat = flatten(module);
  const named = baseModules.find((candidate) => flatten(candidate) === flat);
  if (named !== undefined) return [named];
  for (const [pattern, prefix, names] of ORIGINAL_MODULES) {
    const match = pattern.exec(flat);
    if (match === null) continue;
    const targets = names.map((name) => prefix.replace('#', match[1] ?? '') + name);
    return targets.every((target) => baseModules.includes(target)) ? targets : undefined;
  }
  return undefined;
}

function flatten(name: string): string {
  return name.replaceAll('.', '_');
}
