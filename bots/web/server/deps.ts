import type { HttpBindings } from '@hono/node-server';
import type { ConversationManager } from '../../../core/conversation-manager.ts';
import type { Blobs, Clock, Ephemeral, ImageIntake, Jobs, Logger } from '../../../core/ports.ts';
import type { Texts } from '../../../core/texts/catalogue.ts';
import type { Metrics } from '../../shared/metrics.ts';
import type { Page } from './page.ts';
import type { Samples } from './samples.ts';

export interface WebDeps {
  readonly manager: ConversationManager;
  readonly jobs: Jobs;
  readonly blobs: Blobs;
  readonly ephemeral: Ephemeral;
  readonly intake: ImageIntake;
  readonly texts: Texts;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly samples: Samples;
  readonly page: Page;
  /** Resolves when a message sent now would be rendered. @throws AppError saying what is missing. */
  readonly checkReady: (options: { readonly signal: AbortSignal }) => Promise<void>;
}

/** What Hono knows of a request here: Node's own request and response. */
export interface WebEnv {
  readonly Bindings: HttpBindings;
}
