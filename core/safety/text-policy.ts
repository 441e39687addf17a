import { foldText } from './fold-text.ts';
import type { PolicyVerdict } from './policy-verdict.ts';
import type { PolicyWords } from './policy-words.ts';
import { CHINESE } from './words/chinese.ts';
import { ENGLISH } from './words/english.ts';
import { FRENCH } from './words/french.ts';
import { GERMAN } from './words/german.ts';
import { JAPANESE } from './words/japanese.ts';
import { KOREAN } from './words/korean.ts';
import { PORTUGUESE } from './words/portuguese.ts';
import { SPANISH } from './words/spanish.ts';

const LANGUAGES = [ENGLISH, GERMAN, FRENCH, SPANISH, PORTUGUESE, JAPANESE, KOREAN, CHINESE];

type Kind = Exclude<keyof PolicyWords, 'match'>;

const HARMLESS = compile('harmless', 'g');
const EXPLICIT = compile('explicit');
const SUGGESTIVE = compile('suggestive');
const MINORS = compile('minors');
const YOUTHS = compile('youths');
const PEOPLE = compile('people');
const UNDRESSING = compile('undressing');
const ABUSE = compile('abuse');

const OK: PolicyVerdict = { verdict: 'ok' };

/**
 * Whether a text asks for what is never made, in any of the product's languages and in common disguises: anything sexual
 * with minors, sexual pictures of real people. Rules about words: they know no context, and what they miss or mistake is
 * in docs/safety.md.
 * @param about what the pictures that the text is about show, as far as words say it: who is young there is young here.
 */
export function judgeText(text: string, about = ''): PolicyVerdict {
  const isAboutMinors = readings(about).some((each) => MINORS.test(each));
  for (const reading of readings(text)) {
    const isExplicit = EXPLICIT.test(reading);
    const isSexual = isExplicit || SUGGESTIVE.test(reading);
    const hasMinors = MINORS.test(reading) || (isExplicit && YOUTHS.test(reading)) || isAboutMinors;
    if (ABUSE.test(reading) || (isSexual && hasMinors)) return { verdict: 'refuse', category: 'minors' };
    if (UNDRESSING.test(reading)) return { verdict: 'refuse', category: hasMinors ? 'minors' : 'real-people' };
    if (isSexual && PEOPLE.test(reading)) return { verdict: 'refuse', category: 'real-people' };
  }
  return OK;
}

function readings(text: string): readonly string[] {
  return text === '' ? [] : foldText(text).map((each) => each.replace(HARMLESS, ' '));
}

function compile(kind: Kind, flags = ''): RegExp {
  const sources = LANGUAGES.flatMap(({ match, [kind]: patterns }) => {
    if (patterns.length === 0) return [];
    const any = `(?:${patterns.join('|')})`;
    return match === 'words' ? [`(?<![\\p{L}\\p{N}])${any}(?![\\p{L}\\p{N}])`] : [any];
  });
  return new RegExp(sources.join('|'), `u${flags}`);
}
