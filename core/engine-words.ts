import { type EngineSettings, routesOf } from './engine-choice.ts';
import { ENGLISH } from './intent-english.ts';

/** A request without the words that chose its engine. */
export interface EngineWords {
  /** Id of the engine. */
  readonly engine: string;
  readonly text: string;
  /** Whether nothing else was asked for: "make it with gemini" is the last request once more. */
  readonly isAll: boolean;
}

/** Shorter first parts of an id are too likely to be something else. */
const SHORT_NAME = 4;

/** Before a name, with a space: English, then German, French, Spanish and Portuguese. */
const LEAD =
  '(?:with|using|via|through|use|mit|mittels|per|avec|con|usando|mediante|com)\\s+' +
  '(?:(?:the|dem|le|el|o)\\s+)?(?:(?:engine|model|modell|modèle|moteur|modelo|motor)\\s+)?';
/** After a name, until the end of the request. */
const CLOSE =
  "(?:\\s+(?:engine|model|modell))?(?:,?\\s+(?:instead|please|pls|bitte|stattdessen|plutôt|s['’]il (?:te|vous) pla[iî]t|por favor))*";
/** Chinese, before a name without a space; 不用 is "without". */
const CHINESE_LEAD = '(?<!不)(?:使用|利用|用)\\s*';
/** Japanese and Korean, after a name without a space. */
const PARTICLE = '(?:で|を使って|を使用して|を利用して|(?:으로|로|(?:을|를) (?:사용|이용)해서?)(?=[\\s,.]|$))';
const END = '[\\s.!)。！）]*$';

/** Where a request names its engine. Only where nothing else of the sentence hangs on the name, so that most stay themselves. */
const PLACES: readonly ((names: string) => string)[] = [
  (names) => `(?:^|[\\s,;.(–—])${LEAD}${names}${CLOSE}${END}`,
  (names) => `${CHINESE_LEAD}${names}(?:\\s*(?:模型|引擎))?${END}`,
  (names) => `(?:^|[\\s,、，。(（])${names}${PARTICLE}${END}`,
  // In these three languages the engine may come first.
  (names) => `^${CHINESE_LEAD}${names}(?:\\s*(?:模型|引擎))?[\\s,、，]*`,
  (names) => `^${names}${PARTICLE}[\\s,、，]*`,
];

/**
 * The engine that a request names: "make it red with gemini", "zeichne eine Katze mit gemini", "用gemini画一只猫".
 * @returns undefined where none is named that there is: the words are part of the request then.
 */
export function readEngineWords(text: string, settings: EngineSettings): EngineWords | undefined {
  const ids = routesOf(settings).map(({ id }) => id);
  const named = new Map(ids.flatMap((id) => namesOf(id, ids).map((name) => [name, id] as const)));
  const names = [...named.keys()].toSorted((a, b) => b.length - a.length).join('|');
  for (const place of PLACES) {
    const said = new RegExp(place(`(?<name>${names})`), 'i').exec(text);
    const engine = named.get(said?.groups?.['name']?.toLowerCase() ?? '');
    if (said === null || engine === undefined) continue;
    const before = text.slice(0, said.index).replace(/[\s,;:、，(（–—-]+$/, '');
    const rest = before + text.slice(said.index + said[0].length);
    const isAll = new RegExp(`^${ENGLISH.sameAgain}[\\s,.!]*$`, 'i').test(rest);
    return { engine, text: rest, isAll };
  }
  return undefined;
}

/** How people write an id: as it is, with spaces, or by its first part where no other engine's begins alike. */
function namesOf(id: string, ids: readonly string[]): readonly string[] {
  const [first = id] = id.split('-');
  const isUnique = ids.every((other) => other === id || other.split('-')[0] !== first);
  const names = [id, id.replaceAll('-', ' '), ...(isUnique && first.length >= SHORT_NAME ? [first] : [])];
  return [...new Set(names)];
}
