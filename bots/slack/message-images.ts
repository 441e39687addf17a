import { AppError, asAppError, toWire } from '../../core/errors.ts';
import type { ImageSource } from '../shared/fetch-images.ts';
import { fileInfoSchema, type SlackFile, type SlackMessage } from './events.ts';
import { linksIn } from './text.ts';
import type { WebApi } from './web-api.ts';

type Origin = 'reply' | 'attachment' | 'link';
/** Numbering fills in the image's number when it is known. */
const UNNUMBERED = 0;

/** A file's page in Slack: `https://team.slack.com/files/USER/FILE/name`. */
const PERMALINK = /^https:\/\/[a-z0-9-]+\.slack(?:-gov)?\.com\/files\/[A-Z0-9]+\/([A-Z0-9]+)(?:\/|$)/;
const PICTURE_ADDRESS = /\.(?:png|jpe?g|webp|gif|heic|avif|bmp|tiff?)(?:[?#]|$)/i;

/**
 * The pictures of a message in the order in which they are numbered: those of forwarded messages, its own files, and links
 * to files in Slack. A picture elsewhere is not fetched, but keeps its number.
 */
export async function imagesOf(
  api: WebApi,
  message: SlackMessage,
  { signal }: { readonly signal: AbortSignal },
): Promise<readonly ImageSource[]> {
  const forwarded = (message.attachments ?? []).flatMap(({ files = [] }) => files);
  const sources = [
    ...forwarded.map((file) => sourceOf(api, file, 'reply', signal)),
    ...(message.files ?? []).map((file) => sourceOf(api, file, 'attachment', signal)),
    ...linksIn(message.text ?? '').flatMap((link) => linkSource(api, link, signal)),
  ];
  return await Promise.all(sources);
}

function linkSource(api: WebApi, link: string, signal: AbortSignal): readonly Promise<ImageSource>[] {
  const fileId = PERMALINK.exec(link)?.[1];
  if (fileId !== undefined) return [sourceOf(api, { id: fileId, file_access: 'check_file_info' }, 'link', signal)];
  if (!PICTURE_ADDRESS.test(link)) return [];
  return [Promise.resolve(failed(new AppError('DOWNLOAD_BLOCKED_HOST', { number: UNNUMBERED }), 'link'))];
}

async function sourceOf(api: WebApi, file: SlackFile, origin: Origin, signal: AbortSignal): Promise<ImageSource> {
  try {
    const known = file.file_access === 'check_file_info' ? await lookUp(api, file, signal) : file;
    const url = known.url_private_download ?? known.url_private;
    const isGone =
      known.mode === 'tombstone' || known.mode === 'hidden_by_limit' || known.file_access === 'file_not_found';
    if (isGone || url == null) {
      const code = known.file_access === 'access_denied' ? 'DOWNLOAD_FORBIDDEN' : 'DOWNLOAD_FAILED';
      return failed(new AppError(code, { number: UNNUMBERED }), origin, known.name);
    }
    return {
      status: 'remote',
      origin,
      url,
      ...(known.name == null ? {} : { name: known.name }),
      ...(known.mimetype == null ? {} : { contentType: known.mimetype }),
      ...(known.size == null ? {} : { sizeBytes: known.size }),
    };
  } catch (thrown) {
    const { code } = asAppError(thrown);
    const isForbidden = code === 'PLATFORM_FORBIDDEN';
    if (!isForbidden && code !== 'PLATFORM_NOT_FOUND') throw thrown;
    return failed(new AppError(isForbidden ? 'DOWNLOAD_FORBIDDEN' : 'DOWNLOAD_FAILED', { number: UNNUMBERED }), origin);
  }
}

async function lookUp(api: WebApi, { id }: SlackFile, signal: AbortSignal): Promise<SlackFile> {
  return fileInfoSchema.parse(await api.patiently((client) => client.files.info({ file: id }), { signal })).file;
}

function failed(error: AppError, origin: Origin, name?: string | null): ImageSource {
  return { status: 'failed', origin, ...(name == null ? {} : { name: name.slice(0, 120) }), reason: toWire(error) };
}
