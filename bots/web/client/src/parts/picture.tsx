import { useEffect, useRef, useState } from 'preact/hooks';
import type { ImageView } from '../../../protocol.ts';
import { useTexts } from '../texts/texts.ts';
import { CloseIcon, WarningIcon } from './icons.tsx';

/** The number by which people and Easel speak of an image. */
export function Badge({ number }: { readonly number: number }) {
  const texts = useTexts();
  return (
    <span class="badge" aria-hidden="true">
      {texts.say('image.badge', { number })}
    </span>
  );
}

/** An image of the conversation with its number; pressing it shows it large. */
export function Picture({ image, size }: { readonly image: ImageView; readonly size: 'small' | 'large' }) {
  const texts = useTexts();
  const [isLarge, setLarge] = useState(false);
  const { number, url, widthPx = 1, heightPx = 1 } = image;
  if (url === null) return <FailedPicture image={image} />;
  const altText = image.altText === '' ? texts.say('image.alt.input', { number }) : image.altText;
  return (
    <>
      <button
        type="button"
        class={`picture picture-${size}`}
        aria-label={texts.say('image.open', { number })}
        onClick={() => setLarge(true)}
        data-image={number}
      >
        <img src={url} alt={altText} width={widthPx} height={heightPx} decoding="async" />
        <Badge number={number} />
      </button>
      {isLarge && <LargePicture url={url} altText={altText} number={number} onClose={() => setLarge(false)} />}
    </>
  );
}

function FailedPicture({ image }: { readonly image: ImageView }) {
  const texts = useTexts();
  return (
    <div class="picture picture-failed" data-image={image.number}>
      <WarningIcon />
      <Badge number={image.number} />
      <span class="visually-hidden">{texts.say('image.failed', { number: image.number })}</span>
    </div>
  );
}

interface LargePictureProps {
  readonly url: string;
  readonly altText: string;
  readonly number: number;
  readonly onClose: () => void;
}

function LargePicture({ url, altText, number, onClose }: LargePictureProps) {
  const texts = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="large"
      aria-label={texts.say('image.name', { number })}
      onClose={onClose}
      closedby="any"
    >
      <img src={url} alt={altText} />
      <button type="button" class="icon-button large-close" onClick={() => dialog.current?.close()}>
        <CloseIcon />
        <span class="visually-hidden">{texts.say('image.close')}</span>
      </button>
    </dialog>
  );
}
