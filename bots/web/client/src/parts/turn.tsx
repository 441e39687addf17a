import { useState } from 'preact/hooks';
import type { ImageView, TurnView } from '../../../protocol.ts';
import { ApiError, type CorrectionChoice } from '../api.ts';
import { isOpen } from '../conversation-state.ts';
import { useTexts } from '../texts/texts.ts';
import type { ConversationHandle } from '../use-conversation.ts';
import { EaselIcon, RetryIcon } from './icons.tsx';
import { PersonMessage } from './person-message.tsx';
import { Progress, statusOf } from './progress.tsx';
import { Reading } from './reading.tsx';
import { Result } from './result.tsx';

interface TurnProps {
  readonly turn: TurnView;
  readonly conversation: ConversationHandle;
  readonly isNewest: boolean;
  /** Whether an earlier request has to end first. */
  readonly isWaiting: boolean;
  readonly onReuse: (image: ImageView) => void;
  readonly announce: (text: string) => void;
}

/** What a person said, and everything that came of it. */
export function Turn({ turn, conversation, isNewest, isWaiting, onReuse, announce }: TurnProps) {
  const texts = useTexts();
  const { images, previews } = conversation.state;
  const [problem, setProblem] = useState<string>();
  const imagesOf = (numbers: readonly number[]) => images.filter(({ number }) => numbers.includes(number));
  const reading = turn.interpretation;
  const isReading = reading?.mode === 'edit' || reading?.mode === 'generate';

  async function attempt(action: () => Promise<void>): Promise<void> {
    setProblem(undefined);
    try {
      await action();
    } catch (error) {
      const reason =
        error instanceof ApiError && error.code !== 'OFFLINE' ? error.message : texts.say('message.offline');
      setProblem(texts.say('action.failed', { reason }));
    }
  }
  const press = (button: 'cancel' | 'retry' | 'undo') => void attempt(() => conversation.press(turn, button));
  const correct = (choice: CorrectionChoice) => void attempt(() => conversation.correct(turn, choice));
  const undo = (image: ImageView) =>
    void attempt(async () => {
      await conversation.press(turn, 'undo');
      const parent = image.lineage?.parent ?? null;
      announce(
        parent === null ? texts.say('action.undone.nothing-before') : texts.say('action.undone', { number: parent }),
      );
    });

  return (
    <li class="turn" data-turn={turn.id} data-status={turn.status}>
      <PersonMessage text={turn.text}>{imagesOf(turn.attached)}</PersonMessage>
      <article class="answer" aria-label={`${texts.say('message.easel')} ${turn.reference}`}>
        <span class="avatar" aria-hidden="true">
          <EaselIcon />
        </span>
        <div class="answer-body">
          {isReading && (
            <Reading turn={turn} interpretation={reading} images={images} isNewest={isNewest} onCorrect={correct} />
          )}
          {imagesOf(turn.resultNumbers).map((image) => (
            <Result
              key={image.number}
              turn={turn}
              image={image}
              canUndo={image.isCurrent && image.number === turn.resultNumbers.at(-1)}
              onRetry={() => press('retry')}
              onUndo={() => undo(image)}
              onReuse={onReuse}
            />
          ))}
          {isOpen(turn) && (
            <Progress turn={turn} preview={previews[turn.id]} isWaiting={isWaiting} onCancel={() => press('cancel')} />
          )}
          {turn.reply !== undefined && <p class="reply">{turn.reply}</p>}
          {turn.status === 'asked' && <BaseQuestion images={images} onCorrect={correct} />}
          {turn.error !== undefined && <p class="problem">{turn.error.message}</p>}
          {turn.status === 'cancelled' && <p class="quiet">{statusOf(texts, turn, false)}</p>}
          {turn.status !== 'done' && turn.canRetry && turn.resultNumbers.length === 0 && (
            <div class="actions">
              <button type="button" class="button" onClick={() => press('retry')}>
                <RetryIcon />
                {texts.say('action.retry')}
              </button>
            </div>
          )}
          {problem !== undefined && (
            <p class="problem" role="alert">
              {problem}
            </p>
          )}
        </div>
      </article>
    </li>
  );
}

/** The images among which a question asks to choose. */
function BaseQuestion({
  images,
  onCorrect,
}: {
  readonly images: readonly ImageView[];
  readonly onCorrect: (choice: CorrectionChoice) => void;
}) {
  const texts = useTexts();
  const choices = images.filter((image) => image.status === 'ready');
  return (
    <div class="actions">
      {choices.map(({ number }) => (
        <button type="button" class="button" key={number} onClick={() => onCorrect({ mode: 'edit', base: number })}>
          {texts.say('image.name', { number })}
        </button>
      ))}
    </div>
  );
}
