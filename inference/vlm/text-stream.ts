/** Turns tokens into text as they come. */
export interface TextStream {
  /** @returns the text that has become certain: whole code points only, often empty. */
  push(id: number): string;
  /** @returns what was held back; bytes that are no text become U+FFFD. */
  end(): string;
}

const REPLACEMENT = '\uFFFD';

/** A character outside ASCII may take several tokens of a byte-level vocabulary: until it is whole, decoding ends with a
 * replacement character, and the tokens wait.
 * @param decode text of tokens, special ones left out. */
export function createTextStream(decode: (ids: readonly number[]) => string): TextStream {
  let waiting: number[] = [];

  function release(text: string): string {
    waiting = [];
    return text;
  }

  return {
    push(id) {
      waiting.push(id);
      const text = decode(waiting);
      return text.endsWith(REPLACEMENT) ? '' : release(text);
    },
    end: () => release(decode(waiting)),
  };
}
