import { ENGLISH } from './intent-english.ts';
import { findMentions, type MentionContext } from './mentions.ts';

/** A whole message that is a command: answered at once, whatever is being made. */
export type Word =
  | { readonly kind: 'undo'; readonly to?: number }
  | { readonly kind: 'again' }
  | { readonly kind: 'cancel' | 'help' | 'details' }
  | { readonly kind: 'swap'; readonly images?: readonly [number, number] }
  | { readonly kind: 'base'; readonly base: number }
  | { readonly kind: 'references'; readonly references: readonly number[] };

const WORDS: readonly {
  readonly pattern: RegExp;
  readonly kind: 'undo' | 'again' | 'cancel' | 'help' | 'details' | 'swap';
}[] = [
  {
    kind: 'undo',
    pattern:
      /^(?:undo|revert|go back|take (?:it|that|this) back)(?: (?:it|that|this|the last (?:one|edit|change|step)))?$/,
  },
  {
    kind: 'again',
    pattern:
      /^(?:again|retry|redo|reroll|re-roll|repeat|more|once more|(?:try|do) (?:it |that )?again|same again|one more(?: time)?|another(?: one| try| version)?)$/,
  },
  {
    kind: 'cancel',
    pattern:
      /^(?:cancel|stop|abort|halt|never ?mind|forget it|no,? (?:stop|wait|cancel)|wait,? (?:no|stop|cancel)|(?:stop|cancel|abort) (?:it|that|this|please|now))$/,
  },
  { kind: 'help', pattern: /^(?:help|help me|\?|what can you do|how does this work|how do i use (?:this|you|it))$/ },
  { kind: 'details', pattern: /^(?:details|info|seed|show details)$/ },
  {
    kind: 'swap',
    pattern:
      /^(?:swap|switch)(?: (?:them|these|both|the (?:two )?(?:images|pictures|photos)|images|pictures|photos))?(?: around)?$/,
  },
];
const UNDO_TO = /^(?:undo|revert|go back|back|return) to (.+)$/;
const SWAP_PAIR = /^(?:swap|switch) (?:images? |pictures? )?#?(\d+) (?:and|with|for) (?:image |picture )?#?(\d+)$/;
const USE_AS_BASE =
  /^(?:no,? |wait,? |i meant |no,? i meant )?(?:use|take|edit|change|make) (.+?) (?:as|be|is) (?:the )?base(?: image)?(?: instead)?$/;
const USE_AS_REFERENCES =
  /^(?:no,? |wait,? |i meant |no,? i meant )?(?:use|take) (.+?) (?:as|for) (?:the |a )?references?(?: images?)?(?: instead)?$/;
const CORRECT_BASE = /^(?:no,?|wait,?|i mean|i meant|no,? i mean|no,? i meant) (?:the )?(.+)$/;

/**
 * The command that the whole message is, if it is one. "undo the red color" and "cancel the noise" are requests.
 * @param answersQuestion whether a bare "image 2" answers "Which one should I change?".
 */
export function readWord(text: string, context: MentionContext, answersQuestion: boolean): Word | undefined {
  const words = simplify(text);
  const fixed = WORDS.find(({ pattern }) => pattern.test(words));
  if (fixed !== undefined) return { kind: fixed.kind };

  const pair = SWAP_PAIR.exec(words);
  if (pair !== null) return { kind: 'swap', images: [Number(pair[1]), Number(pair[2])] };

  const to = onlyImage(UNDO_TO.exec(words)?.[1], context);
  if (to !== undefined) return { kind: 'undo', to };

  const base = onlyImage(USE_AS_BASE.exec(words)?.[1] ?? CORRECT_BASE.exec(words)?.[1], context);
  if (base !== undefined) return { kind: 'base', base };

  const references = onlyImages(USE_AS_REFERENCES.exec(words)?.[1], context);
  if (references.length > 0) return { kind: 'references', references };

  const answer = answersQuestion ? onlyImage(words, context) : undefined;
  return answer === undefined ? undefined : { kind: 'base', base: answer };
}

function simplify(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^(?:please|pls|easel,?)\s+/, '')
    .replace(/[\s.!]+$/, '')
    .replace(/(.)\?$/, '$1')
    .replace(/,?\s+(?:please|pls)$/, '')
    .replace(/\s+/g, ' ');
}

/** The one image that these words name and nothing beside it; a bare number counts, "it" does not. */
function onlyImage(words: string | undefined, context: MentionContext): number | undefined {
  const [number, ...others] = onlyImages(words, context);
  return others.length === 0 ? number : undefined;
}

/** The images that these words name and nothing beside them: "2", "image 2 and image 3". */
function onlyImages(words: string | undefined, context: MentionContext): readonly number[] {
  if (words === undefined) return [];
  const bare = /^#?\d{1,4}(?:(?:,? and |, ?)#?\d{1,4})*$/.exec(words);
  if (bare !== null) return [...words.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  const named = new RegExp(`^${ENGLISH.noun}|^(?:the|#|my|attachment)`).test(words) ? words : `the ${words}`;
  const mentions = findMentions(named, context);
  const between = mentions.map(({ start }, index) => named.slice(mentions[index - 1]?.end ?? 0, start));
  const isNothingElse =
    mentions.length > 0 &&
    mentions.at(-1)?.end === named.length &&
    between.every((gap, index) => (index === 0 ? gap === '' : /^(?:,? and |, )$/.test(gap)));
  if (!isNothingElse || mentions.some(({ kind }) => kind === 'it')) return [];
  return [...new Set(mentions.flatMap(({ numbers }) => numbers))];
}
