import { useEffect, useRef, useState } from 'preact/hooks';
import type { ImageView, SampleView } from '../../../protocol.ts';
import { LIMITS } from '../attachments.ts';
import { useTexts } from '../texts/texts.ts';
import type { DraftHandle } from '../use-draft.ts';
import { EngineSelect } from './engine-select.tsx';
import { AttachIcon, SamplesIcon, SendIcon } from './icons.tsx';
import { Samples } from './samples.tsx';
import { Tray } from './tray.tsx';

interface ComposerProps {
  readonly draft: DraftHandle;
  readonly images: readonly ImageView[];
  readonly samples: readonly SampleView[];
  /** In a conversation that has begun; before, the samples stand in the page. */
  readonly hasBegun: boolean;
  readonly onPickSample: (name: string) => void;
  readonly onSend: () => void;
}

/** Where a message is written: pictures, words, and what to make of them. */
export function Composer({ draft, images, samples, hasBegun, onPickSample, onSend }: ComposerProps) {
  const texts = useTexts();
  const [areSamplesShown, setSamplesShown] = useState(false);
  const [problem, setProblem] = useState<string>();
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  useAutoHeight(field, draft.text);
  // Whoever adds a picture goes on to say what to do with it.
  useEffect(() => {
    if (draft.attachments.length > 0) field.current?.focus({ preventScroll: true });
  }, [draft.attachments.length]);

  const current = images.find((image) => image.isCurrent);
  // Without pictures of its own, a message goes on from the current one.
  const inputs = draft.attachments.length || (current === undefined || draft.mode === 'generate' ? 0 : 1);

  function send(): void {
    const text = draft.text.trim();
    const problems = [
      ...(text === '' ? [texts.say('composer.empty')] : []),
      ...(text.length > LIMITS.characters
        ? [texts.say('composer.too-long', { count: text.length, limit: LIMITS.characters })]
        : []),
    ];
    setProblem(problems[0]);
    if (problems.length === 0) {
      setSamplesShown(false);
      onSend();
    }
    field.current?.focus({ preventScroll: true });
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {areSamplesShown && hasBegun && <Samples samples={samples} onPick={onPickSample} />}
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="composer-box">
        <Tray attachments={draft.attachments} images={images} rejected={draft.rejected} onRemove={draft.remove} />
        <textarea
          ref={field}
          id="message"
          class="field"
          rows={1}
          value={draft.text}
          placeholder={texts.say(hasBegun ? 'composer.placeholder.more' : 'composer.placeholder')}
          aria-label={texts.say('composer.label')}
          aria-describedby="composer-hint"
          onInput={(event) => {
            setProblem(undefined);
            draft.setText(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <div class="composer-tools">
          <input
            ref={picker}
            type="file"
            class="visually-hidden"
            tabIndex={-1}
            aria-hidden="true"
            accept="image/png,image/jpeg,image/webp,image/gif"
            multiple
            onChange={(event) => {
              draft.add([...(event.currentTarget.files ?? [])]);
              event.currentTarget.value = '';
            }}
          />
          <button type="button" class="tool" onClick={() => picker.current?.click()}>
            <AttachIcon />
            <span>{texts.say('composer.attach')}</span>
          </button>
          {hasBegun && samples.length > 0 && (
            <button
              type="button"
              class="tool"
              aria-expanded={areSamplesShown}
              onClick={() => setSamplesShown(!areSamplesShown)}
            >
              <SamplesIcon />
              <span>{texts.say('composer.samples')}</span>
            </button>
          )}
          <select
            class="tool"
            aria-label={texts.say('composer.mode')}
            value={draft.mode ?? ''}
            onChange={(event) => {
              const { value } = event.currentTarget;
              draft.setMode(value === 'edit' || value === 'generate' ? value : undefined);
            }}
          >
            <option value="">{texts.say('composer.mode.auto')}</option>
            <option value="edit">{texts.say('composer.mode.edit')}</option>
            <option value="generate">{texts.say('composer.mode.generate')}</option>
          </select>
          <EngineSelect
            label={texts.say('composer.engine')}
            chosen={draft.engine}
            inputs={inputs}
            onChoose={draft.setEngine}
          />
          <button type="submit" class="send">
            <SendIcon />
            <span class="visually-hidden">{texts.say('composer.send')}</span>
          </button>
        </div>
      </div>
      <p class="composer-hint quiet" id="composer-hint">
        <span>{current === undefined ? '' : texts.say('composer.current', { number: current.number })}</span>
        <span class="keyboard-hint">{texts.say('composer.hint')}</span>
      </p>
    </form>
  );
}

/** The field grows with its text up to the height that the style sheet allows. */
function useAutoHeight(field: { readonly current: HTMLTextAreaElement | null }, text: string): void {
  useEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [field, text]);
}
