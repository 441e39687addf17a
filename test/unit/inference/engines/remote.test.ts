import { describe, expect, it } from 'vitest';
import { readWorkflow } from '../../../../inference/engines/remote/comfyui-workflow.ts';
import { isPrivateAddress } from '../../../../inference/engines/remote/private-address.ts';
import { promptTemplateSchema, writePrompt } from '../../../../inference/engines/remote/prompt-template.ts';
import { rememberReadiness } from '../../../../inference/engines/remote/readiness.ts';
import { redact } from '../../../../inference/engines/remote/redact.ts';
import { sizeFor } from '../../../../inference/engines/remote/wanted-size.ts';
import { createEngine, isInferenceError, knownModel } from '../../../../inference/index.ts';
import { comfyWorkflow } from '../../../support/engines/fake-comfyui.ts';
import { templateOf } from '../../../support/engines/remote-engines.ts';

describe('isPrivateAddress', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '2001:0:a00:1::',
    'localhost',
    '',
  ])('counts %s as private', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2001:4860:4860::8888'])(
    'counts %s as public',
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );
});

describe('writePrompt', () => {
  const template = promptTemplateSchema.parse({
    version: 1,
    edit: ['Base and {references}.', '{instruction}', 'Shows {description}', 'Keep {keep}'],
    generate: ['From {references}.', '{instruction} {count}', '{seed}'],
    strip: ['<secret>'],
  });
  const picture = new Uint8Array([1]);
  const request = { mode: 'edit', prompt: 'Do it.', images: [picture], seed: 3 } as const;

  it('leaves out a line of which a part is empty', () => {
    expect(writePrompt(template, request)).toBe('Do it.');
  });

  it('names the references beyond the base of an edit, and all images of a generation', () => {
    const images = [picture, picture, picture];
    expect(writePrompt(template, { ...request, images })).toContain('Base and image 2 and image 3.');
    expect(writePrompt(template, { ...request, mode: 'generate', images })).toBe(
      'From image 1, image 2 and image 3.\nDo it. 3\n3',
    );
  });

  it('takes out what only the template may say, and fills no placeholder that a person wrote', () => {
    const reading = { instruction: '{seed} <secr<secret>et> <SECRET>x', description: '', keep: [] };
    expect(writePrompt(template, { ...request, reading })).toBe('{seed} <secr et>  x');
  });

  it.each(['openai-images.v1', 'gemini.v1', 'plain.v1', 'sd-cpp.v1'])('reads the template %s', (name) => {
    const parsed = promptTemplateSchema.parse(templateOf(name));
    expect(writePrompt(parsed, request)).toContain('Do it.');
    expect(writePrompt(parsed, { ...request, mode: 'generate', images: [] })).not.toMatch(/\{\w+\}/);
  });
});

describe('sizeFor', () => {
  it('asks for a free size of the shape, in multiples, within the longest shape', () => {
    const rule = { rule: 'free', pixels: 1_048_576, multiple: 16, maxRatio: 3 } as const;
    expect(sizeFor(rule, undefined)).toEqual({ width: 1024, height: 1024 });
    expect(sizeFor(rule, 1.5)).toEqual({ width: 1248, height: 832 });
    expect(sizeFor(rule, 10)).toEqual(sizeFor(rule, 3));
  });

  it('asks for the listed size of the nearest shape, the first where no shape is wanted', () => {
    const rule = {
      rule: 'listed',
      sizes: [
        [1024, 1024],
        [1536, 1024],
        [1024, 1536],
      ],
    } as const;
    expect(sizeFor(rule, undefined)).toEqual({ width: 1024, height: 1024 });
    expect(sizeFor(rule, 0.7)).toEqual({ width: 1024, height: 1536 });
  });

  it('asks for none where the server decides', () => {
    expect(sizeFor({ rule: 'unknown' }, 1.5)).toBeUndefined();
  });
});

describe('redact', () => {
  it('takes out keys, given ones and ones that look like it, and cuts what is long', () => {
    const text = 'key my-own-key, sk-proj-abc***xyz, Bearer abc.def, AIzaSyA1234567890';
    const shown = redact(text, ['my-own-key', '']);
    expect(shown).not.toMatch(/my-own-key|abc|1234567890/);
    expect(redact('x'.repeat(9000), []).length).toBeLessThanOrEqual(500);
  });
});

describe('rememberReadiness', () => {
  it('asks once in a minute, and after a failure again soon', async () => {
    let now = 0;
    let asked = 0;
    let isWell = true;
    const ready = rememberReadiness(
      async () => {
        asked += 1;
        if (!isWell) throw new Error('away');
      },
      () => now,
    );
    await ready();
    now = 59_000;
    await ready();
    expect(asked).toBe(1);
    isWell = false;
    now = 61_000;
    await expect(ready()).rejects.toThrow('away');
    now = 63_000;
    await expect(ready()).rejects.toThrow('away');
    expect(asked).toBe(2);
    isWell = true;
    now = 67_000;
    await ready();
    expect(asked).toBe(3);
  });
});

describe('readWorkflow', () => {
  const titled = (title: string) => ({
    ...comfyWorkflow(),
    '9': { class_type: 'LoadImage', inputs: { image: 'x.png', text: 'x' }, _meta: { title } },
  });

  it('finds the parts of a request by the titles of nodes', () => {
    expect(readWorkflow(comfyWorkflow())).toMatchObject({
      output: '6',
      images: [{ node: '1' }, { node: '2' }, { node: '3' }],
      slots: { prompt: [{ node: '4', inputs: ['text'] }], seed: [{ node: '5' }], steps: [{ node: '5' }] },
    });
  });

  it.each([
    ['a workflow of the page', { nodes: [], links: [] }, /Export \(API\)/],
    ['something else', [1, 2], /no workflow/],
    ['one without a prompt', { '1': { class_type: 'A', inputs: {} } }, /Easel prompt/],
    ['a gap in its images', titled('Easel image 5'), /numbered/],
    ['a needed image after an optional one', titled('Easel image 4'), /optional image comes before/],
    ['a part that nobody knows', titled('Easel mask'), /names no part/],
    ['a part without its input', titled('Easel seed'), /none of the inputs/],
  ])('says what is wrong with %s', (_name, json, says) => {
    expect(readWorkflow(json)).toEqual({ problem: expect.stringMatching(says) });
  });
});

describe('createEngine', () => {
  it('says which option is wrong, without the key', () => {
    const options = {
      kind: 'openai-images',
      id: 'Not A Slug',
      baseUrl: 'ftp://host',
      model: 'x',
      maxImages: 0,
      size: { rule: 'free' },
      template: templateOf('plain.v1'),
      apiKey: { reveal: () => 'sk-hidden-hidden' },
    } as const;
    try {
      createEngine(options);
      expect.unreachable();
    } catch (error) {
      expect(isInferenceError(error) && error.code).toBe('ENGINE_MISCONFIGURED');
      expect(String(error)).toMatch(/small letters.*http or https/s);
      expect(String(error)).not.toContain('hidden');
    }
  });
});

describe('knownModel', () => {
  it('knows prices with their source and date, for the kind that has the model', () => {
    expect(knownModel('openai-images', 'gpt-image-2')).toMatchObject({ maxImages: 16, price: { currency: 'USD' } });
    expect(knownModel('gemini', 'gpt-image-2')).toBeUndefined();
    expect(knownModel('openai-images', 'toString')).toBeUndefined();
  });
});
