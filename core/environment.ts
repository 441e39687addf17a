import { z } from 'zod';
import { Secret } from './secret.ts';

interface VariableNotes {
  readonly description: string;
  readonly group: string;
  readonly isSecret?: boolean;
}

/** What each variable of the schema is for. */
export const variableNotes = z.registry<VariableNotes>();

function note<S extends z.ZodType>(schema: S, group: string, description: string): S {
  // The registry's own typing narrows its notes by the schema, which a generic schema cannot satisfy.
  variableNotes.add(schema as z.ZodType, { description, group });
  return schema;
}

function secret(group: string, description: string) {
  const schema = z
    .string()
    .transform((value) => new Secret(value))
    .optional();
  variableNotes.add(schema, { description, group, isSecret: true });
  return schema;
}

function secretUrl(protocol: RegExp, expected: string, group: string, description: string) {
  const schema = z
    .string()
    .refine((value) => URL.canParse(value) && protocol.test(new URL(value).protocol), `must be a URL like ${expected}`)
    .transform((value) => new Secret(value))
    .optional();
  variableNotes.add(schema, { description, group, isSecret: true });
  return schema;
}

/** As the header Host has it, an IPv6 address in brackets. */
const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/;

function isBlobUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === 's3:' ? hostname !== '' : protocol === 'file:' && hostname === '';
}

export const ENGINE_KINDS = ['local', 'openai-images', 'gemini', 'comfyui'] as const;
export type EngineKind = (typeof ENGINE_KINDS)[number];

const DEVICES = ['cpu', 'cuda'] as const;

function engineList() {
  const names = z.array(z.enum(ENGINE_KINDS, `must be of: ${ENGINE_KINDS.join(', ')}`));
  return z
    .string()
    .transform((value) => value.split(',').map((name) => name.trim()))
    .pipe(names)
    .default([]);
}

function webAddress() {
  return z.url({ protocol: /^https?$/, error: 'must be a URL like https://host/v1' });
}

const GENERAL = 'General';
const MODEL = 'Model and engine';
const SAFETY = 'Safety';
const STORAGE = 'Queue and storage';
const PLATFORMS = 'Platforms';

