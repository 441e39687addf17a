import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChatTemplate } from '../../../../inference/vlm/chat-template.ts';
import type { ChatMessage } from '../../../../inference/vlm/messages.ts';
import type { ModelCopy } from '../../../support/copy-model.ts';
import { copyTinyVlm, tinyVlm, VLM_CASES, vlmGolden } from '../../../support/tiny-vlm.ts';

const CONVERSATION: readonly ChatMessage[] = [
  {
    role: 'user',
    content: [{ type: 'image' }, { type: 'image' }, { type: 'text', text: 'Swap them. It is editing task.' }],
  },
];

const RENDERED =
  '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n' +
  '<|vision_start|><|image_pad|><|vision_end|><|vision_start|><|image_pad|><|vision_end|>' +
  'Swap them. It is editing task.<|im_end|>\n<|im_start|>assistant\n';

let copy: ModelCopy;
beforeEach(() => {
  copy = copyTinyVlm('flat');
});
afterEach(() => copy.remove());

/** The template of the folder, moved to where another generation of folders keeps it. */
function moveTemplate(): string {
  const text = readFileSync(join(tinyVlm('nested'), 'chat_template.jinja'), 'utf8');
  copy.drop('chat_template.json');
  return text;
}

describe('openChatTemplate', () => {
  it('writes the conversation that DreamOmni2 has with its model', () => {
    expect(openChatTemplate(copy.folder).render(CONVERSATION)).toBe(RENDERED);
  });

  it.each(VLM_CASES)('writes what transformers writes: %s %s', (model, name) => {
    const { messages, prompt } = vlmGolden(model, name);
    expect(openChatTemplate(tinyVlm(model)).render(messages)).toBe(prompt);
  });

  it('finds the template as a file of its own', () => {
    writeFileSync(join(copy.folder, 'chat_template.jinja'), moveTemplate());
    expect(openChatTemplate(copy.folder).render(CONVERSATION)).toBe(RENDERED);
  });

  it('finds the template in the settings of the tokenizer, alone or by name', () => {
    const template = moveTemplate();
    copy.patchJson('tokenizer_config.json', { chat_template: template });
    expect(openChatTemplate(copy.folder).render(CONVERSATION)).toBe(RENDERED);
    const named = [
      { name: 'tools', template: 'no' },
      { name: 'default', template },
    ];
    copy.patchJson('tokenizer_config.json', { chat_template: named });
    expect(openChatTemplate(copy.folder).render(CONVERSATION)).toBe(RENDERED);
  });

  it('gives the template the special tokens', () => {
    copy.patchJson('chat_template.json', { chat_template: '{{ eos_token }}{{ messages|length }}' });
    expect(openChatTemplate(copy.folder).render(CONVERSATION)).toBe('<|im_end|>1');
  });

  it('says where it looked when there is none', () => {
    moveTemplate();
    expect(() => openChatTemplate(copy.folder)).toThrow(
      expect.objectContaining({
        code: 'MODEL_MISSING',
        message: expect.stringContaining('expected chat_template.jinja, chat_template.json or "chat_template"'),
      }),
    );
  });

  it('names the file of a template that cannot be read', () => {
    copy.patchJson('chat_template.json', { chat_template: '{% for %}' });
    expect(() => openChatTemplate(copy.folder)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining('chat_template.json') }),
    );
  });

  it('passes on why a template refuses a conversation', () => {
    copy.patchJson('chat_template.json', { chat_template: "{{ raise_exception('system messages only') }}" });
    expect(() => openChatTemplate(copy.folder).render(CONVERSATION)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining('system messages only') }),
    );
  });
});
