/** The canonical instruction of each kind of edit; its groups are the words that a template may use. */
const INSTRUCTIONS: Readonly<Record<string, RegExp>> = {
  give_pattern: /^Give the (?<taker>\w+) in image 1 the pattern of the (?<giver>\w+) in image 2\.$/,
  give_color: /^Give the (?<taker>\w+) in image 1 the color of the (?<giver>\w+) in image 2\.$/,
  give_look: /^Give the (?<taker>\w+) in image 1 the look of the (?<giver>\w+) in image 2\.$/,
  give_style: /^Give image 1 the style of image 2\.$/,
  put_background: /^Put the (?<thing>\w+) of image 1 on the background of image 2\.$/,
  replace_from: /^Replace the (?<old>\w+) in image 1 with the (?<new>\w+) from image 2\.$/,
  add_from: /^Add the (?<thing>\w+) from image 2 to image 1\.$/,
  change_color: /^Change the color of the (?<thing>\w+) to (?<value>\w+)\.$/,
  change_pattern: /^Change the pattern of the (?<thing>\w+) to (?<value>\w+)\.$/,
  change_noun: /^Replace the (?<old>\w+) with an? (?<new>\w+)\.$/,
  change_background: /^Change the background to (?<value>[\w ]+)\.$/,
  change_style: /^Make it (?<style>\w+)\.$/,
};

/** The words of a canonical instruction; undefined for the kinds that describe a scene.
 * @throws {Error} when the instruction is not the canonical one of its kind. */
export function wordsOf(kind: string, instruction: string): Readonly<Record<string, string>> | undefined {
  const pattern = INSTRUCTIONS[kind];
  if (pattern === undefined) return undefined;
  const match = pattern.exec(instruction);
  if (match === null) throw new Error(`"${instruction}" is no canonical instruction of the kind ${kind}.`);
  return { ...match.groups };
}
