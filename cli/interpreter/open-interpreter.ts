import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../core/config.ts';
import { AppError } from '../../core/errors.ts';
import { createRuleInterpreter } from '../../core/intent-rules.ts';
import { createChatInterpreter } from '../../core/interpreters/chat-interpreter.ts';
import type { ShowImage } from '../../core/interpreters/compose-messages.ts';
import { chatTemplateSchema, taggedTemplateSchema } from '../../core/interpreters/prompt-template.ts';
import { createTaggedInterpreter } from '../../core/interpreters/tagged-interpreter.ts';
import { createInterpreterWithFallback } from '../../core/interpreters/with-fallback.ts';
import type { Blobs, ChatAnswer, ChatModel, Interpreter, Logger } from '../../core/ports.ts';
import { createVisionLanguageModel, shrinkImage } from '../../inference/index.ts';
import { PACKAGE_FOLDER } from '../files.ts';
import { texts } from '../texts.ts';
import { readAnswerFormat } from './answer-format.ts';
import { planVlm } from './check-vlm.ts';
import { openRemoteModel } from './open-remote-model.ts';

/** What reads requests here, as EASEL_VLM says. */
export interface OpenInterpreter {
  /** `rules`, `local`, or `provider:model`. */
  readonly name: string;
  /** With the rules behind it: what they read instead says so. */
  reading(from: InterpreterSources): Interpreter;
  /** Open the model of this machine; elsewhere nothing is asked. */
  ready(): Promise<void>;
  /** One short question, to see that the model answers; undefined for the rules. */
  probe?(signal: AbortSignal): Promise<ChatAnswer>;
  dispose(): Promise<void>;
}

export interface InterpreterSources {
  readonly blobs: Pick<Blobs, 'get'>;
  readonly logger: Logger;
}

/** What a chat model is sent of a picture: enough to see what it shows, little enough to send ten. */
const SHOWN_BYTES = 250_000;
const SHOWN_SIDE_PX = 1024;

/** @throws AppError CONFIG_INVALID, InferenceError for a damaged language model. */
export async function openInterpreter(config: Config): Promise<OpenInterpreter> {
  const plan = planVlm(config);
  const fallback = createRuleInterpreter({ texts });
  const nothing = () => Promise.resolve();
  if (plan.kind === 'rules') return { name: 'rules', reading: () => fallback, ready: nothing, dispose: nothing };

  const { timeoutMs } = config.chatModel;
  const behind = (main: Interpreter, logger: Logger) => createInterpreterWithFallback({ main, fallback, logger });
  const probe = (model: ChatModel) => (signal: AbortSignal) =>
    model.ask([{ role: 'user', content: [{ kind: 'text', text: 'Answer with the word yes.' }] }], {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });

  if (plan.kind === 'chat') {
    const model = await openRemoteModel(plan, config);
    const template = chatTemplateSchema.parse(readTemplate('chat.v1'));
    return {
      name: model.name,
      reading: ({ blobs, logger }) =>
        behind(createChatInterpreter({ model, template, showImage: smallCopies(blobs), texts }, { timeoutMs }), logger),
      ready: nothing,
      probe: probe(model),
      dispose: nothing,
    };
  }

  const [{ GeneratedChatModel }, { asChatModel }] = await Promise.all([
    import('../../prompts/chat-models/generated-chat-model.ts'),
    import('../../prompts/chat-models/chat-model.ts'),
  ]);
  const format = readAnswerFormat(plan.folder);
  const tagged = taggedTemplateSchema.parse(readTemplate('dreamomni2.v1'));
  const asked = format === undefined ? undefined : chatTemplateSchema.parse(readTemplate(format.template));
  const imageSizes = format === undefined ? 'kontext' : 'own';
  const language = createVisionLanguageModel(plan.folder, { imageSizes, device: config.device });
  const { maxNewTokens, repetitionPenalty } = format === undefined ? tagged : { ...format, repetitionPenalty: 1 };
  const generate = language.generate.bind(language);
  const model = asChatModel('local', new GeneratedChatModel({ generate, maxNewTokens, repetitionPenalty }));
  const reader = (showImage: ShowImage) =>
    asked === undefined
      ? createTaggedInterpreter({ model, template: tagged, showImage, texts }, { timeoutMs })
      : createChatInterpreter({ model, template: asked, showImage, texts }, { timeoutMs });
  return {
    name: 'local',
    reading: ({ blobs, logger }) => behind(reader(wholeImages(blobs)), logger),
    ready: () => language.ready(),
    dispose: () => language.dispose(),
  };
}

function smallCopies(blobs: Pick<Blobs, 'get'>): ShowImage {
  return async ({ blob }) => {
    const stored = await blobs.get(blob);
    return stored === undefined ? undefined : shrinkImage(stored.bytes, SHOWN_BYTES, { maxSidePx: SHOWN_SIDE_PX });
  };
}

/** The engine brings them to the resolution of its model itself. */
function wholeImages(blobs: Pick<Blobs, 'get'>): ShowImage {
  return ({ blob }) => blobs.get(blob);
}

/** @throws AppError CONFIG_INVALID for a name that a model folder made up. */
function readTemplate(name: string): unknown {
  const file = join(PACKAGE_FOLDER, 'prompts/interpret', `${name}.json`);
  if (!existsSync(file)) throw new AppError('CONFIG_INVALID', { problems: `EASEL_VLM: there is no template ${file}` });
  return JSON.parse(readFileSync(file, 'utf8'));
}
