import { z } from 'zod';
import { AppError } from './errors.ts';
import { Secret } from './secret.ts';

interface VariableNotes {
  readonly description: string;
  readonly group: string;
  readonly isSecret?: boolean;
}

const notes = z.registry<VariableNotes>();

function note<S extends z.ZodType>(schema: S, group: string, description: string): S {
  // The registry's own typing narrows its notes by the schema, which a generic schema cannot satisfy.
  notes.add(schema as z.ZodType, { description, group });
  return schema;
}

function secret(group: string, description: string) {
  const schema = z
    .string()
    .transform((value) => new Secret(value))
    .optional();
  notes.add(schema, { description, group, isSecret: true });
  return schema;
}

function secretUrl(protocol: RegExp, expected: string, group: string, description: string) {
  const schema = z
    .string()
    .refine((value) => URL.canParse(value) && protocol.test(new URL(value).protocol), `must be a URL like ${expected}`)
    .transform((value) => new Secret(value))
    .optional();
  notes.add(schema, { description, group, isSecret: true });
  return schema;
}

const GENERAL = 'General';
const MODEL = 'Model and engine';
const STORAGE = 'Queue and storage';
const PLATFORMS = 'Platforms';

const environmentSchema = z.object({
  EASEL_HOME: note(
    z.string().default('./.easel'),
    GENERAL,
    'Folder for conversations, images and the embedded queue. One process at a time.',
  ),
  PORT: note(
    z.coerce.number('must be a number').int().min(0).max(65535).default(3210),
    GENERAL,
    'Port of the web chat; 0 takes a free one.',
  ),
  EASEL_HOST: note(z.string().default('127.0.0.1'), GENERAL, 'Address the web chat listens on.'),
  EASEL_LOG_LEVEL: note(
    z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    GENERAL,
    'Least severe log line that is written (JSON, standard error).',
  ),
  EASEL_DEBUG: note(z.string().optional(), GENERAL, 'Anything: commands that fail also print stack traces.'),

  EASEL_MODEL: note(z.string().default('models/easel-stickers'), MODEL, 'Model folder in Hugging Face layout.'),
  EASEL_ENGINE: note(
    z.enum(['local', 'openai-images', 'gemini', 'comfyui']).default('local'),
    MODEL,
    'What makes the pictures.',
  ),
  EASEL_VLM: note(
    z
      .string()
      .regex(/^(?:local|rules|[a-z0-9_-]+:.+)$/, 'must be `local`, `rules`, or provider:model')
      .default('rules'),
    MODEL,
    "What reads the requests: `rules`, `local` (the model folder's `vlm/`), or a LangChain chat model such as `openai:…`.",
  ),
  OPENAI_API_KEY: secret(MODEL, 'Key for `EASEL_ENGINE=openai-images`.'),
  OPENAI_BASE_URL: note(z.url('must be a URL').optional(), MODEL, 'Address of an OpenAI-compatible images API.'),
  GEMINI_API_KEY: secret(MODEL, 'Key for `EASEL_ENGINE=gemini`.'),
  COMFYUI_URL: note(z.url('must be a URL').optional(), MODEL, 'Address of the server for `EASEL_ENGINE=comfyui`.'),

  REDIS_URL: secretUrl(
    /^rediss?:$/,
    'redis://host:6379',
    STORAGE,
    'Redis for queue, documents and events; wins over DATABASE_URL. Neither: everything in this process.',
  ),
  DATABASE_URL: secretUrl(
    /^postgres(?:ql)?:$/,
    'postgres://user:password@host/name',
    STORAGE,
    'PostgreSQL for queue, documents and events.',
  ),
  BLOB_URL: note(
    z
      .string()
      .regex(/^(?:file|s3):/, 'must start with file: or s3:')
      .optional(),
    STORAGE,
    'Where images are stored: `file:/folder` or `s3://bucket/prefix`. Default: EASEL_HOME.',
  ),

  DISCORD_TOKEN: secret(PLATFORMS, 'Bot token; with it the Discord bot starts.'),
  SLACK_BOT_TOKEN: secret(PLATFORMS, 'Bot token `xoxb-…`; with it the Slack bot starts.'),
  SLACK_APP_TOKEN: secret(PLATFORMS, 'App token `xapp-…` for Socket Mode.'),
  SLACK_SIGNING_SECRET: secret(PLATFORMS, 'Signing secret for events over HTTP.'),
});

