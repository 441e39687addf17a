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
    const { nonce, handle } = task.delivery;
    const attempt: PostAttempt = {
      nonce,
      ...(handle === undefined ? {} : { handle }),
      keepHandle: (kept) => manager.keepDeliveryHandle(job, kept),
      signal,
    };
    await manager.recordDelivery(job, await postSomewhere(task, attempt));
  }

  /** In the conversation's place, or with the person alone where nothing may be posted there. */
  async function postSomewhere(task: DeliveryTask, attempt: PostAttempt): Promise<string> {
    const target = targetOf(task);
    try {
      return await postOnce(task, target, attempt);
    } catch (thrown) {
      const place = await privatePlaceFor(task, asAppError(thrown));
      if (place === undefined) throw thrown;
      return await postOnce(task, { ...target, place }, attempt, `${texts.say('post.elsewhere', {})}\n`);
    }
  }

  /** @returns undefined where it would not help, or the person takes nothing there either. */
  async function privatePlaceFor(task: DeliveryTask, { code, details }: AppError): Promise<string | undefined> {
    const { delivery, document } = task;
    const { authorId } = task.turn;
    const isRefused = code === 'PLATFORM_FORBIDDEN' || code === 'PLATFORM_NOT_FOUND';
    // A card alone says nothing that is worth a message of its own.
    if (!isRefused || delivery.kind === 'card') return undefined;
    if (platform.privatePlace === undefined || authorId === undefined) return undefined;
    logger.warn(
      { event: 'place-forbidden', code, ...details },
      'a post is not allowed there; the person is told alone',
    );
    try {
      const place = await platform.privatePlace(targetOf(task), authorId);
      return place === document.place ? undefined : place;
    } catch (thrown) {
      const error = asAppError(thrown);
      if (error.code !== 'PLATFORM_FORBIDDEN' && error.code !== 'PLATFORM_NOT_FOUND') throw error;
      logger.warn({ event: 'person-unreachable', code: error.code }, 'the person takes no direct messages');
      return undefined;
    }
  }

  async function postOnce(task: DeliveryTask, target: PostTarget, attempt: PostAttempt, before = ''): Promise<string> {
    const found = task.mayBePosted ? await platform.findPost(target, attempt) : undefined;
    return found ?? (await post(task, target, attempt, before));
  }

  /** @param before said first. */
  async function post(
    { document, turn, delivery }: DeliveryTask,
    target: PostTarget,
    attempt: PostAttempt,
    before: string,
  ): Promise<string> {
    switch (delivery.kind) {
      case 'card':
        return platform.postCard(target, cardOf(document, turn, { texts, engines: manager.engines }), attempt);
      case 'notice': {
        const notice = noticeOf(document, turn, texts);
        return platform.postNotice(target, { ...notice, text: before + notice.text }, attempt);
      }
      case 'result': {
        const image = document.images.find((each) => each.number === delivery.resultNumber);
        if (image?.status !== 'ready') throw new AppError('BUG', {}, { details: { expected: 'a ready result' } });
        const result = resultOf(turn, image, texts);
        return platform.postResult(target, { ...result, text: before + result.text }, attempt);
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
        { event: 'delivery-failed', jobId: run.id, code: error.code, ...error.details },
        'a post was given up',
      );
      await manager.abandonDelivery(job, toWire(error));
    }
  };
}

function targetOf({ document, turn }: DeliveryTask): PostTarget {
  return { conversationId: document.id, place: document.place, replyTo: turn.messageId };
}
