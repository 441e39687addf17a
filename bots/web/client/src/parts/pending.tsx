import { useTexts } from '../texts/texts.ts';
import type { PendingMessage } from '../use-conversation.ts';

interface PendingProps {
  readonly message: PendingMessage;
  readonly onAgain: () => void;
  readonly onEdit: () => void;
  readonly onDiscard: () => void;
}

/** A message on its way, or one that did not get through. */
export function Pending({ message, onAgain, onEdit, onDiscard }: PendingProps) {
  const texts = useTexts();
  const { failure } = message;
  const isRefused = failure !== undefined && failure.status >= 400 && failure.status < 500;
  return (
    <li class="turn" data-status={failure === undefined ? 'sending' : 'not-sent'}>
      <div class="person person-pending">
        {message.attachments.length > 0 && (
          <div class="person-pictures">
            {message.attachments.map(({ id, url, name }) => (
              <span class="picture picture-small" key={id}>
                <img src={url} alt={name} />
              </span>
            ))}
          </div>
        )}
        <p class="bubble">{message.text}</p>
        {failure === undefined ? (
          <p class="quiet">{texts.say('message.sending')}</p>
        ) : (
          <div role="alert" class="not-sent">
            <p class="problem">
              {failure.code === 'OFFLINE'
                ? texts.say('message.not-sent', { reason: texts.say('message.offline') })
                : failure.message}
            </p>
            <div class="actions">
              {!isRefused && (
                <button type="button" class="button" onClick={onAgain}>
                  {texts.say('message.again')}
                </button>
              )}
              <button type="button" class="button" onClick={onEdit}>
                {texts.say('message.edit')}
              </button>
              <button type="button" class="button" onClick={onDiscard}>
                {texts.say('message.discard')}
              </button>
            </div>
          </div>
        )}
      </div>
    </li>
  );
}
