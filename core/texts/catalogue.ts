import type { Saying } from '../domain.ts';
import type { en } from './en.ts';
import type { Sentence } from './sentence.ts';

export type TextKey = keyof typeof en;
/** Every language has every key. */
export type Catalogue = Readonly<Record<TextKey, Sentence>>;

type Placeholders<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;
type SentenceText<S> = S extends string ? S : S extends { readonly forms: infer Forms } ? Forms[keyof Forms] : never;
type SentenceValue<S> = S extends { readonly by: infer By extends string } ? By : never;
/** The placeholders of a sentence, read off the English text. `reference` is left out: whoever shows the text knows it. */
export type TextValues<K extends TextKey> = Readonly<
  Record<
    Exclude<Placeholders<SentenceText<(typeof en)[K]>> | SentenceValue<(typeof en)[K]>, 'reference'>,
    string | number
  >
>;

export interface Texts {
  readonly language: string;
  say<K extends TextKey>(key: K, values: TextValues<K>): string;
  /** For sayings from a document or the wire. An unknown key, from another version, becomes the general failure. */
  sayStored(saying: Saying, reference?: string): string;
}

/** @param language BCP 47; chooses plural rules and number formats. */
export function createTexts(catalogue: Catalogue, language: string): Texts {
  const rules = {
    cardinal: new Intl.PluralRules(language, { type: 'cardinal' }),
    ordinal: new Intl.PluralRules(language, { type: 'ordinal' }),
  };

  function fill(sentence: Sentence, values: Readonly<Record<string, string | number>>): string {
    const text = typeof sentence === 'string' ? sentence : formOf(sentence, values);
    return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
      const value = values[name];
      return value === undefined ? placeholder : String(value);
    });
  }

  function formOf(sentence: Exclude<Sentence, string>, values: Readonly<Record<string, string | number>>): string {
    const form = rules[sentence.type].select(Number(values[sentence.by]));
    return sentence.forms[form] ?? sentence.forms.other;
  }

  return {
    language,
    say: (key, values) => fill(catalogue[key], values),
    sayStored({ key, values }, reference = '') {
      const known = isTextKey(catalogue, key) ? key : 'error.general';
      return fill(catalogue[known], { reference, ...values });
    },
  };
}

function isTextKey(catalogue: Catalogue, key: string): key is TextKey {
  return Object.hasOwn(catalogue, key);
}
