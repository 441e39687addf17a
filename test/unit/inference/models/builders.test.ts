import { rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { autoencoderGeometry, buildVaeDecoder, buildVaeEncoder } from '../../../../inference/models/autoencoder-kl.ts';
import { buildClipText } from '../../../../inference/models/clip-text.ts';
import { buildFluxTransformer } from '../../../../inference/models/flux-transformer.ts';
import { buildT5Encoder } from '../../../../inference/models/t5-encoder.ts';
import type { ModelCopy } from '../../../support/copy-model.ts';
import { copyTinyModel, tinyModel } from '../../../support/tiny-model.ts';

let model: ModelCopy;
beforeEach(() => {
  model = copyTinyModel('small');
});
afterEach(() => {
  model.remove();
});

const BUILDERS = [
  ['transformer', buildFluxTransformer],
  ['vae', buildVaeEncoder],
  ['vae', buildVaeDecoder],
  ['text_encoder', buildClipText],
  ['text_encoder_2', buildT5Encoder],
] as const;

const weightFile = (component: string): string =>
  join(model.folder, component, `${component.startsWith('text') ? 'model' : 'diffusion_pytorch_model'}.safetensors`);

const failure = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe.each(BUILDERS)('the builder of %s', (component, build) => {
  const options = () => ({ modelFolder: model.folder });

  test('names the config that is missing', () => {
    rmSync(join(model.folder, component, 'config.json'));
    expect(() => build(options())).toThrow(failure('MODEL_MISSING', new RegExp(`${component}/config.json`)));
  });

  test('names the weights that are missing', () => {
    rmSync(weightFile(component));
    expect(() => build(options())).toThrow(
      failure('MODEL_MISSING', new RegExp(`${component} has no weights.*safetensors`)),
    );
  });

  test('names the file that is truncated', () => {
    truncateSync(weightFile(component), statSync(weightFile(component)).size - 1);
    expect(() => build(options())).toThrow(failure('MODEL_INVALID', new RegExp(`${component}/.*truncated`)));
  });

  test('leaves the weights in their files', () => {
    expect(build(options()).bytes.length).toBeLessThan(120_000);
  });
});

describe('configs that no builder supports', () => {
  const cases: readonly (readonly [string, string, object, (typeof BUILDERS)[number][1], RegExp])[] = [
    ['an activation of CLIP', 'text_encoder', { hidden_act: 'swish' }, buildClipText, /hidden_act/],
    [
      'heads that do not divide the width of CLIP',
      'text_encoder',
      { num_attention_heads: 3 },
      buildClipText,
      /num_attention_heads.*hidden_size/,
    ],
    ['an activation of T5', 'text_encoder_2', { feed_forward_proj: 'gated-silu' }, buildT5Encoder, /feed_forward_proj/],
    [
      'rope axes that do not fill a head',
      'transformer',
      { axes_dims_rope: [2, 2, 2] },
      buildFluxTransformer,
      /axes_dims_rope.*attention_head_dim/,
    ],
    [
      'another transformer',
      'transformer',
      { _class_name: 'SD3Transformer2DModel' },
      buildFluxTransformer,
      /_class_name/,
    ],
    [
      'another autoencoder block',
      'vae',
      { down_block_types: ['AttnDownEncoderBlock2D'] },
      buildVaeEncoder,
      /down_block_types\.0/,
    ],
    [
      'channels that are no squares of pixels',
      'vae',
      { in_channels: 6, out_channels: 6 },
      buildVaeEncoder,
      /in_channels.*square/,
    ],
    ['normalized latents', 'vae', { latents_mean: [0] }, buildVaeEncoder, /latents_mean/],
    [
      'groups that do not divide the channels',
      'vae',
      { norm_num_groups: 3 },
      buildVaeDecoder,
      /8 channels.*3 norm_num_groups/,
    ],
  ];
  test.each(cases)('are refused by name: %s', (_, component, values, build, message) => {
    model.patchJson(join(component, 'config.json'), values);
    expect(() => build({ modelFolder: model.folder })).toThrow(failure('MODEL_INVALID', message));
  });
});

describe('weights that do not fit the config', () => {
  const cases: readonly (readonly [string, string, object, (typeof BUILDERS)[number][1], RegExp])[] = [
    [
      'a wider text',
      'transformer',
      { joint_attention_dim: 48 },
      buildFluxTransformer,
      /"context_embedder.weight" has the shape \[32, 24\], the config expects \[32, 48\]/,
    ],
    [
      'one block more',
      'transformer',
      { num_single_layers: 2 },
      buildFluxTransformer,
      /lack the float tensor "single_transformer_blocks\.1\./,
    ],
    ['a larger patch', 'transformer', { patch_size: 2 }, buildFluxTransformer, /"proj_out.weight"/],
    ['more latent channels', 'vae', { latent_channels: 8 }, buildVaeEncoder, /"encoder.conv_out.weight"/],
    ['a larger vocabulary', 'text_encoder', { vocab_size: 9 }, buildClipText, /token_embedding/],
  ];
  test.each(cases)('are refused by file and tensor: %s', (_, component, values, build, message) => {
    model.patchJson(join(component, 'config.json'), values);
    expect(() => build({ modelFolder: model.folder })).toThrow(failure('MODEL_INVALID', message));
  });
});

describe('what a graph tells about itself', () => {
  test('a transformer without guidance has no such input', () => {
    const names = (name: 'small' | 'medium') =>
      buildFluxTransformer({ modelFolder: tinyModel(name) }).inputs.map((input) => input.name);
    expect(names('small')).toContain('guidance');
    expect(names('medium')).not.toContain('guidance');
  });

  test('a transformer without adapters has no inputs for them', () => {
    const { inputs, adapterNames } = buildFluxTransformer({ modelFolder: model.folder });
    expect(inputs.map(({ name }) => name)).not.toContain('adapter_index');
    expect(adapterNames).toEqual([]);
  });

  test.each([
    ['small', { latentChannels: 4, spaceToDepth: 1, downscale: 2 }],
    ['medium', { latentChannels: 4, spaceToDepth: 2, downscale: 4 }],
    ['wide', { latentChannels: 4, spaceToDepth: 1, downscale: 4 }],
  ] as const)('the geometry of the %s autoencoder follows its config', (name, geometry) => {
    expect(autoencoderGeometry({ modelFolder: tinyModel(name) })).toEqual(geometry);
  });
});
