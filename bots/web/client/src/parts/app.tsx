import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { SamplesView } from '../../../protocol.ts';
import { addFiles } from '../attachments.ts';
import { isOpen } from '../conversation-state.ts';
import { type Texts, useTexts } from '../texts/texts.ts';
import { type ConversationHandle, useConversation } from '../use-conversation.ts';
import { useDraft } from '../use-draft.ts';
import { useDrop } from '../use-drop.ts';
import { EnginesContext, useReadEngines } from '../use-engines.ts';
import { useSamples } from '../use-samples.ts';
import { Composer } from './composer.tsx';
import { Empty } from './empty.tsx';
import { EaselIcon, PlusIcon } from './icons.tsx';
import { statusOf } from './progress.tsx';
import { Transcript } from './transcript.tsx';

/** The whole page. */
export function App() {
  const texts = useTexts();
  const conversation = useConversation();
  const draft = useDraft();
  const samples = useSamples();
  const engines = useReadEngines();
  const [said, announce] = useState('');
  const isHovering = useDrop(draft.add);
  const { state, pending, phase } = conversation;
  const hasBegun = state.turns.length > 0 || pending.length > 0;
  useAnnouncements(conversation, texts, announce);

  const pickSample = useCallback(
    (name: string): void => {
      // A sample that cannot be loaded is one that is not added; there is nothing to repair.
      samples.load([name]).then(draft.add, () => undefined);
    },
    [samples.load, draft.add],
  );

  async function tryExample({ text, samples: names }: SamplesView['examples'][number]): Promise<void> {
    const { attachments } = addFiles([], await samples.load(names));
    await conversation.send({ text, mode: undefined, engine: draft.engine, attachments });
  }

  function send(): void {
    const { text, mode, engine, attachments } = draft;
    draft.clear();
    // Failures are shown at the message itself.
    void conversation.send({ text: text.trim(), mode, engine, attachments });
  }

  return (
    <EnginesContext.Provider value={engines}>
      <div class="page">
        <a class="skip" href="#message">
          {texts.say('app.skip')}
        </a>
        <header class="header">
          <span class="brand">
            <EaselIcon />
            {texts.say('app.name')}
          </span>
          {hasBegun && (
            <button type="button" class="button" onClick={conversation.startNew}>
              <PlusIcon />
              {texts.say('app.new')}
            </button>
          )}
        </header>
        <Notices conversation={conversation} />
        <main class="main">
          {phase === 'loading' && <p class="quiet loading">{texts.say('app.loading')}</p>}
          {hasBegun && (
            <Transcript
              conversation={conversation}
              onReuse={draft.reuse}
              onEdit={(message) => draft.restore(conversation.takeBack(message))}
              announce={announce}
            />
          )}
          {!hasBegun && phase !== 'loading' && (
            <Empty view={samples.view} onPick={pickSample} onTry={(example) => void tryExample(example)} />
          )}
        </main>
        <Composer
          draft={draft}
          images={state.images}
          samples={samples.view.samples}
          hasBegun={hasBegun}
          onPickSample={pickSample}
          onSend={send}
        />
        {isHovering && (
          <div class="drop-zone" aria-hidden="true">
            {texts.say('app.drop')}
          </div>
        )}
        <p class="visually-hidden" aria-live="polite" data-announcement>
          {said}
        </p>
      </div>
    </EnginesContext.Provider>
  );
}

function Notices({ conversation: { phase, isConnected, problem } }: { readonly conversation: ConversationHandle }) {
  const texts = useTexts();
  const sentences = [
    ...(phase === 'unreachable' ? [texts.say('app.unreachable')] : []),
    ...(phase !== 'unreachable' && !isConnected ? [texts.say('app.reconnecting')] : []),
    ...(problem === undefined ? [] : [problem]),
  ];
  return (
    <div class="notices" role="status">
      {sentences.map((sentence) => (
        <p class="notice" key={sentence}>
          {sentence}
        </p>
      ))}
    </div>
  );
}

const QUARTERS = 4;

/** Say what happens to those who do not see it, in quarters rather than in every step; and in the tab's title. */
function useAnnouncements({ state, phase }: ConversationHandle, texts: Texts, announce: (text: string) => void): void {
  const newest = state.turns.at(-1);
  const quarter = Math.floor((QUARTERS * (newest?.step ?? 0)) / (newest?.steps ?? 1));
  const isWorking = state.turns.some(isOpen);
  const before = useRef<string | undefined>(undefined);
  // What a page that opens a conversation finds there is no news; of a conversation that it begins, even the first sight is:
  // a quick picture may be ready by then.
  if (phase === 'empty') before.current ??= '';
  const moment = newest === undefined ? undefined : [newest.id, newest.status, newest.queuePosition, quarter].join();
  useEffect(() => {
    const isFirst = before.current === undefined;
    before.current = moment;
    if (isFirst || newest === undefined) return;
    const result = newest.resultNumbers.at(-1);
    if (isOpen(newest) || newest.status === 'cancelled') announce(statusOf(texts, newest, false));
    else if (newest.status === 'done' && result !== undefined) announce(texts.say('result.ready', { number: result }));
    else announce(newest.reply ?? newest.error?.message ?? '');
  }, [moment]);
  useEffect(() => {
    document.title = texts.say(isWorking ? 'app.title.working' : 'app.name');
  }, [isWorking, texts]);
}
