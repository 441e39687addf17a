import { existsSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkModelFolder, manifestSchema, openModelFolder } from '../../../../inference/index.ts';
import type { ModelCopy } from '../../../support/copy-model.ts';
import { copyTinyModel, tinyModel } from '../../../support/tiny-model.ts';

let copy: ModelCopy;
beforeEach(() => {
  copy = copyTinyModel('small');
});
afterEach(() => {
  copy.remove();
});

const errors = () => checkModelFolder(copy.folder).filter(({ severity }) => severity === 'error');

describe('openModelFolder', () => {
  it('reads what easel.json says', () => {
    expect(openModelFolder(copy.folder)).toMatchObject({
      id: 'tiny-small',
      version: '0.0.1',
      licence: 'Apache-2.0',
      maxImages: 4,
      trainedImages: 1,
      maxTextTokens: 32,
      steps: 4,
      size: { rule: 'native', multiple: 4, native: [{ width: 32, height: 32 }] },
      adapters: [
        { name: 'edit', path: join(copy.folder, 'edit_lora') },
        { name: 'generate', path: join(copy.folder, 'gen_lora') },
      ],
      vlm: null,
      samples: null,
    });
  });

  it('takes the values of the released pipeline without easel.json', () => {
    expect(existsSync(join(tinyModel('medium'), 'easel.json'))).toBe(false);
    expect(openModelFolder(tinyModel('medium'))).toMatchObject({
      id: 'medium',
      maxImages: 5,
      maxTextTokens: 512,
      steps: 30,
      guidance: 3.5,
      trueCfgScale: 1,
      // Two latents of 2 pixels, each of 2 x 2 space-to-depth.
      size: { rule: 'kontext', multiple: 8 },
      adapters: [{ name: 'edit' }, { name: 'generate' }],
    });
  });

  it('takes a folder without adapters', () => {
    copy.patchJson('easel.json', { adapters: undefined });
    rmSync(join(copy.folder, 'edit_lora'), { recursive: true });
    expect(openModelFolder(copy.folder).adapters.map(({ name }) => name)).toEqual(['generate']);
  });

  it('takes further adapters by name', () => {
    renameSync(join(copy.folder, 'gen_lora'), join(copy.folder, 'sketch_lora'));
    copy.patchJson('easel.json', { adapters: { edit: 'edit_lora', sketch: 'sketch_lora' } });
    expect(openModelFolder(copy.folder).adapters.map(({ name }) => name)).toEqual(['edit', 'sketch']);
  });

  it.each([
    ['model_index.json', 'components'],
    ['scheduler/scheduler_config.json', 'scheduler'],
    ['vae/config.json', 'expected'],
    ['transformer/config.json', 'expected'],
  ])('names %s and what it should be when it is missing', (file, expectation) => {
    rmSync(join(copy.folder, file));
    expect(() => openModelFolder(copy.folder)).toThrow(
      expect.objectContaining({
        code: 'MODEL_MISSING',
        message: expect.stringMatching(new RegExp(`${file}.*${expectation}`)),
      }),
    );
  });

  it.each([
    [{ maxImages: 'many' }, 'maxImages'],
    [{ adapters: { none: 'edit_lora' } }, 'none'],
    [{ adapters: { edit: '../elsewhere' } }, 'leave the model folder'],
    [{ size: { rule: 'native', multiple: 4 } }, 'native'],
    [{ size: { rule: 'native', multiple: 3, native: [[30, 30]] } }, 'multiple of 4'],
    [{ size: { rule: 'native', multiple: 8, native: [[64, 60]] } }, '60'],
    [{ family: 'other' }, 'family'],
  ])('says what is wrong in easel.json: %j', (values, expectation) => {
    copy.patchJson('easel.json', values);
    expect(() => openModelFolder(copy.folder)).toThrow(
      expect.objectContaining({
        code: 'MODEL_INVALID',
        message: expect.stringMatching(new RegExp(`easel\\.json.*${expectation}`)),
      }),
    );
  });

  it('names an adapter folder that easel.json promises', () => {
    rmSync(join(copy.folder, 'gen_lora'), { recursive: true });
    expect(() => openModelFolder(copy.folder)).toThrow(
      expect.objectContaining({ code: 'MODEL_MISSING', message: expect.stringContaining('gen_lora') }),
    );
  });

  it('names a pipeline class that it does not know', () => {
    copy.patchJson('model_index.json', { transformer: ['diffusers', 'SD3Transformer2DModel'] });
    expect(() => openModelFolder(copy.folder)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('FluxTransformer2DModel') }),
    );
  });

  it('names a folder that is not there', () => {
    expect(() => openModelFolder('/nowhere/model')).toThrow(
      expect.objectContaining({ code: 'MODEL_MISSING', message: expect.stringContaining('/nowhere/model') }),
    );
  });
});

describe('manifestSchema', () => {
  it('can be published as a JSON schema that describes every key', () => {
    const { properties = {} } = z.toJSONSchema(manifestSchema, { io: 'input' });
    expect(Object.keys(properties)).toEqual(Object.keys(manifestSchema.shape));
    expect(Object.values(properties)).toSatisfy((all: { description?: string }[]) =>
      all.every(({ description }) => description !== undefined),
    );
  });
});

describe('checkModelFolder', () => {
  it.each(['small', 'wide', 'medium'] as const)('finds nothing in %s', (name) => {
    expect(checkModelFolder(tinyModel(name))).toEqual([]);
  });

  it('names every missing part, not only the first', () => {
    rmSync(join(copy.folder, 'transformer', 'diffusion_pytorch_model.safetensors'));
    rmSync(join(copy.folder, 'text_encoder_2', 'model.safetensors'));
    rmSync(join(copy.folder, 'tokenizer', 'merges.txt'));
    const messages = errors().map(({ message }) => message);
    expect(messages.some((message) => message.includes('transformer'))).toBe(true);
    expect(messages.some((message) => message.includes('text_encoder_2'))).toBe(true);
    expect(messages.some((message) => message.includes('merges.txt'))).toBe(true);
  });

  it('names a truncated weight file', () => {
    truncateSync(join(copy.folder, 'vae', 'diffusion_pytorch_model.safetensors'), 50_000);
    expect(errors()[0]).toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('diffusion_pytorch_model.safetensors'),
    });
  });

  it('names a weight file that is something else', () => {
    writeFileSync(join(copy.folder, 'text_encoder', 'model.safetensors'), 'not weights');
    expect(errors()).toEqual([
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining('text_encoder') }),
    ]);
  });

  it('names a damaged LoRA', () => {
    truncateSync(join(copy.folder, 'edit_lora', 'pytorch_lora_weights.safetensors'), 300);
    expect(errors()[0]?.message).toContain('edit_lora');
  });

  it('warns about what only lessens the model', () => {
    copy.patchJson('easel.json', { adapters: { edit: 'edit_lora' }, samples: 'pictures', colour: 'red' });
    expect(checkModelFolder(copy.folder)).toEqual([
      expect.objectContaining({ severity: 'warning', code: 'ADAPTER_MISSING' }),
      expect.objectContaining({ severity: 'warning', message: expect.stringContaining('colour') }),
      expect.objectContaining({ severity: 'warning', message: expect.stringContaining('pictures') }),
    ]);
  });
});
