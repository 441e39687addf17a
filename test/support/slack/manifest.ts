import { readFileSync } from 'node:fs';
import { z } from 'zod';

const manifestSchema = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({
    event_subscriptions: z.object({ bot_events: z.array(z.string()) }),
    interactivity: z.object({ is_enabled: z.literal(true) }),
    socket_mode_enabled: z.literal(true),
  }),
});

/** What an app may do and hears, as its manifest says. */
export interface Manifest {
  readonly scopes: readonly string[];
  readonly events: readonly string[];
}

/** The manifest that people install Easel with. */
export function readManifest(): Manifest {
  const file = new URL('../../../bots/slack/manifest.json', import.meta.url);
  const { oauth_config: oauth, settings } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return { scopes: oauth.scopes.bot, events: settings.event_subscriptions.bot_events };
}
