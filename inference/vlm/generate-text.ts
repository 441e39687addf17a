import { createHash } from 'node:crypto';
import { InferenceError } from '../errors.ts';
import { decodeImage } from '../image/decode.ts';
import type { Picture } from '../image/picture.ts';
import { fitInput } from '../image/size-rule.ts';
import { createByteCache } from '../runtime/byte-cache.ts';
import { yieldToCancellation } from '../runtime/cancellation.ts';
import { composePrompt, type Prompt, requireMatchingImages } from './compose-prompt.ts';
import { type EncodedPicture, encodedPictureBytes, encodePicture } from './encode-picture.ts';
import type { GenerationRequest, GenerationResult } from './generation-contract.ts';
import { createGreedyChoice } from './greedy-choice.ts';
import type { LoadedVlm } from './load-vlm.ts';
import { startDecoding } from './text-decoder.ts';
import { createTextStream } from './text-stream.ts';

interface GenerateOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with every further piece of text, whole code points. */
  readonly onText?: ((text: string) => void) | undefined;
}

/** Messages and pictures in, text out. Calls must not overlap: the networks share the cores. */
export interface TextGeneration {
  /** @throws {InferenceError} INPUT_INVALID, INPUT_UNSUPPORTED_IMAGE, INPUT_TOO_LARGE, CANCELLED between two tokens,
   * NUMERIC_INVALID, INFERENCE_OUT_OF_MEMORY. */
  generate(request: GenerationRequest, options?: GenerateOptions): Promise<GenerationResult>;
}

export interface TextGenerationOptions {
  /** Bytes of encoded pictures that are kept; default 64 MiB. */
  readonly cacheBytes?: number | undefined;
  /** `own`: pictures as they come. `kontext`: stretched to the nearest resolution of FLUX.1-Kontext first, as DreamOmni2
   * shows them to its model. Default `own`. */
  readonly imageSizes?: 'own' | 'kontext' | undefined;
}

const DEFAULT_NEW_TOKENS = 1024;
const KONTEXT_MULTIPLE = 16;

/** The likeliest token each time, until the model stops or the limit is reached.
 * @source transformers GenerationMixin greedy search 5.23; parity: test/parity/vision-language.test.ts */
export function createTextGeneration(
  loaded: LoadedVlm,
  { cacheBytes = 64 * 2 ** 20, imageSizes = 'own' }: TextGenerationOptions = {},
): TextGeneration {
  const cache = createByteCache<EncodedPicture>(cacheBytes, encodedPictureBytes);

  async function encode(bytes: Uint8Array): Promise<EncodedPicture> {
    return cache.get(createHash('sha256').update(bytes).digest('hex'), async () =>
      encodePicture(loaded, await openPicture(bytes, imageSizes)),
    );
  }

  return {
    async generate(request, { signal, onText } = {}) {
      const start = performance.now();
      requireMatchingImages(request.messages, request.images.length);

      // 1. The pictures, one by one: they never attend to each other.
      const pictures: EncodedPicture[] = [];
      for (const bytes of request.images) {
        await yieldToCancellation(signal);
        pictures.push(await encode(bytes));
      }
      const encoded = performance.now();

      // 2. The prompt.
      const prompt = composePrompt(loaded, request.messages, pictures);
      const limit = request.maxNewTokens ?? DEFAULT_NEW_TOKENS;
      requireRoom(loaded, prompt, limit);
      const decoding = startDecoding(loaded, prompt);
      const choice = createGreedyChoice(prompt.ids, request.repetitionPenalty ?? loaded.defaults.repetitionPenalty);
      const stops = new Set(loaded.defaults.stopIds);
      const stream = createTextStream(loaded.tokenizer.decode);
      let id = choice.choose(await decoding.readPrompt(signal));
      const read = performance.now();

      // 3. Token by token.
      let text = '';
      const tell = (piece: string): void => {
        if (piece === '') return;
        text += piece;
        onText?.(piece);
      };
      let newTokens = 1;
      while (!stops.has(id)) {
        tell(stream.push(id));
        if (newTokens === limit) break;
        await yieldToCancellation(signal);
        id = choice.choose(await decoding.readToken(id));
        newTokens += 1;
      }
      tell(stream.end());
      const end = performance.now();
      return {
        text,
        finishReason: stops.has(id) ? 'stop' : 'length',
        promptTokens: prompt.ids.length,
        newTokens,
        timingsMs: { images: encoded - start, prompt: read - encoded, text: end - read, total: end - start },
      };
    },
  };
}

async function openPicture(bytes: Uint8Array, imageSizes: 'own' | 'kontext'): Promise<Picture> {
  const picture = await decodeImage(bytes);
  if (imageSizes === 'own') return picture;
  return (await fitInput(picture, { rule: 'kontext', multiple: KONTEXT_MULTIPLE })).picture;
}

function requireRoom({ config }: LoadedVlm, { ids }: Prompt, limit: number): void {
  const { maxPositions } = config.text;
  if (ids.length + limit <= maxPositions) return;
  throw new InferenceError(
    'INPUT_INVALID',
    `The conversation takes ${ids.length} tokens and the answer up to ${limit}; the model reads ${maxPositions} at most.`,
    { promptTokens: ids.length, maxNewTokens: limit, maxPositions },
  );
}
