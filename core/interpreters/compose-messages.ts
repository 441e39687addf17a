import type { ImageEntry, ReadyImage } from '../domain.ts';
import type { Mention } from '../mentions.ts';
import type { ChatMessage, ChatPart, InterpreterRequest } from '../ports.ts';
import { type ChatTemplate, fillLines } from './prompt-template.ts';

/** More pictures cost time and money and say little: the others are told by number, size and name only. */
const MAX_SHOWN = 8;
const MAX_NAME = 80;

/** A picture as a chat model sees it: small, and encoded. Undefined: it cannot be shown. */
export type ShowImage = (
  image: ReadyImage,
) => Promise<{ readonly bytes: Uint8Array; readonly contentType: string } | undefined>;

/** The first question: labelled pictures in order of their numbers, then what is known, then the request as a quoted string. */
export async function composeMessages(
  request: InterpreterRequest,
  mentions: readonly Mention[],
  template: ChatTemplate,
  showImage: ShowImage,
): Promise<readonly ChatMessage[]> {
  const shown = chooseShown(request, mentions);
  const content: ChatPart[] = [];
  for (const image of request.images) {
    if (image.status === 'failed') continue;
    const picture = shown.has(image.number) ? await showImage(image) : undefined;
    const label = picture === undefined ? template.hiddenImage : template.imageLabel;
    content.push({ kind: 'text', text: fillLines(label, labelValues(image, request, template)) });
    if (picture !== undefined) content.push({ kind: 'image', ...picture });
  }
  content.push({ kind: 'text', text: fillLines(template.request, requestValues(request)) });
  return [
    { role: 'system', content: [{ kind: 'text', text: template.system.join('\n') }] },
    { role: 'user', content },
  ];
}

/** What the request is most likely about first: named, brought along, current; then the newest. */
function chooseShown({ images, attached, current, previous }: InterpreterRequest, mentions: readonly Mention[]) {
  const newest = images.map(({ number }) => number).reverse();
  const wanted = [
    ...mentions.flatMap(({ numbers }) => numbers),
    ...attached,
    ...(current === null ? [] : [current]),
    ...(previous?.base == null ? [] : [previous.base]),
    ...(previous?.references ?? []),
    ...newest,
  ];
  const isReady = (number: number) => images.some((image) => image.number === number && image.status === 'ready');
  return new Set([...new Set(wanted)].filter(isReady).slice(0, MAX_SHOWN));
}

function labelValues(image: ReadyImage, request: InterpreterRequest, { origins }: ChatTemplate) {
  return {
    k: image.number,
    width: image.widthPx,
    height: image.heightPx,
    origin: originOf(image, request, origins),
    // Empty quotes where there is no name: the line is not left out.
    name: quote((image.name ?? '').slice(0, MAX_NAME)),
  };
}

function originOf(
  { number, kind, ...image }: ReadyImage,
  { attached, own }: InterpreterRequest,
  origins: ChatTemplate['origins'],
) {
  if (kind === 'result') return origins.result;
  const index = attached.indexOf(number);
  if (index === -1) return own?.includes(number) === false ? (origins.other ?? origins.earlier) : origins.earlier;
  return image.origin === 'reply' ? origins.reply : fillLines([origins.attached], { n: index + 1 });
}

function requestValues({ text, chosenMode, images, attached, current, previous, maxImages }: InterpreterRequest) {
  const failed = (number: number) =>
    images.some((image: ImageEntry) => image.number === number && image.status === 'failed');
  return {
    attached: attached
      .filter((number) => !failed(number))
      .map((number) => `image ${number}`)
      .join(', '),
    current: current ?? '',
    mode: chosenMode ?? '',
    previous: previous === undefined ? '' : quotePrevious(previous),
    maxImages,
    request: quote(text),
  };
}

function quotePrevious({ mode, base, references, instruction }: NonNullable<InterpreterRequest['previous']>): string {
  return JSON.stringify({ mode, base, references, instruction });
}

/** A JSON string cannot be ended by what stands in it. */
function quote(text: string): string {
  return JSON.stringify(text);
}
