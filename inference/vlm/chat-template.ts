import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { z } from 'zod';
import { InferenceError } from '../errors.ts';
import { readModelJson } from '../model-folder/read-json.ts';
import { tokenContent, tokenSchema } from '../tokenizers/special-token.ts';
import type { ChatMessage } from './messages.ts';

/** Writes a conversation as the text that the model was trained on. */
export interface ChatTemplate {
  /** Ends where the assistant's answer begins; every image part is one placeholder.
   * @throws {InferenceError} INPUT_INVALID when the template refuses the conversation. */
  render(messages: readonly ChatMessage[]): string;
}

const namedTemplates = z.array(z.object({ name: z.string(), template: z.string() }));

const tokenizerConfigSchema = z.looseObject({
  chat_template: z.union([z.string(), namedTemplates]).nullish(),
  bos_token: tokenSchema.nullish(),
  eos_token: tokenSchema.nullish(),
  pad_token: tokenSchema.nullish(),
  unk_token: tokenSchema.nullish(),
});

interface TemplateSource {
  readonly file: string;
  readonly text: string;
}

/** Find and parse a folder's template: `chat_template.jinja`, `chat_template.json` or `tokenizer_config.json`.
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID naming the file and what was expected. */
export function openChatTemplate(folder: string): ChatTemplate {
  const configFile = join(folder, 'tokenizer_config.json');
  const config = existsSync(configFile)
    ? readModelJson(configFile, "the tokenizer's settings", tokenizerConfigSchema)
    : tokenizerConfigSchema.parse({});
  const source = findTemplate(folder, configFile, config.chat_template);
  const template = parse(source);
  const tokens = Object.fromEntries(
    (['bos_token', 'eos_token', 'pad_token', 'unk_token'] as const).map((name) => {
      const token = config[name];
      return [name, token ? tokenContent(token) : null];
    }),
  );
  return {
    render(messages) {
      try {
        return template.render({ ...tokens, messages, add_generation_prompt: true });
      } catch (error) {
        throw new InferenceError(
          'INPUT_INVALID',
          `The model's chat template refuses this conversation: ${messageOf(error)}`,
          { file: source.file },
          { cause: error },
        );
      }
    },
  };
}

function findTemplate(
  folder: string,
  configFile: string,
  configured: z.infer<typeof tokenizerConfigSchema>['chat_template'],
): TemplateSource {
  const plain = join(folder, 'chat_template.jinja');
  if (existsSync(plain)) return { file: plain, text: readFileSync(plain, 'utf8') };
  const wrapped = join(folder, 'chat_template.json');
  if (existsSync(wrapped)) {
    const schema = z.looseObject({ chat_template: z.string() });
    return { file: wrapped, text: readModelJson(wrapped, 'a chat template', schema).chat_template };
  }
  const text =
    typeof configured === 'string' ? configured : configured?.find(({ name }) => name === 'default')?.template;
  if (text !== undefined) return { file: configFile, text };
  throw new InferenceError(
    'MODEL_MISSING',
    `${folder} has no chat template: expected chat_template.jinja, chat_template.json or "chat_template" in tokenizer_config.json.`,
    { file: plain },
  );
}

function parse({ file, text }: TemplateSource): Template {
  try {
    return new Template(text);
  } catch (error) {
    throw new InferenceError(
      'MODEL_INVALID',
      `${file} holds no chat template that can be used: ${messageOf(error)}`,
      { file },
      { cause: error },
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
