import { ENGLISH } from './intent-english.ts';

export interface MentionContext {
  /** The images there are to speak of, ascending. */
  readonly numbers: readonly number[];
  /** Numbers of usable images that the message brought or pointed at, in order. */
  readonly attached: readonly number[];
  /** The same with those that could not be used: "attachment 2" is the second of these. Default: `attached`. */
  readonly brought?: readonly number[];
  /** What "it" means; null before the first result. */
  readonly current: number | null;
  /** What was before the current image, where it is a result. */
  readonly parent: number | null;
  /** Whether a number alone may mean an image; not in a model's sentences, which say "image k". Default: true. */
  readonly bareNumbers?: boolean;
}

export interface Mention {
  readonly start: number;
  readonly end: number;
  /** People's numbers; may exceed what the conversation has. */
  readonly numbers: readonly number[];
  readonly kind: Reference['kind'];
}

type Reference =
  | { readonly kind: 'number'; readonly numbers: readonly number[] }
  | { readonly kind: 'ordinal'; readonly numbers: readonly number[] }
  | { readonly kind: 'attachment'; readonly index: number | null }
  /** A number without a noun: an image only where there is one with that number. */
  | { readonly kind: 'bare'; readonly number: number }
  | { readonly kind: 'last' | 'middle' | 'original' | 'previous' | 'it' | 'this' | 'all' | 'other' };

interface Found {
  readonly start: number;
  readonly end: number;
  readonly reference: Reference;
}

const NOUN = ENGLISH.noun;
const NUMBER_WORD = Object.keys(ENGLISH.numberWords).join('|');
const ORDINAL = Object.keys(ENGLISH.ordinals).join('|');
/** Not followed by more of a word or of a number such as 16:9 or 2.5. */
const NUMBER_END = '(?![\\w]|[.:]\\d|-\\w)';
/** Words that are quoted are shown or told, and mean no image. */
const QUOTED = /"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»/g;
const NEXT = `(?=\\s*(?:$|[.,;:!?)\\u0001])|\\s+${ENGLISH.after}\\b)`;

