import type { HttpBindings } from '@hono/node-server';
import type { ApiKey, ApiKeys } from '../../core/api-keys.ts';
import type { ConversationManager } from '../../core/conversation-manager.ts';
import type {
  Blobs,
  Clock,
  Documents,
  EngineDescription,
  Ephemeral,
  ImageIntake,
  Jobs,
  Logger,
} from '../../core/ports.ts';
import type { Texts } from '../../core/texts/catalogue.ts';
import type { Metrics } from '../shared/metrics.ts';

export interface HttpApiDeps {
  readonly manager: ConversationManager;
  readonly documents: Documents;
  readonly jobs: Jobs;
  readonly ephemeral: Ephemeral;
  readonly blobs: Blobs;
  readonly intake: ImageIntake;
  readonly keys: ApiKeys;
  /** What makes the pictures: the default one, then those that `model` may choose. */
  readonly engines: readonly [EngineDescription, ...(readonly EngineDescription[])];
  /** @throws AppError ENGINE_UNAVAILABLE when nobody would begin a request for this engine that comes now. */
  readonly requireWorkers: (engineId: string) => Promise<void>;
  readonly texts: Texts;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What Hono knows of a request here: Node's own request and response, and whose request it is. */
export interface ApiEnv {
  readonly Bindings: HttpBindings;
  readonly Variables: { readonly key: ApiKey };
}
