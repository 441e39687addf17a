import type { Case } from '../cases.ts';
import { seedOf } from '../damage.ts';
import { wordsOf } from './canonical.ts';
import { CASUAL_TEMPLATES, ENDINGS, OPENINGS, PICTURE_NAMES } from './casual-templates.ts';
import { sceneRequest } from './scene.ts';

/** A case's request as people type it: one of several wordings, the same for the same case on every machine.
 * @throws {Error} when the case does not say it in the canonical way. */
export function casualRequest({
  id,
  kind,
  instruction,
  description,
}: Pick<Case, 'id' | 'kind' | 'instruction' | 'description'>): string {
  const choose = <Item>(name: string, items: readonly Item[]): Item | undefined =>
    items[seedOf(`${id}|casual|${name}`) % items.length];
  const words = wordsOf(kind, instruction);
  const request =
    words === undefined
      ? sceneRequest(instruction === '' ? description : instruction, choose)
      : fill(choose('template', CASUAL_TEMPLATES[kind] ?? []) ?? instruction, words);
  const nameOf = choose('pictures', PICTURE_NAMES) ?? String;
  const text = request.replace(/\{(\d)\}/g, (_, k: string) => nameOf(Number(k)));
  const isQuestion = text.endsWith('?');
  const opening = choose('opening', OPENINGS) ?? '';
  const ending = isQuestion ? '' : (choose('ending', ENDINGS) ?? '');
  return withArticles(`${opening}${text}${ending}`);
}

function fill(template: string, words: Readonly<Record<string, string>>): string {
  return template.replace(/\{([a-z]+)\}/g, (hole, name: string) => words[name] ?? hole);
}

/** "a umbrella" comes of filling in words. */
function withArticles(text: string): string {
  return text.replace(/\ba (?=[aeo]|umbrella)/g, 'an ');
}