/** Each pattern with what it refers to. At one place the longest match wins. */
const PATTERNS: readonly { readonly pattern: RegExp; readonly read: (match: RegExpExecArray) => Reference }[] = [
  // images 1, 2 and 3 · images 1-3
  {
    pattern: global(
      `\\b(?:the\\s+)?(?:${NOUN}s|results)\\s*#?(\\d{1,4}(?:\\s*(?:,\\s*and\\b|,|and\\b|&|\\+|-|to\\b)\\s*#?\\d{1,4})*)${NUMBER_END}`,
    ),
    read: (match) => ({ kind: 'number', numbers: numbersOf(match[1] ?? '') }),
  },
  // image 1 and 2, where no noun follows
  {
    pattern: global(
      `\\b(?:the\\s+)?(?:${NOUN}|result)\\s*#?(\\d{1,4}\\s*(?:and|&|\\+)\\s*#?\\d{1,4})${NUMBER_END}${NEXT}`,
    ),
    read: (match) => ({ kind: 'number', numbers: numbersOf(match[1] ?? '') }),
  },
  {
    pattern: global(`\\b(?:the\\s+)?(?:${NOUN}|result)\\s*(?:number\\s*|no\\.?\\s*)?#?(\\d{1,4})${NUMBER_END}`),
    read: (match) => ({ kind: 'number', numbers: numbersOf(match[1] ?? '') }),
  },
  {
    pattern: global(`\\b${NOUN}\\s+(?:number\\s+)?(${NUMBER_WORD})\\b`),
    read: (match) => ({ kind: 'number', numbers: [wordNumber(match[1])] }),
  },
  // #2, but no hexadecimal colour
  {
    pattern: /(?<![\w&#/])#(\d{1,2})(?![\w])/g,
    read: (match) => ({ kind: 'number', numbers: numbersOf(match[1] ?? '') }),
  },
  {
    pattern: global(`\\b(?:the\\s+)?attachment\\s*#?(\\d{1,2})${NUMBER_END}`),
    read: (match) => ({ kind: 'attachment', index: Number(match[1]) }),
  },
  {
    pattern: global(`\\b(?:the\\s+)?(${ORDINAL})\\s+(?:attachment|attached\\s+(?:${NOUN}|one|file))\\b`),
    read: (match) => ({ kind: 'attachment', index: ordinal(match[1]) }),
  },
  {
    pattern: global(`\\b(?:the|my)\\s+(?:attachment|(?:attached|new)\\s+(?:${NOUN}|one|file))\\b`),
    read: () => ({ kind: 'attachment', index: null }),
  },
  {
    pattern: global(`\\b(?:the\\s+)?(${ORDINAL})\\s+(?:and|&)\\s+(?:the\\s+)?(${ORDINAL})\\s+(?:${NOUN}s?|ones?)\\b`),
    read: (match) => ({ kind: 'ordinal', numbers: [ordinal(match[1]), ordinal(match[2])] }),
  },
  {
    pattern: global(`\\b(?:the\\s+)?(${ORDINAL})\\s+${NOUN}\\b`),
    read: (match) => ({ kind: 'ordinal', numbers: [ordinal(match[1])] }),
  },
  {
    pattern: global(`\\bthe\\s+(${ORDINAL})\\s+one\\b`),
    read: (match) => ({ kind: 'ordinal', numbers: [ordinal(match[1])] }),
  },
  {
    pattern: global(`\\bthe\\s+(${ORDINAL})${NEXT}|(?<!${NOUN}\\s*)\\b(\\d(?:st|nd|rd|th))${NEXT}`),
    read: (match) => ({ kind: 'ordinal', numbers: [ordinal(match[1] ?? match[2])] }),
  },
  // the pattern from 2 · give 1 the … · 2's cat · (3)
  {
    pattern: global(
      `(?<=\\b(?:${ENGLISH.beforeThis}|${ENGLISH.into}|of|not|ignore|off)\\s+)(\\d{1,2})${NUMBER_END}(?:(?=['’]s\\b)|${NEXT})`,
    ),
    read: (match) => ({ kind: 'bare', number: Number(match[1]) }),
  },
  {
    pattern: /(?<=^|[.,;:!?]\s*)(\d{1,2})(?:(?=['’]s\b)|(?=\s+(?:gets?|needs?|should|has|looks?|with|in)\b))/gi,
    read: (match) => ({ kind: 'bare', number: Number(match[1]) }),
  },
  { pattern: /(?<=[a-z]\s?)\((\d{1,2})\)/gi, read: (match) => ({ kind: 'bare', number: Number(match[1]) }) },
  {
    pattern: global(`\\b(?:the|my)\\s+(?:very\\s+)?(?:last|latest|current)\\s+(?:${NOUN}|one|result|version|edit)\\b`),
    read: () => ({ kind: 'last' }),
  },
  { pattern: global(`\\b(?:the|your)\\s+result\\b|\\bthe\\s+last${NEXT}`), read: () => ({ kind: 'last' }) },
  { pattern: global(`(?<=^|[.,;!?]\\s*)last\\s+(?:${NOUN}|one)\\b`), read: () => ({ kind: 'last' }) },
  { pattern: global(`\\bthe\\s+middle\\s+(?:${NOUN}|one)\\b`), read: () => ({ kind: 'middle' }) },
  { pattern: global(`\\bthe\\s+previous\\s+(?:${NOUN}|one|result|version)\\b`), read: () => ({ kind: 'previous' }) },
  {
    pattern: global(`\\b(?:the|my)\\s+original\\s+(?:${NOUN}|one|version)\\b|\\bthe\\s+original${NEXT}`),
    read: () => ({ kind: 'original' }),
  },
  {
    pattern: global(`\\bboth\\s+(?:of\\s+(?:them|these|those)|(?:of\\s+)?(?:the\\s+|these\\s+|my\\s+)?${NOUN}s)\\b`),
    read: () => ({ kind: 'all' }),
  },
  {
    pattern: global(
      `\\ball\\s+(?:of\\s+(?:them|these|those)|(?:of\\s+)?(?:the\\s+|these\\s+|my\\s+)?(?:two|three|four|five|\\d)?\\s*${NOUN}s)\\b`,
    ),
    read: () => ({ kind: 'all' }),
  },
  {
    pattern: global(`\\b(?:these|those)\\s+(?:(?:two|three|four|five|\\d)\\s+)?${NOUN}s\\b`),
    read: () => ({ kind: 'all' }),
  },
  { pattern: global(`\\bthe\\s+other\\s+(?:${NOUN}|one)\\b|\\bthe\\s+other${NEXT}`), read: () => ({ kind: 'other' }) },
  { pattern: global(`\\bthis\\s+(?:${NOUN}|one)\\b`), read: () => ({ kind: 'this' }) },
  { pattern: global(`\\bthat\\s+(?:${NOUN}|one)\\b`), read: () => ({ kind: 'it' }) },
  {
    pattern: global(`(?<=^|[.,;!?]\\s*|\\b${ENGLISH.beforeThis}\\s+)this\\b(?!['’])${NEXT}`),
    read: () => ({ kind: 'this' }),
  },
  { pattern: global(`(?<=\\b${ENGLISH.beforeThis}\\s+)that\\b(?!['’])${NEXT}`), read: () => ({ kind: 'it' }) },
  {
    pattern: global(`(?<!\\b${ENGLISH.beforeEmptyIt}\\s+)\\bit\\b(?!\\s+so\\s+that\\b)`),
    read: () => ({ kind: 'it' }),
  },
];

/** Every mention of an image in `text`, in order, without overlaps, resolved to people's numbers. */
export function findMentions(text: string, context: MentionContext): readonly Mention[] {
  const all = scan(text);
  const found = all.filter((one, index) => one.reference.kind !== 'it' || meansPicture(text, one, all.slice(0, index)));
  const resolver = createResolver(text, found, context);
  return found.flatMap(({ start, end, reference }) => {
    const numbers = resolver(reference);
    return numbers.length === 0 ? [] : [{ start, end, numbers, kind: reference.kind }];
  });
}

/** The text with every mention said as `image k` in people's numbers; all other words stay. */
export function resolveMentions(text: string, context: MentionContext): string {
  return replaceMentions(text, findMentions(text, context), (number) => `image ${number}`);
}

/**
 * The text with every numbered mention rewritten to the model's position: `inputs[0]` becomes image 1.
 * A mention of an image that is not among the inputs, left over from a correction, loses its number.
 */
export function toModelPositions(text: string, inputs: readonly number[]): string {
  return replaceMentions(text, numberedMentions(text), (number) => {
    const position = inputs.indexOf(number) + 1;
    return position === 0 ? undefined : `image ${position}`;
  });
}

/** People's numbers that the text names as such. */
export function numbersIn(text: string): readonly number[] {
  return [...new Set(numberedMentions(text).flatMap(({ numbers }) => numbers))];
}

/** The text with every numbered mention of an image that another one took the place of. @param places people's numbers, old -> new */
export function renameMentions(text: string, places: ReadonlyMap<number, number>): string {
  const renamed = numberedMentions(text).filter(({ numbers }) => numbers.some((number) => places.has(number)));
  return replaceMentions(text, renamed, (number) => `image ${places.get(number) ?? number}`);
}

function numberedMentions(text: string): readonly Mention[] {
  return scan(text).flatMap(({ start, end, reference }) =>
    reference.kind === 'number' ? [{ start, end, numbers: reference.numbers, kind: reference.kind }] : [],
  );
}

function replaceMentions(
  text: string,
  mentions: readonly Mention[],
  name: (number: number) => string | undefined,
): string {
  let rewritten = '';
  let from = 0;
  for (const mention of mentions) {
    const names = mention.numbers.flatMap((number) => name(number) ?? []);
    const words = names.length === 0 ? 'the picture' : joinNames(names);
    rewritten += text.slice(from, mention.start) + likeFirstLetter(text.charAt(mention.start), words);
    from = mention.end;
  }
  return rewritten + text.slice(from);
}

function joinNames(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.slice(-1).join('')}`;
}

function likeFirstLetter(original: string, words: string): string {
  return /[A-Z]/.test(original) ? words.charAt(0).toUpperCase() + words.slice(1) : words;
}

function scan(text: string): readonly Found[] {
  const matches: Found[] = [];
  const quotes = [...text.matchAll(QUOTED)].map((match) => [match.index, match.index + match[0].length] as const);
  for (const { pattern, read } of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      if (quotes.some(([from, to]) => match.index > from && match.index < to)) continue;
      matches.push({ start: match.index, end: match.index + match[0].length, reference: read(match) });
    }
  }
  matches.sort((a, b) => a.start - b.start || b.end - a.end);
  const found: Found[] = [];
  let end = 0;
  for (const match of matches) {
    if (match.start < end) continue;
    found.push(match);
    end = match.end;
  }
  return found;
}

/**
 * "it" is the picture unless a thing was named before. After "put … on" it is the picture too when the thing put there is new
 * ("a hat") or comes from another picture.
 */
function meansPicture(text: string, it: Found, earlier: readonly Found[]): boolean {
  if (/^that\b/i.test(text.slice(it.start))) return true;
  const before = text.slice(0, it.start);
  const named = earlier.some(({ reference }) => reference.kind !== 'it');
  if (new RegExp(`\\b${ENGLISH.placing}\\b[^.;]*\\b${ENGLISH.into}\\s+$`, 'i').test(before)) {
    const isOntoKnownThing = !named && new RegExp(`\\b${ENGLISH.knownThing}`, 'i').test(before);
    return !isOntoKnownThing && !new RegExp(`\\band\\s+${ENGLISH.placing}\\s+it\\b`, 'i').test(before);
  }
  return !named && !new RegExp(`\\b${ENGLISH.thing}`, 'i').test(before);
}

function createResolver(
  text: string,
  found: readonly Found[],
  context: MentionContext,
): (reference: Reference) => readonly number[] {
  const { attached, brought = attached, current } = context;
  const count = context.numbers.at(-1) ?? 0;
  const firstOfAll = context.numbers[0];
  const newcomers = attached.length >= 2 && Math.min(...attached) > 1;
  const named = found.flatMap(({ reference }) => ('numbers' in reference ? reference.numbers : []));
  const fitsAttached = newcomers && named.every((number) => number <= attached.length);
  const ordinals = found.flatMap(({ reference }) => (reference.kind === 'ordinal' ? reference.numbers : []));
  // A message with its own pictures numbers them from 1, unless it says that it means earlier ones.
  const numbersAreAttached = fitsAttached && !new RegExp(ENGLISH.earlier, 'i').test(text);
  const ordinalsAreAttached = fitsAttached && ordinals.some((number) => number > 1);
  const first = attached[0] ?? firstOfAll;
  const onlyIt = found.length === 1 && !new RegExp(`\\b${ENGLISH.lends}\\b|\\bthis\\s+[a-z]`, 'i').test(text);
  const it = current === null || (attached.length === 1 && onlyIt) ? first : current;

  function resolve(reference: Reference): readonly number[] {
    switch (reference.kind) {
      case 'number':
        return reference.numbers.map((number) => (numbersAreAttached ? (attached[number - 1] ?? number) : number));
      case 'ordinal':
        return reference.numbers.map((number) => (ordinalsAreAttached ? (attached[number - 1] ?? number) : number));
      case 'bare':
        return context.bareNumbers !== false && context.numbers.includes(reference.number)
          ? resolve({ kind: 'number', numbers: [reference.number] })
          : [];
      case 'attachment':
        return reference.index === null ? attached : [brought[reference.index - 1] ?? count + 1];
      case 'last':
        return one(current ?? attached[attached.length - 1] ?? context.numbers.at(-1));
      case 'middle':
        return one(middleOf(attached.length > 1 ? attached : context.numbers));
      case 'previous':
        return one(context.parent ?? current ?? first);
      case 'original':
        return one(firstOfAll);
      case 'it':
        return one(it);
      case 'this':
        return one(attached[0] ?? current ?? first);
      case 'all':
        return attached.length > 1 ? attached : context.numbers;
      case 'other':
        return one(
          otherOf(
            found.filter(({ reference: { kind } }) => kind !== 'other').flatMap((each) => resolve(each.reference)),
          ),
        );
    }
  }

  function otherOf(mentioned: readonly number[]): number | undefined {
    const candidates = attached.length > 1 ? attached : context.numbers;
    const rest = candidates.filter((number) => !mentioned.includes(number));
    return rest.length === 1 || mentioned.length === 0 ? rest[rest.length - 1] : undefined;
  }

  return resolve;
}

/** There is a middle only among an odd number. */
function middleOf(numbers: readonly number[]): number | undefined {
  return numbers.length % 2 === 1 ? numbers[Math.floor(numbers.length / 2)] : undefined;
}

function one(number: number | undefined): readonly number[] {
  return number === undefined ? [] : [number];
}

/** `1, 2 and 3` -> 1 2 3; `1-3` and `1 to 3` -> 1 2 3. */
function numbersOf(list: string): readonly number[] {
  const range = /^(\d+)\s*(?:-|to)\s*#?(\d+)$/i.exec(list.trim());
  if (range !== null) {
    const from = Number(range[1]);
    const length = Math.min(Math.max(Number(range[2]) - from + 1, 1), 10);
    return Array.from({ length }, (_, index) => from + index);
  }
  return [...list.matchAll(/\d+/g)].map((match) => Number(match[0]));
}

function wordNumber(word = ''): number {
  return new Map<string, number>(Object.entries(ENGLISH.numberWords)).get(word.toLowerCase()) ?? 0;
}

function ordinal(word = ''): number {
  return new Map<string, number>(Object.entries(ENGLISH.ordinals)).get(word.toLowerCase()) ?? 0;
}

function global(source: string): RegExp {
  return new RegExp(source, 'gi');
}
