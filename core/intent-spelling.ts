import { ENGLISH } from './intent-english.ts';

const KEYWORDS = ENGLISH.keywords.split(' ');
const WORDS = new Set([...KEYWORDS, ...ENGLISH.notKeywords.split(' ')]);
/** Shorter words are too near to too many others. Keywords have one letter more. */
const MIN_LETTERS = 4;

/** The text with words that decide spelt right: "the pattren of pcture 2". One slip a word; everything else stays. */
export function correctSpelling(text: string): string {
  return text.replace(/[a-z]+/gi, (word) => {
    const plain = word.toLowerCase();
    if (plain.length < MIN_LETTERS || WORDS.has(plain)) return word;
    return KEYWORDS.find((keyword) => isOneSlip(plain, keyword)) ?? word;
  });
}

/** A letter left out, doubled or added, wrong, or two exchanged; never the first. */
function isOneSlip(word: string, keyword: string): boolean {
  if (keyword.length <= MIN_LETTERS || word[0] !== keyword[0] || Math.abs(word.length - keyword.length) > 1)
    return false;
  const start = Array.from(keyword).findIndex((letter, index) => letter !== word[index]);
  const at = start === -1 ? keyword.length : start;
  const [mine, theirs] = [word.slice(at), keyword.slice(at)];
  if (mine.length !== theirs.length) {
    return mine.length > theirs.length ? mine.slice(1) === theirs : mine === theirs.slice(1);
  }
  const isExchanged = mine[0] === theirs[1] && mine[1] === theirs[0] && mine.slice(2) === theirs.slice(2);
  return isExchanged || mine.slice(1) === theirs.slice(1);
}
