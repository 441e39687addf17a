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

/**
 * The engine that a request names at its end: "make it red with gemini", "draw a cat, using openai".
 * @returns undefined where none is named that there is: the words are part of the request then.
 */
export function readEngineWords(text: string, settings: EngineSettings): EngineWords | undefined {
  const ids = routesOf(settings).map(({ id }) => id);
  const named = new Map(ids.flatMap((id) => namesOf(id, ids).map((name) => [name, id] as const)));
  const names = [...named.keys()].toSorted((a, b) => b.length - a.length).join('|');
  const said = new RegExp(
    `(?:^|[\\s,;.(–—])${ENGLISH.engineLead}\\s+(?:the\\s+)?(?<name>${names})(?:\\s+(?:engine|model))?(?:,?\\s+(?:instead|please|pls))*[\\s.!)]*$`,
    'i',
  ).exec(text);
  const engine = named.get(said?.groups?.['name']?.toLowerCase() ?? '');
  if (said === null || engine === undefined) return undefined;
  const rest = text.slice(0, said.index).replace(/[\s,;:(–—-]+$/, '');
  const isAll = new RegExp(`^${ENGLISH.sameAgain}[\\s,.!]*$`, 'i').test(rest);
  return { engine, text: rest, isAll };
}

/** How people write an id: as it is, with spaces, or by its first part where no other engine's begins alike. */
function namesOf(id: string, ids: readonly string[]): readonly string[] {
  const [first = id] = id.split('-');
  const isUnique = ids.every((other) => other === id || other.split('-')[0] !== first);
  const names = [id, id.replaceAll('-', ' '), ...(isUnique && first.length >= SHORT_NAME ? [first] : [])];
  return [...new Set(names)];
}
