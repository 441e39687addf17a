import type { Interpretation } from '../../core/domain.ts';
import type { Attribute } from './cases.ts';

/** The transformer's canonical instructions (and near ones); then words of free text. The first that is found counts. */
const EDITS: readonly (readonly [Attribute, RegExp])[] = [
  ['background', /\b(?:back(?:ground|drop)|bg)\b/],
  ['replace', /\b(?:replace|swap|exchange|substitute)\b/],
  ['add', /^(?:please )?(?:add|insert|place|put)\b(?!.*\b(?:pattern|colou?rs?|style|look)\b)/],
  ['pattern', /\b(?:the|same|its|'s) pattern\b|\bpattern (?:of|from|to)\b/],
  ['color', /\b(?:the|same|its|'s) colou?r\b|\bcolou?r (?:of|from|to)\b|\b(?:recolou?r|paint|colou?r) (?:the|image)\b/],
  ['style', /\b(?:the|same|its|'s) style\b|\bstyle (?:of|from|to)\b|\bin (?:the |a )?[a-z]* ?style\b/],
  ['look', /\b(?:the|same|its|'s) (?:whole )?look\b|\blook (?:of|exactly like|just like)\b/],
  [
    'pattern',
    /\b(?:pattern(?:ed)?|stripe[sd]?|polka|dot(?:s|ted|ty)?|check(?:s|ed|ered)|zig-?zags?|star(?:s|ry)|wav(?:es|y)|plaid)\b/,
  ],
  ['style', /\b(?:flat|sketch(?:y|ed)?|pencil|drawn|pixel(?:s|ated)?|8-?bit|neon|glow(?:y|ing)?)\b/],
  ['replace', /\binstead of\b|\binto an?\b/],
  ['add', /\b(?:add|insert|next to|beside|wear(?:ing)?|put|place)\b/],
  ['color', /\b(?:colou?r(?:ed)?|red|orange|yellow|green|teal|blue|purple|pink|white|black)\b/],
  ['look', /\blooks? like\b/],
];
const LENT: readonly (readonly [Attribute, RegExp])[] = [
  ['style', /\bstyle (?:of|from|in)(?: the \w+)?(?: (?:of|in|from))? (?:the )?(?:image|picture|photo)s? \d+/g],
  ['pattern', /\bpattern (?:of|from|in)(?: the \w+)?(?: (?:of|in|from))? (?:the )?(?:image|picture|photo)s? \d+/g],
  ['color', /\bcolou?rs? (?:of|from|in)(?: the \w+)?(?: (?:of|in|from))? (?:the )?(?:image|picture|photo)s? \d+/g],
  ['look', /\blook (?:of|from|in)(?: the \w+)?(?: (?:of|in|from))? (?:the )?(?:image|picture|photo)s? \d+/g],
];

/**
 * What a reading is about, from nothing but the words that the transformer would get. Each sentence of an edit has one
 * attribute; a generation has what its references lend ("the bag from image 2" is its noun), or is new without any.
 * @returns attributes in alphabetical order, joined by a plus. English only: a request left in another language is `other`.
 */
export function attributeOf({ mode, references, instruction, description }: Interpretation): string {
  if (mode === 'clarify' || mode === 'chat') return 'none';
  const found =
    mode === 'generate' ? lentBy(description || instruction, references) : sentencesOf(instruction).map(editOf);
  // "Thanks!" beside a sentence that asks for something says nothing.
  const said = new Set(found.some((each) => each !== 'other') ? found.filter((each) => each !== 'other') : found);
  return [...said].sort((one, other) => one.localeCompare(other)).join('+');
}

function editOf(sentence: string): Attribute {
  return EDITS.find(([, pattern]) => pattern.test(sentence))?.[0] ?? 'other';
}

function lentBy(text: string, references: readonly number[]): readonly Attribute[] {
  if (references.length === 0) return ['new'];
  let rest = text.toLowerCase();
  const found: Attribute[] = [];
  for (const [attribute, pattern] of LENT) {
    const without = rest.replaceAll(pattern, '');
    if (without !== rest) found.push(attribute);
    rest = without;
  }
  if (/\b(?:image|picture|photo)s? \d+/.test(rest)) found.push('noun');
  return found.length === 0 ? ['other'] : found;
}

function sentencesOf(instruction: string): readonly string[] {
  const sentences = instruction
    .toLowerCase()
    .split(/[.!?;]+(?:\s+|$)/)
    .map((sentence) => sentence.trim());
  const whole = sentences.filter((sentence) => sentence !== '');
  return whole.length === 0 ? [''] : whole;
}
