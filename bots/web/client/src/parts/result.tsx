import { useId, useState } from 'preact/hooks';
import type { ImageView, TurnView } from '../../../protocol.ts';
import { useTexts } from '../texts/texts.ts';
import { Details } from './details.tsx';
import { DetailsIcon, DownloadIcon, RetryIcon, ReuseIcon, UndoIcon } from './icons.tsx';
import { Picture } from './picture.tsx';

interface ResultProps {
  readonly turn: TurnView;
  readonly image: ImageView;
  /** Undo goes back from what "it" means now. */
  readonly canUndo: boolean;
  readonly onRetry: () => void;
  readonly onUndo: () => void;
  readonly onReuse: (image: ImageView) => void;
}

/** A finished picture and what can be done with it. */
export function Result({ turn, image, canUndo, onRetry, onUndo, onReuse }: ResultProps) {
  const texts = useTexts();
  const detailsId = useId();
  const [areDetailsShown, setDetailsShown] = useState(false);
  const { number, url, lineage } = image;
  return (
    <figure class="result">
      <Picture image={image} size="large" />
      <figcaption class="quiet">
        <ResultLine image={image} />
      </figcaption>
      <div class="actions">
        <button type="button" class="button" onClick={onRetry}>
          <RetryIcon />
          {texts.say('action.retry')}
        </button>
        {canUndo && (
          <button type="button" class="button" onClick={onUndo}>
            <UndoIcon />
            {texts.say('action.undo')}
          </button>
        )}
        <button type="button" class="button" onClick={() => onReuse(image)}>
          <ReuseIcon />
          {texts.say('action.reuse')}
        </button>
        {url !== null && (
          <a class="button" href={url} download={`image-${number}.png`}>
            <DownloadIcon />
            {texts.say('action.download')}
          </a>
        )}
        {lineage !== undefined && (
          <button
            type="button"
            class="button"
            aria-expanded={areDetailsShown}
            aria-controls={detailsId}
            onClick={() => setDetailsShown(!areDetailsShown)}
          >
            <DetailsIcon />
            {texts.say('action.details')}
          </button>
        )}
      </div>
      {areDetailsShown && lineage !== undefined && (
        <Details id={detailsId} turn={turn} image={image} lineage={lineage} />
      )}
    </figure>
  );
}

function ResultLine({ image: { number, lineage, remarks = [] } }: { readonly image: ImageView }) {
  const texts = useTexts();
  const numbers =
    lineage === undefined ? [] : [...(lineage.base === null ? [] : [lineage.base]), ...lineage.references];
  const sources = numbers.map((each) => texts.say('card.mention', { number: each })).join(' + ');
  const total = lineage?.timingsMs['total'];
  const line =
    sources === '' ? texts.say('result.line.alone', { number }) : texts.say('result.line', { number, sources });
  return (
    <>
      {line}
      {total !== undefined && ` · ${texts.say('result.seconds', { seconds: texts.formatSeconds(total) })}`}
      {remarks.map((remark) => ` · ${remark}`)}
    </>
  );
}
