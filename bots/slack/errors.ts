import { webApi } from '@slack/bolt';
import { AppError, isAppError } from '../../core/errors.ts';

type Kind = 'token' | 'scope' | 'membership' | 'forbidden' | 'missing' | 'limit' | 'unavailable';

interface Meaning {
  readonly kind: Kind;
  /** For the operator: what to do about it. */
  readonly fix?: string;
}

const TOKEN: Meaning = {
  kind: 'token',
  fix: 'Copy the token again from api.slack.com/apps: SLACK_BOT_TOKEN is on "OAuth & Permissions" (xoxb-…), SLACK_APP_TOKEN on "Basic Information" (xapp-…).',
};
const MEMBERSHIP: Meaning = { kind: 'membership', fix: 'Invite Easel to the channel: /invite @Easel.' };
const MISSING: Meaning = { kind: 'missing' };
const UNAVAILABLE: Meaning = { kind: 'unavailable' };
const LIMIT: Meaning = { kind: 'limit' };

/** What Slack's own error words mean; anything else is an answer that Easel should never get. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  invalid_auth: TOKEN,
  not_authed: TOKEN,
  account_inactive: TOKEN,
  token_revoked: TOKEN,
  token_expired: TOKEN,
  not_allowed_token_type: TOKEN,
  missing_scope: {
    kind: 'scope',
    fix: 'Add the scope on "OAuth & Permissions", or update the app from bots/slack/manifest.json, and install it again.',
  },
  no_permission: { kind: 'scope', fix: 'Update the app from bots/slack/manifest.json and install it again.' },
  not_in_channel: MEMBERSHIP,
  channel_not_found: { ...MEMBERSHIP, kind: 'missing' },
  is_archived: { kind: 'forbidden', fix: 'The channel is archived; unarchive it.' },
  restricted_action: { kind: 'forbidden', fix: 'The workspace restricts who may post there; allow the app to.' },
  restricted_action_read_only_channel: { kind: 'forbidden', fix: 'The channel is read-only; allow the app to post.' },
  ekm_access_denied: { kind: 'forbidden', fix: 'The workspace’s administrators suspended posting.' },
  file_uploads_disabled: { kind: 'forbidden', fix: 'The workspace forbids uploads; allow them for the app.' },
  storage_limit_reached: { kind: 'forbidden', fix: 'The workspace has no room for files left.' },
  access_denied: { kind: 'forbidden' },
  cant_update_message: { kind: 'forbidden' },
  edit_window_closed: { kind: 'forbidden' },
  message_not_found: MISSING,
  thread_not_found: MISSING,
  file_not_found: MISSING,
  file_deleted: MISSING,
  user_not_found: MISSING,
  ratelimited: LIMIT,
  rate_limited: LIMIT,
  internal_error: UNAVAILABLE,
  fatal_error: UNAVAILABLE,
  service_unavailable: UNAVAILABLE,
  team_added_to_org: UNAVAILABLE,
  request_timeout: UNAVAILABLE,
};

/** When Slack says "too often" without saying for how long. */
const DEFAULT_RETRY_AFTER_MS = 5000;

/**
 * What a call to Slack threw, as the error that the rest of Easel knows. `details.slack` is Slack's own word,
 * `details.fix` what an operator can do.
 */
export function fromSlackError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  if (thrown instanceof webApi.WebAPIRateLimitedError) return rateLimited(thrown.retryAfter * 1000, thrown);
  if (thrown instanceof webApi.WebAPIPlatformError) return fromAnswer(thrown);
  if (thrown instanceof webApi.WebAPIHTTPError) {
    const details = { status: thrown.statusCode };
    // Everything Slack decides comes with status 200 or 429: other answers are a proxy's, or a server in trouble.
    return new AppError('PLATFORM_UNAVAILABLE', {}, { cause: thrown, details });
  }
  if (thrown instanceof webApi.WebAPIRequestError) return new AppError('PLATFORM_UNAVAILABLE', {}, { cause: thrown });
  return new AppError('BUG', {}, { cause: thrown });
}

/** Whether no other attempt can help before somebody changes the configuration. */
export function isTokenRefused(error: AppError): boolean {
  return error.details['refused'] === 'token' || error.details['refused'] === 'scope';
}

/** Slack's own word for what went wrong, where it said one. */
export function slackWordOf(error: AppError): string | undefined {
  const word = error.details['slack'];
  return typeof word === 'string' ? word : undefined;
}

function fromAnswer(thrown: webApi.WebAPIPlatformError): AppError {
  const word = thrown.data.error;
  const { kind, fix } = MEANINGS[word] ?? { kind: undefined };
  const needed = 'needed' in thrown.data ? thrown.data.needed : undefined;
  const details = {
    slack: word,
    ...(fix === undefined ? {} : { fix }),
    ...(typeof needed === 'string' ? { needed } : {}),
    ...(kind === 'token' || kind === 'scope' ? { refused: kind } : {}),
  };
  const options = { cause: thrown, details };
  switch (kind) {
    case 'limit':
      return rateLimited((thrown.data.response_metadata?.retryAfter ?? 0) * 1000, thrown);
    case 'unavailable':
      return new AppError('PLATFORM_UNAVAILABLE', {}, options);
    case 'missing':
      return new AppError('PLATFORM_NOT_FOUND', {}, options);
    case 'token':
    case 'scope':
    case 'membership':
    case 'forbidden':
      return new AppError('PLATFORM_FORBIDDEN', {}, options);
    case undefined:
      return new AppError('BUG', {}, options);
  }
}

function rateLimited(retryAfterMs: number, cause: unknown): AppError {
  const values = { retryAfterMs: retryAfterMs > 0 ? retryAfterMs : DEFAULT_RETRY_AFTER_MS };
  return new AppError('PLATFORM_RATE_LIMITED', values, { cause });
}
