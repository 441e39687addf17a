import type { TurnView } from '../../../protocol.ts';
import { type Texts, useTexts } from '../texts/texts.ts';

/** A frame where the picture will be, and how far it is. */
export function Progress({
  turn,
  preview,
  isWaiting,
  onCancel,
}: {
  readonly turn: TurnView;
  readonly preview: string | undefined;
  /** Whether an earlier request has to end first. */
  readonly isWaiting: boolean;
  readonly onCancel: () => void;
}) {
  const texts = useTexts();
  const { step, steps } = turn;
  const isDelivering = turn.status === 'delivering';
  return (
    <div class="progress">
      <div class="progress-line">
        <span class="progress-text">{statusOf(texts, turn, isWaiting)}</span>
        {!isDelivering && (
          <button type="button" class="button" onClick={onCancel}>
            {texts.say('action.cancel')}
          </button>
        )}
      </div>
      {step === undefined || steps === undefined ? (
        <progress class="bar" aria-label={texts.say('card.progress', { reference: turn.reference })} />
      ) : (
        <progress
          class="bar"
          value={step}
          max={steps}
          aria-label={texts.say('card.progress', { reference: turn.reference })}
        />
      )}
      {turn.cost !== undefined && <p class="progress-text">{turn.cost}</p>}
      {turn.status === 'rendering' && preview !== undefined && (
        <img class="preview" src={preview} alt={texts.say('card.preview')} />
      )}
    </div>
  );
}

/** Where a turn is, in words. */
export function statusOf(texts: Texts, turn: TurnView, isWaiting: boolean): string {
  switch (turn.status) {
    case 'received':
      return texts.say(isWaiting ? 'card.waiting' : 'card.reading');
    case 'queued':
      return turn.queuePosition === undefined ? texts.say('card.queued') : texts.sayPlace(turn.queuePosition);
    case 'rendering':
      return turn.step === undefined || turn.steps === undefined
        ? texts.say('card.starting')
        : texts.say('card.working', { step: turn.step, steps: turn.steps });
    case 'delivering':
      return texts.say('card.finishing');
    case 'cancelled':
      return texts.say('card.cancelled');
    case 'interpreting':
      return texts.say('card.reading');
    case 'asked':
    case 'done':
    case 'failed':
      // The answer itself says it.
      return '';
  }
}
