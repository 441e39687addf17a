import { missingForEngines } from './engine-config.ts';
import { type Environment, environmentSchema } from './environment.ts';
import { AppError } from './errors.ts';
import type { Secret } from './secret.ts';

export interface S3Settings {
  readonly accessKeyId: Secret;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret | undefined;
  readonly region: string;
  /** Of a server other than Amazon's. */
  readonly endpoint: string | undefined;
}

/** What the process runs with; frozen, and safe to print. */
export type Config = ReturnType<typeof group>;

/**
 * Read the environment. An empty variable counts as not set.
 * @throws AppError CONFIG_INVALID naming every problem, never a value.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = environmentSchema.safeParse(given);
  const problems = [
    ...unknownNames(given),
    ...(parsed.success
      ? missingNeighbours(parsed.data)
      : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)),
  ];
  if (!parsed.success || problems.length > 0) throw new AppError('CONFIG_INVALID', { problems: problems.join('\n') });
  return group(parsed.data);
}

function group(environment: Environment) {
  const { DISCORD_TOKEN: discordToken, SLACK_BOT_TOKEN: slackBotToken } = environment;
  return Object.freeze({
    home: environment.EASEL_HOME,
    web: Object.freeze({
      port: environment.PORT,
      host: environment.EASEL_HOST,
      allowedHosts: Object.freeze(environment.EASEL_ALLOWED_HOSTS),
    }),
    statusPort: environment.EASEL_STATUS_PORT,
    logLevel: environment.EASEL_LOG_LEVEL,
    model: environment.EASEL_MODEL,
    device: environment.EASEL_DEVICE,
    engine: Object.freeze({
      kind: environment.EASEL_ENGINE,
      others: Object.freeze(environment.EASEL_ENGINES),
      fallback: Object.freeze(environment.EASEL_FALLBACK),
      file: environment.EASEL_ENGINES_FILE,
      allowPrivate: environment.EASEL_ALLOW_PRIVATE,
      openai: Object.freeze({
        apiKey: environment.OPENAI_API_KEY,
        baseUrl: environment.OPENAI_BASE_URL,
        model: environment.OPENAI_IMAGE_MODEL,
      }),
      gemini: Object.freeze({
        apiKey: environment.GEMINI_API_KEY,
        baseUrl: environment.GEMINI_BASE_URL,
        model: environment.GEMINI_IMAGE_MODEL,
      }),
      comfyui: Object.freeze({ url: environment.COMFYUI_URL, workflows: environment.COMFYUI_WORKFLOW ?? [] }),
    }),
    vlm: environment.EASEL_VLM,
    chatModel: Object.freeze({
      apiKey: environment.EASEL_VLM_API_KEY,
      baseUrl: environment.EASEL_VLM_BASE_URL,
      anthropicKey: environment.ANTHROPIC_API_KEY,
      timeoutMs: environment.EASEL_VLM_TIMEOUT * 1000,
    }),
    safety: Object.freeze({
      pictures: environment.EASEL_SAFETY,
      threshold: environment.EASEL_SAFETY_THRESHOLD,
    }),
    redisUrl: environment.REDIS_URL,
    databaseUrl: environment.DATABASE_URL,
    blobUrl: environment.BLOB_URL,
    s3: s3Of(environment),
    discord: discordToken === undefined ? undefined : Object.freeze({ token: discordToken }),
    slack:
      slackBotToken === undefined
        ? undefined
        : Object.freeze({
            botToken: slackBotToken,
            appToken: environment.SLACK_APP_TOKEN,
            signingSecret: environment.SLACK_SIGNING_SECRET,
          }),
  });
}

/** Whose bucket a BLOB_URL that starts with `s3:` names, and where; undefined without both keys. */
function s3Of(environment: Environment): S3Settings | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return Object.freeze({
    accessKeyId,
    secretAccessKey,
    sessionToken: environment.AWS_SESSION_TOKEN,
    region: environment.AWS_REGION,
    endpoint: environment.AWS_ENDPOINT_URL_S3,
  });
}

/** A misspelt name would otherwise be ignored in silence. */
function unknownNames(given: Readonly<Record<string, unknown>>): readonly string[] {
  const known = new Set(Object.keys(environmentSchema.shape));
  return Object.keys(given)
    .filter((name) => name.startsWith('EASEL_') && !known.has(name))
    .map((name) => `${name}: there is no such variable`);
}

function missingNeighbours(environment: Environment): readonly string[] {
  const problems: string[] = [...missingForEngines(environment)];
  if (environment.BLOB_URL?.startsWith('s3:') === true) {
    const keys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
    for (const key of keys)
      if (environment[key] === undefined) problems.push(`${key}: needed for a BLOB_URL that starts with s3:`);
  }
  const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: signing } = environment;
  if (bot !== undefined && app === undefined && signing === undefined) {
    problems.push('SLACK_APP_TOKEN: Slack needs it (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)');
  }
  if (bot === undefined && (app ?? signing) !== undefined)
    problems.push('SLACK_BOT_TOKEN: needed beside the other Slack variables');
  return problems;
}
