import type { ByteCache } from '../runtime/byte-cache.ts';
import { floatOutput } from '../runtime/session.ts';
import type { LoadedModel } from './load-model.ts';

/** A text as the transformer reads it. */
export interface EncodedPrompt {
  /** float32 [hidden of CLIP] */
  readonly pooled: Float32Array;
  /** float32 [textTokens, d_model of T5] */
  readonly hidden: Float32Array;
  readonly textTokens: number;
  /** Sentences about text that did not fit. */
  readonly warnings: readonly string[];
}

export function encodedPromptBytes({ pooled, hidden }: EncodedPrompt): number {
  return pooled.byteLength + hidden.byteLength;
}

/** Encode one text with CLIP (pooled) and T5 (every token, pads included: no mask anywhere).
 * CLIP is cut without a warning: it only sets the tone, T5 carries the sentence. */
export async function encodePrompt(
  loaded: LoadedModel,
  cache: ByteCache<EncodedPrompt>,
  text: string,
): Promise<EncodedPrompt> {
  return cache.get(text, async () => {
    const { clip, clipTokenizer, t5, t5Tokenizer } = loaded;
    const clipTokens = clipTokenizer.encode(text);
    const t5Tokens = t5Tokenizer.encode(text);
    const clipOutputs = await clip.run({
      input_ids: { shape: [1, clipTokenizer.length], data: clipTokens.ids },
    });
    const t5Outputs = await t5.run({
      input_ids: { shape: [1, t5Tokenizer.length], data: t5Tokens.ids },
    });
    return {
      pooled: floatOutput(clipOutputs, 'pooled'),
      hidden: floatOutput(t5Outputs, 'hidden_states'),
      textTokens: t5Tokenizer.length,
      warnings: t5Tokens.isTruncated
        ? [`The text has ${t5Tokens.tokens} tokens; the model reads ${t5Tokenizer.length}, the rest was left out.`]
        : [],
    };
  });
}
