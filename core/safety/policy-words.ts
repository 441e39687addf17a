/**
 * What one language contributes to the rules: sources of regular expressions, held against folded text (`fold-text.ts`:
 * lower case, no accents, no punctuation, single spaces). Where words are separated by spaces they match whole words.
 */
export interface PolicyWords {
  /** `parts`: the language writes without spaces, or joins endings to words. */
  readonly match: 'words' | 'parts';
  /** Taken out before anything else is looked for. */
  readonly harmless: readonly string[];
  /** Nudity and sex. */
  readonly explicit: readonly string[];
  /** Sexual only about somebody. */
  readonly suggestive: readonly string[];
  readonly minors: readonly string[];
  /** Said of minors and of adults: counts as minors beside what is explicit. */
  readonly youths: readonly string[];
  /** A real person, or one in a picture. */
  readonly people: readonly string[];
  /** Refused by themselves: somebody is to be undressed or shown sexually. */
  readonly undressing: readonly string[];
  /** Refused by themselves: about minors. */
  readonly abuse: readonly string[];
}
