/** What a person wrote, out of Slack's markup: mentions of Easel gone, links as their addresses, entities as characters. */
export function readText(markup: string, botUserId: string): string {
  return markup
    .replaceAll(new RegExp(`<@${botUserId}(?:\\|[^>]*)?>`, 'g'), ' ')
    .replace(/<([@#!]?)([^>|]*)(?:\|([^>]*))?>/g, (_, sign: string, target: string, label: string | undefined) =>
      sign === '' ? target.replace(/^(?:mailto|tel):/, '') : `${sign === '#' ? '#' : '@'}${label ?? target}`,
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/[^\S\n]+/g, ' ')
    .trim();
}

/** Addresses in a message, as Slack marks them. */
export function linksIn(markup: string): readonly string[] {
  return [...markup.matchAll(/<(https?:\/\/[^>|]+)(?:\|[^>]*)?>/g)].map(([, address = '']) =>
    address.replaceAll('&amp;', '&'),
  );
}

export function mentions(markup: string, userId: string): boolean {
  return new RegExp(`<@${userId}(?:\\|[^>]*)?>`).test(markup);
}

const OPENS_WITH_MENTION =
  /^\s*(?:(?:hey|hi|hello|ok|okay|thanks|thank you|thx|cc|fyi|and|so)[\s,:!-]+)?<@([A-Z0-9]+)(?:\|[^>]*)?>/i;

/** Whether a message is said to somebody else: it opens with their name, after a greeting or without one. */
export function isSaidToAnother(markup: string, botUserId: string): boolean {
  const opening = OPENS_WITH_MENTION.exec(markup)?.[1];
  return opening !== undefined && opening !== botUserId;
}

const PRAISE = wordSet(
  'thanks thank thx ty nice great good cool lovely love like beautiful perfect awesome amazing wow lol haha hehe ok okay',
);
const FILLERS = wordSet(
  "you so much a lot very really too look looks that that's thats it it's its this is oh ah i we",
);

/** Whether a message is only thanks, praise or laughter: said among people, and nothing to be made of. */
export function isRemark(markup: string): boolean {
  const words = markup
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/:[a-z0-9_+'-]+:/g, ' ')
    .split(/[^\p{L}\p{N}']+/u)
    .filter((word) => word !== '');
  const isSocial = words.every((word) => PRAISE.has(word) || FILLERS.has(word));
  return isSocial && (words.length === 0 || words.some((word) => PRAISE.has(word)));
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

/** Plain words for a field that reads markup: nobody is called, nothing is formatted as a link. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
