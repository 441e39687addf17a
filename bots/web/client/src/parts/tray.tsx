import { useEffect, useRef, useState } from 'preact/hooks';
import type { ImageView } from '../../../protocol.ts';
import { type Attachment, LIMITS, numberAttachments, type Rejection } from '../attachments.ts';
import { type Texts, useTexts } from '../texts/texts.ts';
import { CloseIcon } from './icons.tsx';
import { Badge } from './picture.tsx';

interface TrayProps {
  readonly attachments: readonly Attachment[];
  readonly images: readonly ImageView[];
  readonly rejected: readonly Rejection[];
  readonly onRemove: (attachment: Attachment) => void;
}

/** The pictures of the message being written, with the numbers they will have. */
export function Tray({ attachments, images, rejected, onRemove }: TrayProps) {
  const texts = useTexts();
  const numbered = numberAttachments(attachments, images);
  const renumbered = useRenumbering(numbered);
  return (
    <>
      {numbered.length > 0 && (
        <ul class="tray" aria-label={texts.say('composer.attached')}>
          {numbered.map(({ attachment, number }) => (
            <li key={attachment.id} class="picture picture-tray" data-image={number}>
              <img src={attachment.url} alt={attachment.name} />
              <Badge number={number} />
              <button type="button" class="remove" onClick={() => onRemove(attachment)}>
                <CloseIcon />
                <span class="visually-hidden">{texts.say('composer.remove', { number })}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {rejected.map((rejection) => (
        <p class="problem" role="alert" key={sentenceOf(texts, rejection)}>
          {sentenceOf(texts, rejection)}
        </p>
      ))}
      {renumbered !== undefined && (
        <p class="quiet" role="status">
          {texts.say('composer.renumbered', { number: renumbered })}
        </p>
      )}
    </>
  );
}

/** @returns the first new number when a result that arrived meanwhile moved the numbers of pictures not sent yet. */
function useRenumbering(numbered: ReturnType<typeof numberAttachments>): number | undefined {
  const first = numbered.find(({ attachment }) => attachment.kind === 'file');
  const shown = useRef<{ readonly id: string; readonly number: number } | undefined>(undefined);
  const [moved, setMoved] = useState<number>();
  const id = first?.attachment.id;
  const number = first?.number;
  useEffect(() => {
    if (id === undefined || number === undefined) setMoved(undefined);
    else if (shown.current?.id === id && shown.current.number !== number) setMoved(number);
    shown.current = id === undefined || number === undefined ? undefined : { id, number };
  }, [id, number]);
  return moved;
}

function sentenceOf(texts: Texts, rejection: Rejection): string {
  switch (rejection.reason) {
    case 'too-many':
      return texts.say('composer.too-many', { limit: LIMITS.images });
    case 'too-large':
      return texts.say('composer.too-large', { name: rejection.name });
    case 'not-image':
      return texts.say('composer.not-image', { name: rejection.name });
  }
}
