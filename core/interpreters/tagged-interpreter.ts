import type { Interpretation } from '../domain.ts';
import { AppError } from '../errors.ts';
import { interpretByRules } from '../intent-rules.ts';
import { findMentions, toModelPositions } from '../mentions.ts';
import type { ChatModel, ChatPart, Interpreter } from '../ports.ts';
import { inputsOf, promptReading } from '../prompt.ts';
import type { Texts } from '../texts/catalogue.ts';
import { isReading } from '../turn-changes.ts';
import { unavailable } from './chat-interpreter.ts';
import type { ShowImage } from './compose-messages.ts';
import type { TaggedTemplate } from './prompt-template.ts';

export interface TaggedInterpreterDeps {
  readonly model: ChatModel;
  readonly template: TaggedTemplate;
  readonly showImage: ShowImage;
  readonly texts: Texts;
}

const MAX_CHARACTERS = 4000;
/** Control characters that are no white space, and bytes that were no text. */
const NOISE = /[^\P{Cc}\s]|\ufffd/u;

/**
 * Reads requests as DreamOmni2 does: people choose edit or generation and the order of the images (here the rules do), and
 * its language model writes what the transformer is told, between two tags. Throws ENGINE_UNAVAILABLE with the reason in
 * its details when no usable text came; the model is greedy, so asking it again would change nothing.
 * @source DreamOmni2 inference_edit.py, inference_gen.py
 */
export function createTaggedInterpreter(
  { model, template, showImage, texts }: TaggedInterpreterDeps,
  { timeoutMs }: { readonly timeoutMs: number },
): Interpreter {
  return {
    async interpret(request, { signal }): Promise<Interpretation> {
      if (signal.aborted) throw new AppError('CANCELLED', {});
      const reading = interpretByRules(request, texts);
      const inputs = inputsOf(reading);
      // Without any picture there is nothing that the model could add to the words.
      if (!isReading(reading) || inputs.length === 0) return reading;

      const content: ChatPart[] = [];
      for (const number of inputs) {
        const image = request.images.find((each) => each.number === number);
        const picture = image?.status === 'ready' ? await showImage(image) : undefined;
        if (picture === undefined) throw new AppError('IMAGE_GONE', { number });
        content.push({ kind: 'image', ...picture });
      }
      const asked = promptReading(reading).instruction;
      content.push({ kind: 'text', text: asked + template.suffix[reading.mode] });

      const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const answer = await model.ask([{ role: 'user', content }], { signal: deadline });
      if (signal.aborted) throw new AppError('CANCELLED', {});
      if (answer.kind === 'failed') throw unavailable(model, answer.reason);
      const written = answer.isCut ? undefined : readTagged(answer.text, asked);
      if (written === undefined || namesOtherImages(written, inputs.length)) throw unavailable(model, 'unusable');
      return withPrompt(reading, written, asked, inputs);
    },
  };
}

/**
 * The text between the tags, whatever they are called; all of it where there are none.
 * @returns undefined for what nobody could mean: nothing, noise, or untagged words that have nothing of the request's.
 */
function readTagged(answer: string, asked: string): string | undefined {
  const tagged = /^\s*<([a-z_]+)>\s*(.*?)\s*<\/[a-z_]+>\s*$/is.exec(answer);
  const text = (tagged?.[2] ?? answer.replace(/^\s*<[a-z_]+>|<\/[a-z_]+>\s*$/gi, '')).trim();
  if (text === '' || text.length > MAX_CHARACTERS || NOISE.test(text)) return undefined;
  return tagged !== null || sharesWord(text, asked) ? text : undefined;
}

function sharesWord(text: string, asked: string): boolean {
  const words = (sentence: string) => sentence.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
  const known = new Set(words(asked));
  return words(text).some((word) => word !== 'image' && known.has(word));
}

function namesOtherImages(text: string, count: number): boolean {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const mentions = findMentions(text, { numbers, attached: [], current: null, parent: null });
  return mentions.some((mention) => mention.numbers.some((number) => number > count));
}

/** The model writes positions; a reading has people's numbers, and becomes positions again for the transformer. */
function withPrompt(
  reading: Interpretation,
  written: string,
  asked: string,
  inputs: readonly number[],
): Interpretation {
  const positionOf = Array.from({ length: Math.max(...inputs) }, (_, index) => inputs.indexOf(index + 1) + 1);
  const numbered = (text: string) => toModelPositions(text, positionOf).trim();
  if (reading.mode === 'generate') return { ...reading, description: numbered(written) };
  if (written.startsWith(asked)) return { ...reading, description: numbered(written.slice(asked.length)) };
  return { ...reading, instruction: numbered(written), description: '' };
}
