/**
 * What people type in place of the canonical instruction, by kind of case. Braces hold words of the instruction; `{1}` to
 * `{5}` stand for pictures, which are called in one of several ways. Kinds without a list are scenes: `scene.ts` has those.
 */
export const CASUAL_TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  give_pattern: [
    "give that {taker} the {giver}'s pattern from {2}",
    'can you put the pattern of the {giver} ({2}) on the {taker} in {1}?',
    'I want the {taker} in {1} to have the same pattern as the {giver} in {2}',
    'the {giver} in {2} has such a nice pattern, use it for the {taker} in {1}',
    'same pattern on the {taker} in {1} as on the {giver} in {2}',
    "the {taker} in {1}, but with the {giver}'s pattern from {2}",
  ],
  give_color: [
    "give that {taker} the {giver}'s color from {2}",
    'can the {taker} in {1} be the same color as the {giver} in {2}?',
    'paint the {taker} from {1} in the color of the {giver} in {2}',
    'I like the color of the {giver} in {2}, make the {taker} in {1} that color too',
    'the {taker} in {1} should match the color of the {giver} in {2}',
    'recolor the {taker}, use the color the {giver} has in {2}',
  ],
  give_look: [
    'make the {taker} in {1} look just like the {giver} in {2}',
    'I want the {taker} in {1} to have the whole look of the {giver} in {2}',
    'can that {taker} get the look of the {giver} from {2}?',
    'the {taker} in {1} should look like the {giver} in {2}, color and pattern and all',
    'take the look of the {giver} in {2} and use it on the {taker} in {1}',
  ],
  give_style: [
    'make {1} look like the style of {2}',
    'redo {1} in the style of {2}',
    'I like how {2} is drawn, draw {1} the same way',
    'same picture as {1} but in the style of {2}',
    'can {1} have the same style as {2}?',
  ],
  put_background: [
    'put the {thing} on the background of {2}',
    "move that {thing} over to {2}'s background",
    'I want the {thing} from {1} with the background of {2}',
    'swap the background behind the {thing} in {1} for the one in {2}',
    'can the {thing} in {1} stand in front of the background from {2}?',
  ],
  replace_from: [
    'swap the {old} in {1} for the {new} in {2}',
    'instead of the {old} in {1} I want the {new} from {2}',
    'get rid of the {old} in {1} and put the {new} from {2} there',
    'lose the {old}, use the {new} from {2} instead',
    'can you replace that {old} with the {new} of {2}?',
  ],
  add_from: [
    'also put the {thing} from {2} into {1}',
    'stick the {thing} of {2} next to what is in {1}',
    'add that {thing} ({2}) to {1}',
    "I'd like the {thing} from {2} in {1} too",
    'can {1} have the {thing} from {2} as well?',
  ],
  change_color: [
    'make the {thing} {value}',
    'could that {thing} be {value} instead?',
    'paint the {thing} {value}',
    'the {thing} would look better in {value}',
  ],
  change_pattern: [
    'make the {thing} {value}',
    'give the {thing} a {value} pattern',
    'can that {thing} be {value} instead?',
    'I want a {value} {thing}, leave the rest',
  ],
  change_noun: [
    'turn the {old} into a {new}',
    "I'd rather have a {new} than the {old}",
    'swap that {old} for a {new}',
    'make it a {new} instead of a {old}',
  ],
  change_background: [
    'make the background {value}',
    'can we have a {value} background?',
    'put something {value} behind it',
    'I want a {value} backdrop instead',
  ],
  change_style: [
    'make this look {style}',
    'turn it into {style} style',
    'can I have a {style} version?',
    'I want this in {style} style',
  ],
};

/** Around the request: how a message begins and ends. */
export const OPENINGS = ['', '', '', 'hey, ', 'ok so '] as const;
export const ENDINGS = ['', '', '', '', ' pls', ' thanks', ' :)', '!'] as const;

/** How somebody calls picture k; every message keeps to one of them. */
export const PICTURE_NAMES = [
  (k: number) => `pic ${k}`,
  (k: number) => `#${k}`,
  (k: number) => `the ${ORDINALS[k - 1]} one`,
  (k: number) => `the ${SHORT_ORDINALS[k - 1]} pic`,
  (k: number) => `the ${ORDINALS[k - 1]} picture`,
  (k: number) => `image ${k}`,
] as const;

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth'] as const;
const SHORT_ORDINALS = ['1st', '2nd', '3rd', '4th', '5th'] as const;
