import type { Interpretation } from '../domain.ts';
import { AppError } from '../errors.ts';
import { checkRequest } from '../intent-rules.ts';
import type { ChatFailure, ChatMessage, ChatModel, Interpreter, InterpreterRequest } from '../ports.ts';
import type { Texts } from '../texts/catalogue.ts';
import { problemsOf, toInterpretation } from './check-answer.ts';
import { composeMessages, type ShowImage } from './compose-messages.ts';
import { parseAnswer } from './parse-answer.ts';
import { type ChatTemplate, fillLines } from './prompt-template.ts';

export interface ChatInterpreterDeps {
  readonly model: ChatModel;
  readonly template: ChatTemplate;
  readonly showImage: ShowImage;
  readonly texts: Texts;
}

export interface ChatInterpreterOptions {
  /** For both questions together. */
  readonly timeoutMs: number;
}

/** How much of an unusable answer is shown to the model again. */
const MAX_ECHO = 4000;

/** Reads requests with a chat model: one question, and one more where the answer cannot be used.
 * Throws ENGINE_UNAVAILABLE with the reason in its details when no usable answer came. */
export function createChatInterpreter(
  { model, template, showImage, texts }: ChatInterpreterDeps,
  { timeoutMs }: ChatInterpreterOptions,
): Interpreter {
  async function ask(messages: readonly ChatMessage[], signal: AbortSignal, deadline: AbortSignal): Promise<string> {
    const answer = await model.ask(messages, { signal: deadline });
    if (signal.aborted) throw new AppError('CANCELLED', {});
    if (answer.kind === 'failed') throw unavailable(model, answer.reason);
    return answer.text;
  }

  return {
    async interpret(request, { signal }): Promise<Interpretation> {
      if (signal.aborted) throw new AppError('CANCELLED', {});
      const mentions = checkRequest(request);
      requireRoom(
        mentions.flatMap(({ numbers }) => numbers),
        request,
      );
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const messages = await composeMessages(request, mentions, template, showImage);

      const first = await ask(messages, signal, deadline);
      const understood = understand(first, request, texts);
      if ('interpretation' in understood) return understood.interpretation;

      const repair: readonly ChatMessage[] = [
        ...messages,
        said('assistant', first.slice(0, MAX_ECHO)),
        said('user', fillLines(template.repair, { problems: understood.problems.join('\n') })),
      ];
      const mended = understand(await ask(repair, signal, deadline), request, texts);
      if ('interpretation' in mended) return mended.interpretation;
      throw unavailable(model, 'unusable');
    },
  };
}

function understand(
  text: string,
  request: InterpreterRequest,
  texts: Texts,
): { readonly interpretation: Interpretation } | { readonly problems: readonly string[] } {
  const reading = parseAnswer(text);
  if (reading.kind === 'unusable') return { problems: reading.problems };
  const problems = problemsOf(reading.answer, request);
  return problems.length > 0 ? { problems } : { interpretation: toInterpretation(reading.answer, request, texts) };
}

/** @throws AppError TOO_MANY_IMAGES when the words alone name more than the engine takes. */
function requireRoom(numbers: readonly number[], { maxImages: limit }: InterpreterRequest): void {
  const count = new Set(numbers).size;
  if (count > limit) throw new AppError('TOO_MANY_IMAGES', { limit, count });
}

function said(role: 'assistant' | 'user', text: string): ChatMessage {
  return { role, content: [{ kind: 'text', text }] };
}

/** The interpreter itself failed, not the request. */
export function unavailable({ name: model }: ChatModel, reason: ChatFailure | 'unusable'): AppError {
  return new AppError('ENGINE_UNAVAILABLE', {}, { details: { model, reason } });
}
