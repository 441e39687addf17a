import type { ImageView } from '../../../protocol.ts';
import { useTexts } from '../texts/texts.ts';
import { Picture } from './picture.tsx';

/** A person's message with its numbered pictures. */
export function PersonMessage({ text, children }: { readonly text: string; readonly children: readonly ImageView[] }) {
  const texts = useTexts();
  const failed = children.filter((image) => image.status === 'failed');
  return (
    <div class="person">
      <span class="visually-hidden">{texts.say('message.you')}</span>
      {children.length > 0 && (
        <div class="person-pictures">
          {children.map((image) => (
            <Picture key={image.number} image={image} size="small" />
          ))}
        </div>
      )}
      {failed.map((image) => (
        <p class="problem" key={image.number}>
          {image.reason?.message ?? texts.say('image.failed', { number: image.number })}
        </p>
      ))}
      {text !== '' && <p class="bubble">{text}</p>}
    </div>
  );
}
