import type { TurnProgress } from '../../core/cards.ts';
import type { Conversation, LineageRecord, ReadyImage, Turn } from '../../core/domain.ts';
import { AppError, fromWire } from '../../core/errors.ts';
import type { Blobs } from '../../core/ports.ts';
import type { Texts } from '../../core/texts/catalogue.ts';
import { isEnded, referenceOf } from '../../core/turns.ts';
import type { ApiProblem } from './api-error.ts';
import type { EndedTurn } from './await-turn.ts';
import { failureOf } from './problem-of.ts';

export interface PictureView {
  readonly b64_json?: string;
  readonly url?: string;
  /** What the model read, with images by their position. */
  readonly revised_prompt?: string;
  readonly seed?: number;
}

/** OpenAI's `ImagesResponse`, with `warnings` and each picture's `seed` beside it. */
export interface PicturesView {
  /** Seconds since 1970. */
  readonly created: number;
  readonly background: 'opaque';
  readonly output_format: 'png';
  /** As the first picture is. */
  readonly size: string;
  /** What made the first picture: another one than was asked for, where that failed. */
  readonly model: string;
  readonly data: readonly PictureView[];
  readonly warnings: readonly string[];
}

export type JobStatus = 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled';

export interface JobView {
  readonly id: string;
  readonly object: 'image.job';
  readonly status: JobStatus;
  readonly created_at: number;
  /** 1 is the next one. */
  readonly queue_position?: number;
  /** Denoising steps done, and of how many, of the picture that is being made. */
  readonly step?: number;
  readonly steps?: number;
  readonly pictures: { readonly asked: number; readonly made: number };
  readonly result?: PicturesView;
  readonly error?: Pick<ApiProblem, 'message' | 'type' | 'param' | 'code'>;
}

/** How pictures are handed out. */
export interface PictureForm {
  readonly format: 'b64_json' | 'url';
  /** Of this server, as the caller reaches it. */
  readonly origin: string;
  readonly blobs: Blobs;
}

/** @throws AppError IMAGE_GONE */
export async function viewPictures(ended: EndedTurn, form: PictureForm): Promise<PicturesView> {
  const results = resultsOf(ended);
  const [first] = results;
  return {
    created: seconds(ended.turn.endedAt ?? ended.turn.receivedAt),
    background: 'opaque',
    output_format: 'png',
    size: first === undefined ? '' : `${first.widthPx}x${first.heightPx}`,
    model: first?.lineage?.engine ?? '',
    data: await Promise.all(results.map((image) => viewPicture(image, form))),
    warnings: [...new Set(results.flatMap(({ lineage }) => warningsOf(lineage))), ...missingOf(ended, results.length)],
  };
}

/** @param progress where its work is now. */
export async function viewJob(
  job: EndedTurn,
  progress: TurnProgress,
  form: PictureForm,
  texts: Texts,
): Promise<JobView> {
  const { turn } = job;
  const status = statusOf(job);
  const problem = status === 'failed' ? problemOfTurn(turn, texts) : undefined;
  return {
    id: turn.id,
    object: 'image.job',
    status,
    created_at: seconds(turn.receivedAt),
    ...(progress.position === undefined ? {} : { queue_position: progress.position + 1 }),
    ...(progress.progress === undefined ? {} : { step: progress.progress.step, steps: progress.progress.steps }),
    pictures: { asked: askedBy(turn), made: resultsOf(job).length },
    ...(status === 'completed' ? { result: await viewPictures(job, form) } : {}),
    ...(problem === undefined ? {} : { error: errorBody(problem) }),
  };
}

export function errorBody({ message, type, param, code }: ApiProblem): NonNullable<JobView['error']> {
  return { message, type, param, code };
}

/** Why an ended turn has no picture. */
export function problemOfTurn(turn: Turn, texts: Texts): ApiProblem {
  const error =
    turn.error === undefined
      ? new AppError(turn.status === 'cancelled' ? 'CANCELLED' : 'BUG', {})
      : fromWire(turn.error);
  return failureOf(error, texts, referenceOf(turn.id));
}

/** What was made is handed out, also where a later picture of the same request failed. */
export function isCompleted(ended: EndedTurn): boolean {
  return statusOf(ended) === 'completed';
}

function statusOf(job: EndedTurn): JobStatus {
  const { turn } = job;
  if (!isEnded(turn)) return turn.status === 'rendering' || turn.status === 'delivering' ? 'in_progress' : 'queued';
  if (resultsOf(job).length > 0) return 'completed';
  return turn.status === 'cancelled' ? 'cancelled' : 'failed';
}

function resultsOf({
  document,
  turn,
}: {
  readonly document: Conversation;
  readonly turn: Turn;
}): readonly ReadyImage[] {
  return document.images.filter(
    (image): image is ReadyImage => image.status === 'ready' && image.kind === 'result' && image.turnId === turn.id,
  );
}

async function viewPicture(image: ReadyImage, { format, origin, blobs }: PictureForm): Promise<PictureView> {
  const { lineage } = image;
  const about = lineage === undefined ? {} : { revised_prompt: lineage.prompt, seed: lineage.seed };
  if (format === 'url') return { url: `${origin}/v1/images/${image.blob}`, ...about };
  const blob = await blobs.get(image.blob);
  if (blob === undefined) throw new AppError('IMAGE_GONE', { number: image.number });
  return { b64_json: Buffer.from(blob.bytes).toString('base64'), ...about };
}

function warningsOf(lineage: LineageRecord | undefined): readonly string[] {
  if (lineage === undefined) return [];
  const { engine, failedOn = [], warnings } = lineage;
  const instead = failedOn.length === 0 ? [] : [`Made by ${engine}, because ${failedOn.join(', ')} could not.`];
  return [...instead, ...warnings];
}

function missingOf({ turn }: EndedTurn, made: number): readonly string[] {
  const asked = askedBy(turn);
  return made === asked ? [] : [`${made} of ${asked} pictures could be made.`];
}

function askedBy({ wishes }: Turn): number {
  return wishes?.count ?? 1;
}

function seconds(timestampMs: number): number {
  return Math.floor(timestampMs / 1000);
}