/** Every setting. What reads the environment anywhere else would be a setting that nobody can find. */
export const environmentSchema = z.object({
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
  EASEL_ALLOWED_HOSTS: note(
    z
      .string()
      .transform((value) => value.split(',').map((name) => name.trim().toLowerCase()))
      .refine((names) => names.every((name) => HOST_NAME.test(name)), 'must be host names without port, by commas')
      .default([]),
    GENERAL,
    'More host names under which people reach the web chat, separated by commas; for example the name of a reverse proxy.',
  ),
  EASEL_STATUS_PORT: note(
    z.coerce.number('must be a number').int().min(1).max(65535).optional(),
    GENERAL,
    'Port on 127.0.0.1 where any process answers `/healthz` and `/readyz`; for workers and bots, which have no page.',
  ),
  EASEL_LOG_LEVEL: note(
    z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    GENERAL,
    'Least severe log line that is written (JSON, standard error).',
  ),
  EASEL_ENV_FILE: note(
    z.string().default('.env'),
    GENERAL,
    'File with more of these variables, read at the start of every command. What the environment sets already wins.',
  ),
  EASEL_DEBUG: note(z.string().optional(), GENERAL, 'Anything: commands that fail also print stack traces.'),

  EASEL_MODEL: note(z.string().default('models/easel-stickers'), MODEL, 'Model folder in Hugging Face layout.'),
  EASEL_DEVICE: note(
    z.enum(DEVICES, `must be ${DEVICES.join(' or ')}`).default('cpu'),
    MODEL,
    'Where the networks of this machine run: `cpu`, or `cuda` for an NVIDIA GPU (docs/engines/local.md).',
  ),
  EASEL_ENGINE: note(
    z.enum(ENGINE_KINDS).default('local'),
    MODEL,
    'What makes the pictures where nobody chooses anything else.',
  ),
  EASEL_ENGINES: note(
    engineList(),
    MODEL,
    'Engines beside EASEL_ENGINE that people may choose, by commas: local, openai-images, gemini, comfyui.',
  ),
  EASEL_FALLBACK: note(
    engineList(),
    MODEL,
    'Engines that are tried, in this order, when another one fails; by commas. The result says so.',
  ),
  EASEL_ENGINES_FILE: note(
    z.string().optional(),
    MODEL,
    'JSON file with more engines, defaults of places, prices and budgets: docs/engines/README.md.',
  ),
  EASEL_ALLOW_PRIVATE: note(
    z
      .enum(['true', 'false'])
      .default('false')
      .transform((value) => value === 'true'),
    MODEL,
    '`true` lets OPENAI_BASE_URL, GEMINI_BASE_URL, COMFYUI_URL and EASEL_VLM_BASE_URL lead to this machine or its network.',
  ),
  EASEL_VLM: note(
    z
      .string()
      .regex(/^(?:local|rules|[a-z0-9_-]+:.+)$/, 'must be `local`, `rules`, or provider:model')
      .default('rules'),
    MODEL,
    "What reads the requests: `rules`, `local` (the model folder's `vlm/`), or a chat model as provider:model, such as `openai:…` (docs/interpreters.md).",
  ),
  EASEL_VLM_API_KEY: secret(
    MODEL,
    'Key of the chat model in EASEL_VLM. Default: OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY, for their own servers only.',
  ),
  EASEL_VLM_BASE_URL: note(
    webAddress().optional(),
    MODEL,
    "Address of the chat model's server, for example an OpenAI-compatible one: http://127.0.0.1:8000/v1. Default: the provider's.",
  ),
  EASEL_VLM_TIMEOUT: note(
    z.coerce.number('must be a number').min(1).max(600).default(60),
    MODEL,
    'Seconds after which a request is read by `rules` instead.',
  ),
  ANTHROPIC_API_KEY: secret(MODEL, 'Key for `EASEL_VLM=anthropic:…`.'),
  OPENAI_API_KEY: secret(MODEL, 'Key for `EASEL_ENGINE=openai-images`.'),
  OPENAI_BASE_URL: note(
    webAddress().optional(),
    MODEL,
    "Address of an OpenAI-compatible images API with its version, such as http://127.0.0.1:8000/v1. Default: OpenAI's.",
  ),
  OPENAI_IMAGE_MODEL: note(z.string().default('gpt-image-2'), MODEL, 'Name of the model at OPENAI_BASE_URL.'),
  GEMINI_API_KEY: secret(MODEL, 'Key for `EASEL_ENGINE=gemini`.'),
  GEMINI_BASE_URL: note(webAddress().optional(), MODEL, "Address of the Gemini API. Default: Google's."),
  GEMINI_IMAGE_MODEL: note(z.string().default('gemini-3.1-flash-image'), MODEL, 'Name of the Gemini model.'),
  COMFYUI_URL: note(webAddress().optional(), MODEL, 'Address of the server for `EASEL_ENGINE=comfyui`.'),
  COMFYUI_WORKFLOW: note(
    z
      .string()
      .transform((value) => value.split(',').map((file) => file.trim()))
      .optional(),
    MODEL,
    'Workflow of ComfyUI, exported as API JSON with named nodes (docs/engines/comfyui.md); several, by commas, for several numbers of images.',
  ),

  EASEL_SAFETY: note(
    z.enum(['on', 'strict', 'off'], 'must be `on`, `strict` or `off`').default('on'),
    SAFETY,
    'Pictures are looked at before they are used and before they are shown: `on` refuses explicit ones, `strict` also suggestive ones, `off` none. What texts may ask for is judged always (docs/safety.md).',
  ),
  EASEL_SAFETY_THRESHOLD: note(
    z.coerce.number('must be a number').min(0.05).max(1).default(0.9),
    SAFETY,
    'How sure the picture classifier must be before it refuses a picture, 0.05 to 1. Lower refuses more, also what is harmless.',
  ),

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
    z.string().refine(isBlobUrl, 'must be a URL like file:///folder or s3://bucket/prefix').optional(),
    STORAGE,
    'Where images are stored: `file:///folder` or `s3://bucket/prefix`. Default: EASEL_HOME.',
  ),
  AWS_ACCESS_KEY_ID: secret(STORAGE, 'Access key for a BLOB_URL that starts with `s3:`.'),
  AWS_SECRET_ACCESS_KEY: secret(STORAGE, 'Secret key for a BLOB_URL that starts with `s3:`.'),
  AWS_SESSION_TOKEN: secret(STORAGE, 'Beside the two keys, where they are temporary.'),
  AWS_REGION: note(z.string().default('us-east-1'), STORAGE, 'Region of the bucket.'),
  AWS_ENDPOINT_URL_S3: note(
    z.url({ protocol: /^https?$/, error: 'must be a URL like http://host:9000' }).optional(),
    STORAGE,
    "Address of an S3 server other than Amazon's; its buckets are addressed by path.",
  ),

  DISCORD_TOKEN: secret(PLATFORMS, 'Bot token; with it the Discord bot starts.'),
  SLACK_BOT_TOKEN: secret(PLATFORMS, 'Bot token `xoxb-…`; with it the Slack bot starts.'),
  SLACK_APP_TOKEN: secret(PLATFORMS, 'App token `xapp-…` for Socket Mode.'),
  SLACK_SIGNING_SECRET: secret(PLATFORMS, 'Signing secret for events over HTTP.'),
});

export type Environment = z.infer<typeof environmentSchema>;
