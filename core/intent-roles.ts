import { ENGLISH } from './intent-english.ts';
import type { Mention } from './mentions.ts';

/** Which of the mentioned images is changed, by the words around each mention; undefined when all of them only lend something. */
export function baseMention(text: string, mentions: readonly Mention[]): number | undefined {
  const declared = mentions.find((mention) => isDeclaredBase(text, mention));
  if (declared !== undefined) return declared.numbers[0];

  const roles = mentions.map((mention, index) => {
    const lead = text.slice(mentions[index - 1]?.end ?? 0, mention.start);
    return {
      mention,
      lead,
      lends: lendsSomething(lead, text.slice(mention.end)),
      receives: isDestination(text, mention, lead),
    };
  });
  const receiver = roles.find((role) => role.receives && !role.lends);
  const base = receiver ?? roles.find((role) => !role.lends);
  return base?.mention.numbers[0];
}

/** Whether the words ask to bring something from an image: then a message's unmentioned attachments are references. */
export function asksForReference(text: string): boolean {
  return new RegExp(`\\b${ENGLISH.lends}\\b|\\bthis\\s+${ENGLISH.attribute}\\b|${ENGLISH.together}`, 'i').test(text);
}

function isDeclaredBase(text: string, mention: Mention): boolean {
  const after = text.slice(mention.end);
  return (
    /^\s+(?:as|is)\s+(?:the\s+)?base\b/i.test(after) ||
    /\bbase(?:\s+image)?\s*(?::|=|is)\s*$/i.test(text.slice(0, mention.start))
  );
}

/** "…the pattern of the dress in [image 2]" lends; so does "use [image 2]'s pattern". */
function lendsSomething(lead: string, after: string): boolean {
  const clause = lead.slice(lead.search(/[^.;!?]*$/));
  if (new RegExp(`\\b${ENGLISH.lends}\\b[^.;]*$`, 'i').test(clause)) return true;
  const possessive = new RegExp(`^['’]s\\s+(?:[a-z]+\\s+)?${ENGLISH.attribute}\\b`, 'i').test(after);
  const isPlaced = new RegExp(`\\b(?:${ENGLISH.into}|for)\\b`, 'i').test(after);
  return possessive && (isPlaced || new RegExp(`\\b${ENGLISH.borrow}\\s+$`, 'i').test(clause));
}

/** "add … to [image 1]", "put … on the table in [image 2]", but not "put … on the background of [image 2]". */
function isDestination(text: string, mention: Mention, lead: string): boolean {
  const before = text.slice(0, mention.start);
  const clause = before.slice(before.search(/[^.;!?]*$/));
  if (!new RegExp(`\\b${ENGLISH.placing}\\b`, 'i').test(clause)) return false;
  const place = new RegExp(`\\b${ENGLISH.into}\\s+(?!.*\\b${ENGLISH.into}\\s+(?:the|a)\\s)([^.;]*)$`, 'i').exec(lead);
  return place !== null && !new RegExp(`\\b${ENGLISH.destination}\\b`, 'i').test(place[1] ?? '');
}

/** The mentions without those that are only named to be left out: "ignore image 3", "not that one". */
export function meantMentions(text: string, mentions: readonly Mention[]): readonly Mention[] {
  const isExcluded = ({ start }: Mention) => new RegExp(`\\b${ENGLISH.excludes}\\s+$`, 'i').test(text.slice(0, start));
  return mentions.filter((mention) => !isExcluded(mention));
}
