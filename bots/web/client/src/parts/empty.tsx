import type { SamplesView } from '../../../protocol.ts';
import { useTexts } from '../texts/texts.ts';
import { Badge } from './picture.tsx';
import { Samples } from './samples.tsx';

interface EmptyProps {
  readonly view: SamplesView;
  readonly onPick: (name: string) => void;
  readonly onTry: (example: SamplesView['examples'][number]) => void;
}

const SHOWN_EXAMPLES = 2;

/** Before the first message: what this is, and something to try with one click. */
export function Empty({ view, onPick, onTry }: EmptyProps) {
  const texts = useTexts();
  return (
    <section class="empty">
      <h1>{texts.say('empty.title')}</h1>
      <p class="empty-explain">{texts.say('empty.explain')}</p>
      {view.examples.length > 0 && (
        <>
          <h2 class="quiet">{texts.say('empty.examples')}</h2>
          <div class="examples">
            {view.examples.slice(0, SHOWN_EXAMPLES).map((example) => (
              <button
                key={example.text}
                type="button"
                class="example"
                aria-label={texts.say('example.try', { text: example.text })}
                onClick={() => onTry(example)}
              >
                <span class="example-pictures">
                  {example.samples.map((name, index) => (
                    <span class="picture picture-example" key={name}>
                      <img src={view.samples.find((each) => each.name === name)?.url ?? ''} alt="" />
                      <Badge number={index + 1} />
                    </span>
                  ))}
                </span>
                <span class="example-text">{example.text}</span>
              </button>
            ))}
          </div>
        </>
      )}
      {view.samples.length > 0 && (
        <>
          <h2 class="quiet">{texts.say('empty.samples')}</h2>
          <Samples samples={view.samples} onPick={onPick} />
        </>
      )}
    </section>
  );
}
