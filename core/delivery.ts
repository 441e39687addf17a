import { cardOf, noticeOf, resultOf } from './cards.ts';
import type { ConversationManager, DeliveryTask } from './conversation-manager.ts';
import { AppError, asAppError, policyOf, toWire } from './errors.ts';
import type { ChatPlatform, JobHandler, Logger, PostAttempt, PostTarget } from './ports.ts';
import { type DeliverJob, deliverJobSchema } from './render.ts';
import { isShutdown, shouldRetry } from './retry.ts';
import type { Texts } from './texts/catalogue.ts';
import { isEnded } from './turns.ts';

export interface DeliverDeps {
  readonly manager: ConversationManager;
  readonly platform: ChatPlatform;
  readonly texts: Texts;
  readonly logger: Logger;
}

/**
 * Serves `deliver-<platform>`: note "attempting", post with the stored nonce, record the message's id. After an attempt
 * whose end is unknown the platform is asked first, so that nothing is posted twice.
 */
export function createDeliverHandler({ manager, platform, texts, logger }: DeliverDeps): JobHandler {
  async function deliver(job: DeliverJob, task: DeliveryTask, signal: AbortSignal): Promise<void> {
    const target = targetOf(task);
    const { nonce, handle } = task.delivery;
    const attempt: PostAttempt = {
      nonce,
      ...(handle === undefined ? {} : { handle }),
      keepHandle: (kept) => manager.keepDeliveryHandle(job, kept),
      signal,
    };
    const found = task.mayBePosted ? await platform.findPost(target, attempt) : undefined;
    await manager.recordDelivery(job, found ?? (await post(task, target, attempt)));
  }

  async function post(
    { document, turn, delivery }: DeliveryTask,
    target: PostTarget,
    attempt: PostAttempt,
  ): Promise<string> {
    switch (delivery.kind) {
      case 'card':
        return platform.postCard(target, cardOf(document, turn, texts), attempt);
      case 'notice':
        return platform.postNotice(target, noticeOf(document, turn, texts), attempt);
      case 'result': {
        const image = document.images.find((each) => each.number === delivery.resultNumber);
        if (image?.status !== 'ready') throw new AppError('BUG', {}, { details: { expected: 'a ready result' } });
        return platform.postResult(target, resultOf(turn, image, texts), attempt);
      }
    }
  }

  return async (run) => {
    const job = deliverJobSchema.parse(run.input);
    try {
      const task = await manager.startDelivery(job);
      if (task === undefined) return;
      // A card says where a turn is; after its end the result or the notice says it.
      if (task.delivery.kind === 'card' && isEnded(task.turn) && !task.mayBePosted)
        return await manager.abandonDelivery(job);
      await deliver(job, task, run.signal);
    } catch (thrown) {
      const error = asAppError(thrown);
      if (isShutdown(run.signal) || shouldRetry(error, run)) throw error;
      const { log } = policyOf(error.code);
      logger[log === 'fatal' ? 'error' : log](
        { event: 'delivery-failed', jobId: run.id, code: error.code },
        'a post was given up',
      );
      await manager.abandonDelivery(job, toWire(error));
    }
  };
}

function targetOf({ document, turn }: DeliveryTask): PostTarget {
  return { conversationId: document.id, place: document.place, replyTo: turn.messageId };
}
