import { useState } from 'preact/hooks';
import type { ImageView, InterpretationView, Mode, TurnView } from '../../../protocol.ts';
import type { CorrectionChoice } from '../api.ts';
import { type Texts, useTexts } from '../texts/texts.ts';
import { useEngines } from '../use-engines.ts';
import { EngineSelect } from './engine-select.tsx';

interface ReadingProps {
  readonly turn: TurnView;
  readonly interpretation: InterpretationView;
  /** Every image of the conversation. */
  readonly images: readonly ImageView[];
  /** The newest request shows its switches; an older one keeps them behind a button. */
  readonly isNewest: boolean;
  readonly onCorrect: (choice: CorrectionChoice) => void;
}

/** How many images are offered for one-tap correction beside those in use. */
const MAX_CHOICES = 8;

/** What was understood, and one tap to correct it. */
export function Reading({ turn, interpretation, images, isNewest, onCorrect }: ReadingProps) {
  const texts = useTexts();
  const [isAdjusting, setAdjusting] = useState(false);
  const choices = choicesOf(turn, interpretation, images);
  const inputs = (interpretation.base === null ? 0 : 1) + interpretation.references.length;
  const canAdjust = choices.length > 0 || useEngines().length > 1;
  return (
    <div class="reading">
      <p class="reading-title">
        {titleOf(texts, interpretation)} <span class="quiet reference">{turn.reference}</span>
      </p>
      <blockquote class="quote">{interpretation.instruction}</blockquote>
      {turn.note !== undefined && <p class="quiet">{turn.note}</p>}
      {canAdjust && !isNewest && (
        <button
          type="button"
          class="button adjust"
          aria-expanded={isAdjusting}
          onClick={() => setAdjusting(!isAdjusting)}
        >
          {texts.say('card.adjust')}
        </button>
      )}
      {canAdjust && (isNewest || isAdjusting) && (
        <div class="adjustments">
          {choices.length > 0 && <ModeSwitch mode={interpretation.mode} onChoose={(mode) => onCorrect({ mode })} />}
          {interpretation.mode === 'edit' && choices.length > 1 && (
            <ChipRow label={texts.say('card.base')}>
              {choices.map((image) => (
                <Chip
                  key={image.number}
                  image={image}
                  isChosen={image.number === interpretation.base}
                  label={texts.say('card.base.option', { number: image.number })}
                  onPress={() => image.number !== interpretation.base && onCorrect({ base: image.number })}
                />
              ))}
            </ChipRow>
          )}
          {choices.some(({ number }) => number !== interpretation.base) && (
            <ChipRow label={texts.say('card.references')}>
              {choices
                .filter(({ number }) => number !== interpretation.base)
                .map((image) => (
                  <Chip
                    key={image.number}
                    image={image}
                    isChosen={interpretation.references.includes(image.number)}
                    label={texts.say('card.references.option', { number: image.number })}
                    onPress={() => onCorrect({ references: toggled(interpretation.references, image.number) })}
                  />
                ))}
            </ChipRow>
          )}
          <EngineRow turn={turn} inputs={inputs} onCorrect={onCorrect} />
        </div>
      )}
    </div>
  );
}

function EngineRow({
  turn,
  inputs,
  onCorrect,
}: Pick<ReadingProps, 'turn' | 'onCorrect'> & { readonly inputs: number }) {
  const texts = useTexts();
  const label = texts.say('card.engine');
  if (useEngines().length < 2) return null;
  return (
    <div class="engine-row">
      <span class="quiet" aria-hidden="true">
        {label}
      </span>
      <EngineSelect label={label} chosen={turn.engine} inputs={inputs} onChoose={(engine) => onCorrect({ engine })} />
    </div>
  );
}

function titleOf(texts: Texts, { mode, base, references }: InterpretationView): string {
  const names = new Intl.ListFormat(texts.language).format(
    references.map((number) => texts.say('card.mention', { number })),
  );
  if (mode === 'edit' && base !== null) {
    return names === '' ? texts.say('card.edit', { base }) : texts.say('card.edit.with', { base, references: names });
  }
  return names === '' ? texts.say('card.generate') : texts.say('card.generate.with', { references: names });
}

/** Images in use first of all, then the newest others that were there before this turn's own results. */
function choicesOf(turn: TurnView, reading: InterpretationView, images: readonly ImageView[]): readonly ImageView[] {
  const used = [...(reading.base === null ? [] : [reading.base]), ...reading.references];
  const ready = images.filter((image) => image.status === 'ready');
  const others = ready
    .filter(({ number, turnId, kind }) => !used.includes(number) && !(kind === 'result' && turnId === turn.id))
    .slice(-Math.max(0, MAX_CHOICES - used.length));
  return ready.filter((image) => used.includes(image.number) || others.includes(image));
}

function toggled(numbers: readonly number[], number: number): readonly number[] {
  return numbers.includes(number) ? numbers.filter((each) => each !== number) : [...numbers, number];
}

function ModeSwitch({ mode, onChoose }: { readonly mode: string; readonly onChoose: (mode: Mode) => void }) {
  const texts = useTexts();
  return (
    <fieldset class="switch">
      <legend class="visually-hidden">{texts.say('card.switch')}</legend>
      {(['edit', 'generate'] as const).map((each) => (
        <button
          key={each}
          type="button"
          class="switch-option"
          aria-pressed={mode === each}
          onClick={() => mode !== each && onChoose(each)}
        >
          {texts.say(`card.switch.${each}`)}
        </button>
      ))}
    </fieldset>
  );
}

function ChipRow({ label, children }: { readonly label: string; readonly children: preact.ComponentChildren }) {
  return (
    <fieldset class="chips">
      <legend class="quiet">{label}</legend>
      {children}
    </fieldset>
  );
}

interface ChipProps {
  readonly image: ImageView;
  readonly label: string;
  readonly isChosen: boolean;
  readonly onPress: () => void;
}

function Chip({ image, label, isChosen, onPress }: ChipProps) {
  return (
    <button type="button" class="chip" aria-pressed={isChosen} aria-label={label} onClick={onPress}>
      {image.url !== null && <img src={image.url} alt="" width="28" height="28" />}
      <span>{image.number}</span>
    </button>
  );
}
