import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { en } from './en.ts';

export type TextKey = keyof typeof en;
export type Catalogue = Readonly<Record<TextKey, string>>;
type Values = Readonly<Record<string, string | number>>;

export interface Texts {
  readonly language: string;
  say(key: TextKey, values?: Values): string;
  /** The place in a queue, from 1. */
  sayPlace(position: number): string;
  /** A duration in seconds with at most one decimal. */
  formatSeconds(ms: number): string;
  /** An amount of money, below ten cents with a third digit. @param currency ISO 4217 */
  formatCost(amount: number, currency: string): string;
}

/** By primary language tag. A language of the browser that is not here falls back to English. */
const CATALOGUES: Readonly<Record<string, Catalogue>> = { en };

/** @param wanted BCP 47 tags, best first, as in `navigator.languages`. */
export function chooseTexts(wanted: readonly string[]): Texts {
  for (const tag of wanted) {
    const language = tag.split('-', 1)[0] ?? '';
    const catalogue = Object.hasOwn(CATALOGUES, language) ? CATALOGUES[language] : undefined;
    if (catalogue !== undefined) return createTexts(catalogue, language);
  }
  return createTexts(en, 'en');
}

function createTexts(catalogue: Catalogue, language: string): Texts {
  const ordinals = new Intl.PluralRules(language, { type: 'ordinal' });
  const seconds = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

  function say(key: TextKey, values: Values = {}): string {
    return catalogue[key].replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
  }

  return {
    language,
    say,
    sayPlace(position) {
      const form = ordinals.select(position);
      const key = form === 'one' || form === 'two' || form === 'few' ? form : 'other';
      return say(`card.queued.${key}`, { position });
    },
    formatSeconds: (ms) => seconds.format(ms / 1000),
    formatCost(amount, currency) {
      const digits = amount < 0.1 ? { maximumFractionDigits: 3 } : {};
      return new Intl.NumberFormat(language, { style: 'currency', currency, ...digits }).format(amount);
    },
  };
}

export const TextsContext = createContext<Texts>(createTexts(en, 'en'));

export function useTexts(): Texts {
  return useContext(TextsContext);
}
