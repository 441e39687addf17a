import type { ConversationManager } from '../../core/conversation-manager.ts';
import type { Inbox } from '../../core/inbox.ts';
import type {
  Blobs,
  ChatPlatform,
  Clock,
  Documents,
  Ephemeral,
  ImageIntake,
  Jobs,
  Logger,
  Stop,
} from '../../core/ports.ts';
import type { Texts } from '../../core/texts/catalogue.ts';
import type { Mount } from './events-server.ts';

/** An encoded picture. */
export interface EncodedImage {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/**
 * A copy of a picture that fits into `limitBytes`: another encoding first, fewer pixels only where that is not enough.
 * @returns undefined when no copy worth looking at fits.
 */
export type ShrinkImage = (bytes: Uint8Array, limitBytes: number) => Promise<EncodedImage | undefined>;

/** What every chat bot stands on. */
export interface ChatBotDeps {
  readonly manager: ConversationManager;
  readonly documents: Documents;
  readonly inbox: Inbox;
  readonly jobs: Jobs;
  readonly ephemeral: Ephemeral;
  readonly blobs: Blobs;
  readonly intake: ImageIntake;
  readonly shrinkImage: ShrinkImage;
  readonly texts: Texts;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A bot of one chat platform. */
export interface ChatBot {
  /** To be served on `deliver-<name>`; works from the beginning, connected or not. */
  readonly platform: ChatPlatform;
  /** Connect and take messages; a platform that cannot be reached is tried again until `stop`. */
  start(): void;
  readonly health: () => 'connecting' | 'connected' | 'failed';
  /** Rejects with an AppError that says what to mend, when going on is useless. */
  readonly failed: Promise<never>;
  /** Take no more messages, finish those being taken in, hang up. */
  readonly stop: Stop;
  /** Present where the platform sends its events to an address of Easel. */
  readonly http?: Mount;
}