type Environment = z.infer<typeof environmentSchema>;

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

/** docs/configuration.md: one table per group, in the schema's order. */
export function renderConfigurationDocs(): string {
  const rows = Object.entries(environmentSchema.shape).map(([name, schema]) => ({
    name,
    schema,
    note: notes.get(schema),
  }));
  const groups = [...new Set(rows.map((row) => row.note?.group))];
  const tables = groups.map((title) => {
    const lines = rows
      .filter((row) => row.note?.group === title)
      .map(
        ({ name, schema, note: text }) =>
          `| \`${name}\` | ${defaultOf(schema)} | ${text?.description ?? ''}${text?.isSecret === true ? ' Secret.' : ''} |`,
      );
    return [`## ${title}`, '', '| variable | default | meaning |', '| --- | --- | --- |', ...lines].join('\n');
  });
  return `# Configuration\n\nGenerated from \`core/config.ts\`. Easel reads these environment variables; none is needed for the web chat.\n\n${tables.join('\n\n')}\n`;
}

function group(environment: Environment) {
  const { DISCORD_TOKEN: discordToken, SLACK_BOT_TOKEN: slackBotToken } = environment;
  return Object.freeze({
    home: environment.EASEL_HOME,
    web: Object.freeze({ port: environment.PORT, host: environment.EASEL_HOST }),
    logLevel: environment.EASEL_LOG_LEVEL,
    model: environment.EASEL_MODEL,
    engine: Object.freeze({
      kind: environment.EASEL_ENGINE,
      openai: Object.freeze({ apiKey: environment.OPENAI_API_KEY, baseUrl: environment.OPENAI_BASE_URL }),
      gemini: Object.freeze({ apiKey: environment.GEMINI_API_KEY }),
      comfyui: Object.freeze({ url: environment.COMFYUI_URL }),
    }),
    vlm: environment.EASEL_VLM,
    redisUrl: environment.REDIS_URL,
    databaseUrl: environment.DATABASE_URL,
    blobUrl: environment.BLOB_URL,
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

/** A misspelt name would otherwise be ignored in silence. */
function unknownNames(given: Readonly<Record<string, unknown>>): readonly string[] {
  const known = new Set(Object.keys(environmentSchema.shape));
  return Object.keys(given)
    .filter((name) => name.startsWith('EASEL_') && !known.has(name))
    .map((name) => `${name}: there is no such variable`);
}

function missingNeighbours(environment: Environment): readonly string[] {
  const needs: Readonly<
    Record<Environment['EASEL_ENGINE'], 'OPENAI_API_KEY' | 'GEMINI_API_KEY' | 'COMFYUI_URL' | undefined>
  > = {
    local: undefined,
    'openai-images': 'OPENAI_API_KEY',
    gemini: 'GEMINI_API_KEY',
    comfyui: 'COMFYUI_URL',
  };
  const problems: string[] = [];
  const needed = needs[environment.EASEL_ENGINE];
  if (needed !== undefined && environment[needed] === undefined)
    problems.push(`${needed}: needed for EASEL_ENGINE=${environment.EASEL_ENGINE}`);
  const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: signing } = environment;
  if (bot !== undefined && app === undefined && signing === undefined) {
    problems.push('SLACK_APP_TOKEN: Slack needs it (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)');
  }
  if (bot === undefined && (app ?? signing) !== undefined)
    problems.push('SLACK_BOT_TOKEN: needed beside the other Slack variables');
  return problems;
}

function defaultOf(schema: z.ZodType): string {
  return schema instanceof z.ZodDefault ? `\`${String(schema.def.defaultValue)}\`` : '';
}
