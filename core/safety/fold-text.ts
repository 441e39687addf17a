/** Letters of other alphabets, and signs, that are read as Latin ones. Accents are gone before. */
const LOOKALIKES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    a: 'аαɑᴀ',
    b: 'вьʙ',
    c: 'сϲᴄ',
    d: 'ԁɗđᴅ',
    e: 'еεєҽəɛᴇ',
    f: 'ƒ',
    g: 'ɡց',
    h: 'һнʜ',
    i: 'іιıɪ',
    j: 'јʝ',
    k: 'кκᴋ',
    l: 'ӏłʟ',
    m: 'мᴍ',
    n: 'пηոռɴ',
    o: 'оοσօøᴏ',
    p: 'рρᴘ',
    r: 'гʀ',
    s: 'ѕꜱ',
    t: 'тτᴛ',
    u: 'υսʋᴜ',
    v: 'νѵᴠ',
    w: 'ԝωᴡ',
    x: 'хχ',
    y: 'уүʏ',
    z: 'ᴢ',
    ss: 'ß',
    ae: 'æ',
    oe: 'œ',
  }).flatMap(([latin, signs]) => Array.from(signs, (sign) => [sign, latin])),
);

/** Digits and signs written in place of letters; `1` is tried as both. */
const SIGNS: Readonly<Record<string, string>> = { 0: 'o', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's', '€': 'e' };
const STROKES = { i: { ...SIGNS, 1: 'i', '!': 'i', '|': 'i' }, l: { ...SIGNS, 1: 'l', '!': 'l', '|': 'l' } } as const;

const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\p{Cf}/gu;
const ACCENTS = /[\u0300-\u036f\u0483-\u0489]/g;
const SPELLED = /(?<![\p{L}\p{N}])(?:[\p{L}\p{N}@$!€|][\s.\-_*·,/\\|~+]+){2,}[\p{L}\p{N}@$!€|](?![\p{L}\p{N}@$€])/gu;
const BROKEN = /(?<=\p{L})[.\-_*·~'’`´]+(?=\p{L})/gu;
const SIGNED = /[\p{L}\p{N}@$!€|]*\p{L}[\p{L}\p{N}@$!€|]*/gu;

/**
 * A text as the ways in which somebody could have meant to write it, each in plain lower-case words with single spaces:
 * as it stands, with letters that were spelled one by one put together, with signs read as letters. No accents, invisible
 * characters or lookalikes are left. Linear in the length of the text.
 */
export function foldText(text: string): readonly string[] {
  const plain = plainLetters(text);
  const whole = plain.replace(SPELLED, joinSpelled);
  const [asIs, joined, ...disguised] = [plain, whole, withLetters(whole, 'i', '$1'), withLetters(whole, 'l', '$1$1')];
  return [...new Set([asIs, joined, joined.replace(BROKEN, ''), ...disguised].map(words))];
}

/** Words alone: for patterns that are held against what `foldText` returns. */
function words(text: string): string {
  return (
    text
      .replace(/['’`´]/g, '')
      .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
      // Chinese and Japanese are written without spaces.
      .replace(
        /(?<=[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]) (?=[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}])/gu,
        '',
      )
      .trim()
  );
}

function plainLetters(text: string): string {
  const base = text.normalize('NFKC').replace(INVISIBLE, '').normalize('NFD').replace(ACCENTS, '');
  // Composed again: Korean syllables and Japanese voicing marks were taken apart too.
  return Array.from(base.normalize('NFC').toLowerCase(), (letter) => LOOKALIKES[letter] ?? letter).join('');
}

/** "a n u d e" -> "anude nude": a leading "a" may be a word of its own. */
function joinSpelled(run: string): string {
  const joined = run.replace(/[\s.\-_*·,/\\|~+]+/g, '');
  return /^[ai]/.test(joined) ? `${joined} ${joined.slice(1)}` : joined;
}

/** Signs as letters, and letters that are repeated for show as one or two. */
function withLetters(text: string, stroke: keyof typeof STROKES, repeated: string): string {
  const letters: Readonly<Record<string, string>> = STROKES[stroke];
  return text
    .replace(SIGNED, (word) => Array.from(word.replace(/^[!|]+|[!|]+$/g, ''), (sign) => letters[sign] ?? sign).join(''))
    .replace(/(\p{L})\1{2,}/gu, repeated);
}
