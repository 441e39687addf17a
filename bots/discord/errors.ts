import { DiscordAPIError, HTTPError, RateLimitError, RESTJSONErrorCodes } from 'discord.js';
import { AppError, isAppError } from '../../core/errors.ts';

const HTTP = { unauthorized: 401, forbidden: 403, notFound: 404, tooLarge: 413, tooMany: 429, server: 500 } as const;

/** What discord.js threw, as the error that the rest of Easel knows. What the server answered is kept for logs, not for people. */
export function fromDiscordError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (error instanceof RateLimitError) {
    return new AppError('PLATFORM_RATE_LIMITED', { retryAfterMs: error.retryAfter }, { cause: error });
  }
  if (error instanceof DiscordAPIError) return fromAnswer(error);
  if (error instanceof HTTPError) return unavailable(error, { status: error.status });
  if (isNetworkError(error)) return unavailable(error, {});
  return new AppError('BUG', {}, { cause: error });
}

/** Whether the server refused a file for its size. */
export function isTooLarge(error: unknown): boolean {
  if (error instanceof HTTPError) return error.status === HTTP.tooLarge;
  return (
    error instanceof DiscordAPIError &&
    (error.status === HTTP.tooLarge || error.code === RESTJSONErrorCodes.RequestEntityTooLarge)
  );
}

/** Whether the server does not know the token. */
export function isUnauthorized(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.status === HTTP.unauthorized;
}

function fromAnswer(error: DiscordAPIError): AppError {
  const { status, code } = error;
  const fix = FIXES[Number(code)];
  const details = { status, discordCode: code, ...(fix === undefined ? {} : { fix }) };
  const options = { cause: error, details };
  if (status === HTTP.unauthorized || status === HTTP.forbidden) return new AppError('PLATFORM_FORBIDDEN', {}, options);
  if (status === HTTP.notFound) return new AppError('PLATFORM_NOT_FOUND', {}, options);
  if (status === HTTP.tooMany || status >= HTTP.server) return new AppError('PLATFORM_UNAVAILABLE', {}, options);
  // A locked thread, a reply without the permission to read what is replied to: 400, but nothing that a retry mends.
  if (REFUSALS.has(Number(code))) return new AppError('PLATFORM_FORBIDDEN', {}, options);
  return new AppError('BUG', {}, options);
}

/** For the operator: what to do about it. */
const FIXES: Readonly<Record<number, string>> = {
  [RESTJSONErrorCodes.MissingAccess]: 'Let the bot see the channel: Edit Channel > Permissions > View Channel.',
  [RESTJSONErrorCodes.MissingPermissions]:
    'Allow the bot to post there: Edit Channel > Permissions > Send Messages, Attach Files, Read Message History.',
  [RESTJSONErrorCodes.CannotReplyWithoutPermissionToReadMessageHistory]:
    'Allow the bot to read there: Edit Channel > Permissions > Read Message History.',
  [RESTJSONErrorCodes.ThreadLocked]: 'The thread is locked; unlock it.',
  [RESTJSONErrorCodes.CannotSendMessagesToThisUser]: 'The person takes no direct messages from this server.',
};

const REFUSALS: ReadonlySet<number> = new Set<number>([
  RESTJSONErrorCodes.MissingAccess,
  RESTJSONErrorCodes.MissingPermissions,
  RESTJSONErrorCodes.CannotSendMessagesToThisUser,
  RESTJSONErrorCodes.CannotReplyWithoutPermissionToReadMessageHistory,
  RESTJSONErrorCodes.ThreadLocked,
]);

/** discord.js lets the errors of its HTTP client and of sockets through as they are. */
function isNetworkError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return error.name === 'AbortError' || /^(?:E[A-Z]+|UND_ERR_[A-Z_]+)$/.test(code);
}

function unavailable(cause: unknown, details: Readonly<Record<string, number>>): AppError {
  return new AppError('PLATFORM_UNAVAILABLE', {}, { cause, details });
}
