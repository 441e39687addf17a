import { readFileSync } from 'node:fs';
import { z } from 'zod';

const manifestSchema = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
});

/** What the app may do, and what it is told, in a workspace that installed it from its manifest. */
export interface Manifest {
  readonly scopes: readonly string[];
  readonly events: readonly string[];
}

/** `manifest.json` beside this file, which people install the app from. */
export function readManifest(): Manifest {
  const text = readFileSync(new URL('./manifest.json', import.meta.url), 'utf8');
  const { oauth_config: oauth, settings } = manifestSchema.parse(JSON.parse(text));
  return { scopes: oauth.scopes.bot, events: settings.event_subscriptions.bot_events };
}
