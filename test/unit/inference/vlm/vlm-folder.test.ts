import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkModelFolder } from '../../../../inference/index.ts';
import { checkVlmFolder, openVlmFolder } from '../../../../inference/vlm/open-vlm-folder.ts';
import type { ModelCopy } from '../../../support/copy-model.ts';
import { copyTinyModel } from '../../../support/tiny-model.ts';
import { copyTinyVlm, tinyVlm } from '../../../support/tiny-vlm.ts';

let copy: ModelCopy;
beforeEach(() => {
  copy = copyTinyVlm('flat');
});
afterEach(() => copy.remove());

function visionWith(values: object): object {
  const config: unknown = JSON.parse(readFileSync(join(copy.folder, 'config.json'), 'utf8'));
  return { vision_config: { ...Object(Object(config).vision_config), ...values } };
}

describe('openVlmFolder', () => {
  it('reads the config as first released and the nested one of newer folders', () => {
    const flat = openVlmFolder(tinyVlm('flat'));
    expect(flat.config.text).toMatchObject({
      width: 64,
      heads: 4,
      keyHeads: 2,
      ropeSections: [2, 3, 3],
      isTied: false,
    });
    expect(flat.defaults).toEqual({ stopIds: [302, 300], repetitionPenalty: 1.05 });
    const nested = openVlmFolder(tinyVlm('nested'));
    expect(nested.config.text).toMatchObject({ width: 64, keyHeads: 1, ropeSections: [4, 2, 2], isTied: true });
    expect(nested.config.vision).toMatchObject({ patchSize: 5, mergeSize: 3, windowCells: 2 });
    expect(nested.defaults).toEqual({ stopIds: [302, 300], repetitionPenalty: 1 });
  });

  it('stops where the config says when there are no settings for generation', () => {
    copy.drop('generation_config.json');
    expect(openVlmFolder(copy.folder).defaults).toEqual({ stopIds: [302], repetitionPenalty: 1 });
  });

  it('says that the folder is missing', () => {
    expect(() => openVlmFolder('/nowhere/vlm')).toThrow(
      expect.objectContaining({ code: 'MODEL_MISSING', message: expect.stringContaining('/nowhere/vlm') }),
    );
  });

  it.each([
    ['config.json', 'MODEL_MISSING'],
    ['preprocessor_config.json', 'MODEL_MISSING'],
  ])('names %s when it is missing', (file, code) => {
    copy.drop(file);
    expect(() => openVlmFolder(copy.folder)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(file) }),
    );
  });

  it.each([
    ['another model', { model_type: 'qwen2_vl' }, ['model_type', 'qwen2_5_vl']],
    ['heads that do not divide the width', { num_attention_heads: 3 }, ['num_attention_heads', 'multiple of 8']],
    ['key heads that do not divide the heads', { num_key_value_heads: 3 }, ['num_key_value_heads', 'must divide']],
    ['sections that do not fill a head', { rope_scaling: { mrope_section: [2, 2] } }, ['mrope_section', 'half a head']],
    ['stretched positions', { rope_scaling: { type: 'yarn' } }, ['rope_scaling.type']],
    ['sliding windows', { use_sliding_window: true }, ['use_sliding_window']],
    ['another activation', { hidden_act: 'gelu' }, ['hidden_act', 'silu']],
    ['a width that is none', { hidden_size: 'wide' }, ['hidden_size']],
  ])('names what it does not support: %s', (_what, values, expected) => {
    copy.patchJson('config.json', values);
    for (const part of ['config.json', ...expected]) {
      expect(() => openVlmFolder(copy.folder)).toThrow(
        expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining(part) }),
      );
    }
  });

  it.each([
    ['a window smaller than a cell', { window_size: 7 }, 'window_size'],
    ['embeddings of another width', { out_hidden_size: 48 }, 'out_hidden_size'],
    ['black and white pictures', { in_channels: 1 }, 'in_channels'],
  ])('names what the vision tower does not support: %s', (_what, values, expected) => {
    copy.patchJson('config.json', visionWith(values));
    expect(() => openVlmFolder(copy.folder)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining(expected) }),
    );
  });

  it('finds out that pictures are prepared for another model', () => {
    copy.patchJson('preprocessor_config.json', { patch_size: 14 });
    expect(() => openVlmFolder(copy.folder)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining('patchSize of 14') }),
    );
  });

  it('refuses pictures that would not be resized', () => {
    copy.patchJson('preprocessor_config.json', { do_resize: false });
    expect(() => openVlmFolder(copy.folder)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining('do_resize') }),
    );
  });
});

describe('checkVlmFolder', () => {
  it('finds nothing in a whole folder', () => {
    expect([...checkVlmFolder(tinyVlm('flat')), ...checkVlmFolder(tinyVlm('nested'))]).toEqual([]);
  });

  it('names a tensor that does not fit, with its file', () => {
    copy.patchJson('config.json', { intermediate_size: 81 });
    const [finding, ...rest] = checkVlmFolder(copy.folder);
    expect(rest).toEqual([]);
    expect(finding?.code).toBe('MODEL_INVALID');
    expect(finding?.message).toMatch(/model-0000\d-of-00003\.safetensors: "model\.layers\.0\.mlp\.gate_proj\.weight"/);
  });

  it('names a shard that is missing and a tokenizer that is none, all at once', () => {
    copy.drop('model-00002-of-00003.safetensors');
    writeFileSync(join(copy.folder, 'tokenizer.json'), '{}');
    const messages = checkVlmFolder(copy.folder).map(({ message }) => message);
    expect(messages).toHaveLength(2);
    expect(messages.join('\n')).toContain('tokenizer.json does not hold a byte-level tokenizer');
    expect(messages.join('\n')).toContain('model-00002-of-00003.safetensors is missing');
  });

  it('is part of the check of a model folder, whose pictures do not depend on it', () => {
    const model = copyTinyModel('small');
    try {
      cpSync(copy.folder, join(model.folder, 'vlm'), { recursive: true });
      expect(checkModelFolder(model.folder)).toEqual([]);
      model.patchJson('vlm/config.json', { model_type: 'other' });
      expect(checkModelFolder(model.folder)).toMatchObject([
        { severity: 'warning', code: 'MODEL_INVALID', message: expect.stringContaining('vlm/config.json') },
      ]);
    } finally {
      model.remove();
    }
  });
});
