import { WebSocket } from 'undici';
import { z } from 'zod';
import { AppError, asAppError } from '../../core/errors.ts';
import type { Logger } from '../../core/ports.ts';
import type { Secret } from '../../core/secret.ts';
import { describeRefusal, EVENTS_PATH } from './connection.ts';
import { isTokenRefused } from './errors.ts';
import { readManifest } from './manifest.ts';
import type { SlackTokens } from './tokens.ts';
import { createWebApi } from './web-api.ts';

export interface SlackFinding {
  readonly check: 'slack';
  readonly status: 'ok' | 'warning' | 'problem';
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}

const HELLO_WITHIN_MS = 10_000;
const REINSTALL = 'Update the app from bots/slack/manifest.json (App Manifest) and install it again (Install App).';
const UNREACHABLE = 'Check that this machine may reach slack.com over HTTPS, and status.slack.com.';

const authSchema = z.object({
  team: z.string(),
  user: z.string(),
  response_metadata: z.object({ scopes: z.array(z.string()).default([]) }).default({ scopes: [] }),
});
const linkSchema = z.object({ url: z.url() });

const QUIET: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Look at what Slack says about the tokens: who the bot is, what it may do, whether its socket opens. Never throws. */
export async function checkSlack(
  { botToken, appToken, signingSecret }: SlackTokens,
  { apiUrl }: { readonly apiUrl?: string } = {},
): Promise<readonly SlackFinding[]> {
  const where = { ...(apiUrl === undefined ? {} : { apiUrl }), logger: QUIET };
  const bot = await checkBot(createWebApi({ botToken: botToken.reveal(), ...where }));
  if (appToken !== undefined)
    return [...bot, await checkSocket(createWebApi({ botToken: appToken.reveal(), ...where }))];
  return [...bot, ...(signingSecret === undefined ? [] : [checkSecret(signingSecret)])];
}

type Api = ReturnType<typeof createWebApi>;

async function checkBot(api: Api): Promise<readonly SlackFinding[]> {
  try {
    const answer = await api.once((client) => client.auth.test());
    const { team, user, response_metadata: about } = authSchema.parse(answer);
    const missing = readManifest().scopes.filter((scope) => !about.scopes.includes(scope));
    const scopes: SlackFinding =
      missing.length === 0
        ? ok('the bot has every scope that it needs')
        : problem(
            `the bot lacks ${missing.length === 1 ? 'the scope' : 'the scopes'} ${missing.join(', ')}`,
            REINSTALL,
          );
    return [ok(`the bot is @${user} in ${team}`), scopes];
  } catch (thrown) {
    return [refusal('SLACK_BOT_TOKEN', thrown)];
  }
}

/** No event is acknowledged here, so what comes in this moment comes again to the bot. */
async function checkSocket(api: Api): Promise<SlackFinding> {
  try {
    const answer = await api.once((client) => client.apps.connections.open());
    await untilHello(linkSchema.parse(answer).url);
    return ok('Socket Mode connects');
  } catch (thrown) {
    return refusal('SLACK_APP_TOKEN', thrown);
  }
}

function untilHello(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const end = (error?: AppError) => {
      clearTimeout(timer);
      socket.close();
      if (error === undefined) resolve();
      else reject(error);
    };
    const fail = () => end(new AppError('PLATFORM_UNAVAILABLE', {}));
    const timer = setTimeout(fail, HELLO_WITHIN_MS);
    socket.addEventListener('message', () => end(), { once: true });
    socket.addEventListener('error', fail, { once: true });
    socket.addEventListener('close', fail, { once: true });
  });
}

function checkSecret(secret: Secret): SlackFinding {
  if (/^[0-9a-f]{32}$/.test(secret.reveal())) {
    return ok(`requests are taken at ${EVENTS_PATH}; Slack needs a public HTTPS address that leads there`);
  }
  const fix = 'Copy the Signing Secret from "Basic Information" of the app; it is 32 characters of 0-9 and a-f.';
  return { check: 'slack', status: 'warning', message: 'Slack: SLACK_SIGNING_SECRET does not look like one', fix };
}

function refusal(variable: string, thrown: unknown): SlackFinding {
  const error = asAppError(thrown);
  if (!isTokenRefused(error)) return problem(`Slack cannot be reached to check ${variable}`, UNREACHABLE);
  const { what, fix } = describeRefusal(variable, error);
  return problem(what, fix);
}

function ok(message: string): SlackFinding {
  return { check: 'slack', status: 'ok', message: `Slack: ${message}` };
}

function problem(message: string, fix: string): SlackFinding {
  return { check: 'slack', status: 'problem', message: `Slack: ${message}`, fix };
}
