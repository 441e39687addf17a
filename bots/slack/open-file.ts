import { AppError, isAppError } from '../../core/errors.ts';
import type { Logger } from '../../core/ports.ts';
import { openDownload } from '../shared/download.ts';
import type { OpenRemote } from '../shared/fetch-images.ts';

/** Where Slack keeps files; the token goes nowhere else. */
export const FILE_ORIGINS: readonly string[] = [
  'https://files.slack.com',
  'https://files-origin.slack.com',
  'https://files-edge.slack.com',
  'https://files.slack-gov.com',
];

export interface OpenFileDeps {
  readonly botToken: string;
  readonly fileOrigins: readonly string[];
  readonly logger: Logger;
}

const FIX = 'Add the scope files:read on "OAuth & Permissions" and install the app again.';
const PAGE = /^\s*<(?:!doctype\s+html|html|head|body)\b/i;
const HEAD_BYTES = 512;

/**
 * Downloads with the bot's token. Slack answers a token that may not read files with its login page, sometimes after a
 * redirect: told by the page's type and by its first bytes.
 */
export function createOpenFile({ botToken, fileOrigins, logger }: OpenFileDeps): OpenRemote {
  const rules = { origins: fileOrigins, headers: { authorization: `Bearer ${botToken}` } };

  function forbidden(cause?: unknown): AppError {
    logger.error({ event: 'slack-file-forbidden', fix: FIX }, 'Slack showed its login page in place of a file');
    return new AppError('DOWNLOAD_FORBIDDEN', { number: 0 }, { cause, details: { fix: FIX } });
  }

  return async (url, options) => {
    try {
      const chunks = await openDownload(url, rules, options);
      const { head, all } = await peek(chunks);
      if (PAGE.test(head)) throw forbidden();
      return all;
    } catch (error) {
      const problem = isAppError(error) && error.code === 'DOWNLOAD_FAILED' ? error.details['problem'] : undefined;
      if (problem === 'page' || problem === 'redirect') throw forbidden(error);
      throw error;
    }
  };
}

/** The first bytes as text, and the whole stream with them. */
async function peek(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: string; readonly all: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let sizeBytes = 0;
  let isDone = false;
  while (!isDone && sizeBytes < HEAD_BYTES) {
    const next = await iterator.next();
    isDone = next.done === true;
    if (next.done !== true) first.push(next.value);
    sizeBytes = first.reduce((sum, chunk) => sum + chunk.length, 0);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* first;
    if (!isDone) yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { head: Buffer.concat(first).subarray(0, HEAD_BYTES).toString('latin1'), all: all() };
}
