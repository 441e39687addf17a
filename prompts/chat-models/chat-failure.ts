/** Why a chat model gave no text; `ChatFailure` of core, matched by structure. */
export type ChatFailure =
  | 'timeout'
  | 'unreachable'
  | 'key-refused'
  | 'not-found'
  | 'too-many-requests'
  | 'request-refused'
  | 'server-failed'
  | 'answer-refused'
  | 'malformed';

/** What a provider's error means, by status, name and code alone: its text may hold the key or people's words. */
export function failureOf(error: unknown): ChatFailure {
  const status = statusOf(error);
  if (status !== undefined) return ofStatus(status);
  const names = chainOf(error).flatMap((each) => [each.name, codeOf(each)]);
  if (names.some((name) => /timeout|abort/i.test(name))) return 'timeout';
  if (names.some((name) => /^(?:ECONN|ENOTFOUND|EAI_|EHOST|ENET|EPIPE|UND_ERR|APIConnection)/.test(name)))
    return 'unreachable';
  if (chainOf(error).some(({ message }) => /^(?:connection error\.?|fetch failed)$/i.test(message)))
    return 'unreachable';
  return 'malformed';
}

function ofStatus(status: number): ChatFailure {
  if (status === 401 || status === 403) return 'key-refused';
  if (status === 404) return 'not-found';
  if (status === 408) return 'timeout';
  if (status === 429) return 'too-many-requests';
  return status >= 500 ? 'server-failed' : 'request-refused';
}

function statusOf(error: unknown): number | undefined {
  for (const each of chainOf(error)) {
    for (const key of ['status', 'statusCode', 'status_code'] as const) {
      const value: unknown = Reflect.get(each, key);
      if (typeof value === 'number' && value >= 400 && value < 600) return value;
    }
  }
  return undefined;
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

/** The error and what caused it. */
function chainOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let each = error; each instanceof Error && chain.length < 5; each = each.cause) chain.push(each);
  return chain;
}
