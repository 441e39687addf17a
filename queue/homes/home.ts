import type { Inbox } from '../../core/inbox.ts';
import type { Clock, Documents, Ephemeral, Jobs, Logger, Stop } from '../../core/ports.ts';

export interface HomeDeps {
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Documents, inbox, events and jobs, on one of the three homes. */
export interface Home {
  readonly documents: Documents;
  readonly inbox: Inbox;
  readonly ephemeral: Ephemeral;
  readonly jobs: Jobs;
  /** Stops the workers first, gives the home back last. Calling it twice is harmless. */
  close: Stop;
}
