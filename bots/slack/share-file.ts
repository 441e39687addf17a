import { z } from 'zod';
import type { ResultContent } from '../../core/content.ts';
import { AppError, asAppError } from '../../core/errors.ts';
import type { PostAttempt } from '../../core/ports.ts';
import { slackWordOf } from './errors.ts';
import type { Place } from './place.ts';
import { escapeText } from './text.ts';
import { pause, type WebApi } from './web-api.ts';

export interface ShareDeps {
  readonly api: WebApi;
  /** Exact origins that files are sent to. */
  readonly fileOrigins: readonly string[];
  readonly times: ShareTimes;
}

export interface ShareTimes {
  /** How long Slack may take until a completed file is seen in its thread. */
  readonly sharedWithinMs: number;
  readonly pollMs: number;
}

export const SHARE_TIMES: ShareTimes = { sharedWithinMs: 15_000, pollMs: 500 };

const UPLOAD_TIMEOUT_MS = 60_000;
const ALT_TEXT_CHARACTERS = 1000;
/** Slack's words for an upload that cannot be completed any more: a new one is begun. */
const GONE: ReadonlySet<string | undefined> = new Set([
  'file_not_found',
  'file_deleted',
  'invalid_upload',
  'upload_expired',
]);

const sharesSchema = z.record(
  z.string(),
  z.record(z.string(), z.array(z.object({ ts: z.string().optional(), thread_ts: z.string().optional() }))),
);
const fileInfoSchema = z.object({ file: z.object({ shares: sharesSchema.optional() }) });
const uploadSchema = z.object({ upload_url: z.url(), file_id: z.string().min(1) });

type State =
  | { readonly kind: 'shared'; readonly ts: string }
  /** Completed; Slack has not put it into the thread yet. */
  | { readonly kind: 'pending' }
  /** Never completed, or deleted. */
  | { readonly kind: 'unknown' };

/**
 * Put a picture into a conversation once, however often it is tried: the file's id is kept before the step that makes it
 * visible, and a later attempt asks what became of that file before it does anything.
 * @returns the `ts` of the message with the picture.
 * @throws AppError PLATFORM_RATE_LIMITED, PLATFORM_FORBIDDEN, PLATFORM_NOT_FOUND, PLATFORM_UNAVAILABLE
 */
export async function shareFile(
  deps: ShareDeps,
  place: Place,
  {
    result,
    bytes,
    attempt,
  }: { readonly result: ResultContent; readonly bytes: Uint8Array; readonly attempt: PostAttempt },
): Promise<string> {
  const { handle, signal } = attempt;
  if (handle !== undefined) {
    const before = await stateOf(deps, place, handle, signal);
    if (before.kind === 'shared') return before.ts;
    const waited = before.kind === 'pending' ? await untilShared(deps, place, handle, signal) : undefined;
    const ts = waited ?? (await completeKept(deps, place, handle, { result, signal }));
    if (ts !== undefined) return ts;
  }
  const fileId = await upload(deps, result, bytes, signal);
  await attempt.keepHandle(fileId);
  await complete(deps, place, fileId, result);
  return await requireShared(deps, place, fileId, signal);
}

/** Where a file that an earlier attempt uploaded is seen, if it is. */
export async function findShare(
  deps: ShareDeps,
  place: Place,
  fileId: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const state = await stateOf(deps, place, fileId, signal);
  return state.kind === 'shared' ? state.ts : undefined;
}

/** @returns undefined when Slack does not know the upload any more. */
async function completeKept(
  deps: ShareDeps,
  place: Place,
  fileId: string,
  { result, signal }: { readonly result: ResultContent; readonly signal: AbortSignal },
): Promise<string | undefined> {
  try {
    await complete(deps, place, fileId, result);
  } catch (thrown) {
    const error = asAppError(thrown);
    if (GONE.has(slackWordOf(error))) return undefined;
    throw error;
  }
  return await requireShared(deps, place, fileId, signal);
}

async function upload(
  { api, fileOrigins }: ShareDeps,
  { image }: ResultContent,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<string> {
  const { fileName, altText } = image;
  const about = altText.slice(0, ALT_TEXT_CHARACTERS);
  // The API's reference calls it `alt_txt`, the SDK `alt_text`; what is not known is ignored.
  const alt = about === '' ? {} : { alt_txt: about, alt_text: about };
  const answer = await api.once((client) =>
    client.files.getUploadURLExternal({ filename: fileName, length: bytes.length, ...alt }),
  );
  const { upload_url: url, file_id: fileId } = uploadSchema.parse(answer);
  if (!fileOrigins.includes(new URL(url).origin)) {
    throw new AppError('PLATFORM_UNAVAILABLE', {}, { details: { problem: 'upload address of another host' } });
  }
  await send(url, bytes, signal);
  return fileId;
}

async function send(url: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(UPLOAD_TIMEOUT_MS)]);
  try {
    const headers = { 'content-type': 'application/octet-stream' };
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: Buffer.from(bytes),
      redirect: 'error',
      signal: until,
    });
    await response.body?.cancel();
    if (response.ok) return;
    throw new AppError('PLATFORM_UNAVAILABLE', {}, { details: { problem: 'upload', status: response.status } });
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('PLATFORM_UNAVAILABLE', {}, { cause, details: { problem: 'upload' } });
  }
}

async function complete(
  { api }: ShareDeps,
  { channel, thread }: Place,
  id: string,
  result: ResultContent,
): Promise<void> {
  const file = { id, title: result.image.fileName };
  await api.once((client) =>
    client.files.completeUploadExternal({
      files: [file],
      channel_id: channel,
      initial_comment: escapeText(result.text),
      ...(thread === undefined ? {} : { thread_ts: thread }),
    }),
  );
}

async function requireShared(deps: ShareDeps, place: Place, fileId: string, signal: AbortSignal): Promise<string> {
  const ts = await untilShared(deps, place, fileId, signal);
  if (ts !== undefined) return ts;
  throw new AppError('PLATFORM_UNAVAILABLE', {}, { details: { problem: 'the file is not shared yet' } });
}

async function untilShared(
  deps: ShareDeps,
  place: Place,
  fileId: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { sharedWithinMs, pollMs } = deps.times;
  for (let waitedMs = 0; !signal.aborted; waitedMs += pollMs) {
    const state = await stateOf(deps, place, fileId, signal);
    if (state.kind === 'shared') return state.ts;
    if (waitedMs >= sharedWithinMs) return undefined;
    await pause(pollMs, signal);
  }
  throw new AppError('CANCELLED', {});
}

async function stateOf(
  { api }: ShareDeps,
  { channel, thread }: Place,
  file: string,
  signal: AbortSignal,
): Promise<State> {
  try {
    const answer = await api.patiently((client) => client.files.info({ file }), { signal });
    const { shares = {} } = fileInfoSchema.parse(answer).file;
    const here = Object.values(shares).flatMap((channels) => channels[channel] ?? []);
    const share = here.find(({ thread_ts: threadTs }) => threadTs === thread);
    return share?.ts === undefined ? { kind: 'pending' } : { kind: 'shared', ts: share.ts };
  } catch (thrown) {
    const error = asAppError(thrown);
    if (GONE.has(slackWordOf(error))) return { kind: 'unknown' };
    throw error;
  }
}
