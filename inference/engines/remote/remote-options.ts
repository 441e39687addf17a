import { z } from 'zod';
import type { SecretBox } from './client.ts';
import { promptTemplateSchema } from './prompt-template.ts';

const secretSchema = z.custom<SecretBox>(
  (value) => typeof value === 'object' && value !== null && 'reveal' in value,
  'must be a secret',
);

/** What every remote engine is told. */
export const remoteOptions = {
  /** Slug; its queue is `render-<id>`. */
  id: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?$/, 'must be small letters, digits and hyphens'),
  /** Of the pictures or the weights, shown to people. */
  licence: z.string().default('the terms of whoever runs the server'),
  attribution: z.array(z.string()).readonly().default([]),
  /** Images per request, base included; more are refused, never left out. */
  maxImages: z.int().min(1).max(64),
  /** Whether the address may be this machine or its network. */
  allowPrivate: z.boolean().default(false),
  /** Requests at the same time. */
  atOnce: z.int().min(1).max(64).default(4),
  /** For one picture. */
  timeoutMs: z.int().min(100).max(3_600_000).default(180_000),
  template: promptTemplateSchema,
  apiKey: secretSchema.optional(),
};

export const webAddress = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((url) => new URL(url).username === '' && new URL(url).password === '', 'must hold no user or password');
