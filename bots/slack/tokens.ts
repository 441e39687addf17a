import { AppError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { Transport } from './connection.ts';

/** What Slack gave the app. */
export interface SlackTokens {
  readonly botToken: Secret;
  /** For Socket Mode, which wins: it needs no public address. */
  readonly appToken?: Secret | undefined;
  /** For requests over HTTP. */
  readonly signingSecret?: Secret | undefined;
}

/** @throws AppError CONFIG_INVALID when neither way is set up. */
export function transportOf({ appToken, signingSecret }: SlackTokens): Transport {
  if (appToken !== undefined) return { kind: 'socket', appToken: appToken.reveal() };
  if (signingSecret !== undefined) return { kind: 'http', signingSecret: signingSecret.reveal() };
  throw new AppError('CONFIG_INVALID', {
    problems: 'SLACK_APP_TOKEN or SLACK_SIGNING_SECRET: Slack needs one of them',
  });
}
