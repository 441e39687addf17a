/** Keys in the forms that OpenAI and Google give them, also where a server repeats one with its middle left out. */
const KEY_LIKE = /\b(?:sk|pk|rk)-[\w*.-]{6,}|\bAIza[\w*-]{10,}|\bBearer\s+\S+/g;
const MAX_CHARACTERS = 500;

/** What a server wrote, fit for an operator's eyes: without keys, and short. It may still hold a person's words, so it belongs
 * in no log. */
export function redact(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret !== '');
  const without = known.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
  return without.replace(KEY_LIKE, '[redacted]').slice(0, MAX_CHARACTERS);
}
