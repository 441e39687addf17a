import type { RequestListener } from 'node:http';
import type { ConversationManager } from '../../core/conversation-manager.ts';
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

/** What a bot stands on; it holds no model and no queue of its own. */
export interface BotDeps {
  readonly manager: ConversationManager;
  readonly jobs: Jobs;
  readonly blobs: Blobs;
  readonly documents: Documents;
  readonly ephemeral: Ephemeral;
  readonly intake: ImageIntake;
  readonly texts: Texts;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A bot of one chat platform. */
export interface Bot {
  /** Posts for the queue `deliver-<name>`; it can post before `start`. */
  readonly platform: ChatPlatform;
  /** Connect and take messages. @throws AppError CONFIG_INVALID (a token that is refused, with what to do), PLATFORM_UNAVAILABLE */
  start(): Promise<void>;
  /** Take no more messages and finish those that were taken. */
  readonly stop: Stop;
  /** Present where the platform calls Easel over HTTP. */
  readonly http?: { readonly path: string; readonly listener: RequestListener };
}
