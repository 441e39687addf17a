import { answerOf, costLines, remarksOf, type TurnProgress } from '../../../core/cards.ts';
import type { Conversation, ImageEntry, Interpretation, LineageRecord, Turn, WireError } from '../../../core/domain.ts';
import { sayingOf } from '../../../core/errors.ts';
import type { BlobKey } from '../../../core/ids.ts';
import type { Texts } from '../../../core/texts/catalogue.ts';
import { canRetry, referenceOf, resultNumbers } from '../../../core/turns.ts';
import type { ConversationView, ImageView, LineageView, Problem, ProgressView, TurnView } from '../protocol.ts';

/** What the page sees of a document: sentences instead of codes alone, addresses instead of keys, nothing internal. */
export function viewConversation(
  document: Conversation,
  progress: ReadonlyMap<string, TurnProgress>,
  texts: Texts,
): ConversationView {
  return {
    id: document.id,
    revision: document.revision,
    images: document.images.map((image) => viewImage(document, image, texts)),
    turns: document.turns.map((turn) => viewTurn(turn, progress.get(turn.id) ?? {}, texts)),
  };
}

export function viewImage(document: Conversation, image: ImageEntry, texts: Texts): ImageView {
  const { number, turnId, kind, status, altText } = image;
  const common = { number, turnId, kind, status, altText, isCurrent: document.current === number };
  if (image.status === 'failed') return { ...common, reason: viewProblem(image.reason, texts), url: null };
  const { widthPx, heightPx, lineage } = image;
  return {
    ...common,
    url: imageUrl(image.blob),
    widthPx,
    heightPx,
    ...(lineage === undefined ? {} : { lineage: viewLineage(lineage), ...remarksOfView(lineage, texts) }),
  };
}

export function viewTurn(turn: Turn, progress: TurnProgress, texts: Texts): TurnView {
  const reference = referenceOf(turn.id);
  const [cost] = costLines(turn, texts);
  const engine = turn.renders.at(-1)?.engine;
  return {
    id: turn.id,
    reference,
    kind: turn.kind,
    status: turn.status,
    canRetry: canRetry(turn),
    text: turn.text,
    attached: [...turn.attached],
    resultNumbers: [...resultNumbers(turn)],
    receivedAt: turn.receivedAt,
    ...(turn.chosenMode === undefined ? {} : { chosenMode: turn.chosenMode }),
    ...(turn.interpretation === undefined ? {} : viewReading(turn.interpretation, texts)),
    ...(turn.reply === undefined || turn.error !== undefined ? {} : { reply: answerOf(turn, texts) }),
    ...(turn.error === undefined ? {} : { error: viewProblem(turn.error, texts, reference) }),
    ...(cost === undefined ? {} : { cost }),
    ...(engine === undefined ? {} : { engine }),
    ...(turn.endedAt === undefined ? {} : { endedAt: turn.endedAt }),
    ...progressFields(progress),
  };
}

function viewReading(
  { note, ...interpretation }: Interpretation,
  texts: Texts,
): Pick<TurnView, 'interpretation' | 'note'> {
  const { references, keep } = interpretation;
  return {
    interpretation: { ...interpretation, references: [...references], keep: [...keep] },
    ...(note === undefined ? {} : { note: texts.sayStored(note) }),
  };
}

export function viewProgress(turnId: string, progress: TurnProgress): ProgressView {
  return { turnId, ...progressFields(progress) };
}

export function viewProblem(wire: WireError, texts: Texts, reference?: string): Problem {
  return { code: wire.code, message: texts.sayStored(sayingOf(wire), reference) };
}

function imageUrl(blob: BlobKey): string {
  return `/api/images/${blob}`;
}

function progressFields({ position, progress }: TurnProgress): Omit<ProgressView, 'turnId'> {
  return {
    ...(position === undefined ? {} : { queuePosition: position + 1 }),
    ...(progress === undefined ? {} : { step: progress.step, steps: progress.steps }),
  };
}

function remarksOfView(lineage: LineageRecord, texts: Texts): { readonly remarks?: string[] } {
  const remarks = remarksOf(lineage, texts);
  return remarks.length === 0 ? {} : { remarks: [...remarks] };
}

function viewLineage({ renderId: _internal, ...lineage }: LineageRecord): LineageView {
  const { references, warnings, timingsMs, steps, ...rest } = lineage;
  return {
    ...rest,
    references: [...references],
    warnings: [...warnings],
    timingsMs: { ...timingsMs },
    ...(steps === undefined ? {} : { steps }),
  };
}
