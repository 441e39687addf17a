/** How somebody asks for a new picture; `{scene}` is what it shall show. */
const REQUESTS = [
  'draw me {scene}',
  'make a new picture: {scene}',
  "I'd like a picture of {scene}",
  'can you create {scene}?',
  'generate {scene}',
] as const;

/** What a picture lends to a scene, as the canonical description says it. */
const PATTERN = / with the pattern of the (\w+) in image (\d)/g;
const THING = /\bthe (\w+) from image (\d)/gi;
const BACKGROUND = / on the background of image (\d)/g;
const STYLE = /, in the style of image (\d)/g;

const PATTERN_WORDS = [
  " with the $1's pattern from {$2}",
  ' that has the same pattern as the $1 in {$2}',
  ' in the pattern of the $1 ({$2})',
] as const;
const THING_WORDS = ['the $1 from {$2}', 'that $1 of {$2}', 'the $1 in {$2}'] as const;
const BACKGROUND_WORDS = [
  ' on the background of {$1}',
  ' in front of what is behind everything in {$1}',
  ' with the background from {$1}',
] as const;
const STYLE_WORDS = [', drawn like {$1}', ', in the same style as {$1}', ' and use the style of {$1}'] as const;

/** A canonical description ("A red bag with the pattern of the dress in image 1 on a blue background.") as a request.
 * @param choose one of a list, always the same for the same case. Pictures stay as `{k}`. */
export function sceneRequest(
  description: string,
  choose: <Item>(name: string, items: readonly Item[]) => Item | undefined,
): string {
  const scene = description
    .replace(/\.$/, '')
    .replace(/^[A-Z]/, (letter) => letter.toLowerCase())
    .replace(PATTERN, choose('pattern', PATTERN_WORDS) ?? '$&')
    .replace(THING, choose('thing', THING_WORDS) ?? '$&')
    .replace(BACKGROUND, choose('background', BACKGROUND_WORDS) ?? '$&')
    .replace(STYLE, choose('style', STYLE_WORDS) ?? '$&');
  return (choose('request', REQUESTS) ?? '{scene}').replace('{scene}', () => scene);
}
