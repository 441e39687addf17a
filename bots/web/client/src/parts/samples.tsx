import type { SampleView } from '../../../protocol.ts';
import { useTexts } from '../texts/texts.ts';

interface SamplesProps {
  readonly samples: readonly SampleView[];
  readonly onPick: (name: string) => void;
}

/** Pictures to start with; pressing one adds it to the message. */
export function Samples({ samples, onPick }: SamplesProps) {
  const texts = useTexts();
  if (samples.length === 0) return <p class="quiet">{texts.say('samples.none')}</p>;
  return (
    <ul class="samples" aria-label={texts.say('samples.title')}>
      {samples.map(({ name, url, altText }) => (
        <li key={name}>
          <button
            type="button"
            class="sample"
            title={altText}
            aria-label={texts.say('sample.add', { name: altText })}
            onClick={() => onPick(name)}
          >
            <img src={url} alt="" width="72" height="72" loading="lazy" />
          </button>
        </li>
      ))}
    </ul>
  );
}
