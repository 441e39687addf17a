import type { ImageView } from '../../protocol.ts';
import { nextImageNumber } from './conversation-state.ts';
import { newId } from './new-id.ts';

/** A picture of the message being written. */
export type Attachment =
  | { readonly kind: 'file'; readonly id: string; readonly file: File; readonly url: string; readonly name: string }
  /** An image that the conversation numbers already. */
  | {
      readonly kind: 'known';
      readonly id: string;
      readonly number: number;
      readonly url: string;
      readonly name: string;
    };

export const LIMITS = { images: 10, imageBytes: 25_000_000, characters: 4000 } as const;

export type Rejection =
  | { readonly reason: 'too-many' }
  | { readonly reason: 'too-large' | 'not-image'; readonly name: string };

/** Add files as far as they can be sent at all; the server looks into them. */
export function addFiles(
  attachments: readonly Attachment[],
  files: readonly File[],
): { readonly attachments: readonly Attachment[]; readonly rejected: readonly Rejection[] } {
  const added: Attachment[] = [];
  const rejected: Rejection[] = [];
  for (const file of files) {
    if (file.type !== '' && !file.type.startsWith('image/')) rejected.push({ reason: 'not-image', name: file.name });
    else if (file.size > LIMITS.imageBytes) rejected.push({ reason: 'too-large', name: file.name });
    else if (attachments.length + added.length >= LIMITS.images) rejected.push({ reason: 'too-many' });
    else added.push({ kind: 'file', id: newId(), file, url: URL.createObjectURL(file), name: file.name });
  }
  return { attachments: [...attachments, ...added], rejected };
}

export function addKnown(attachments: readonly Attachment[], image: ImageView): readonly Attachment[] {
  const isThere = attachments.some((each) => each.kind === 'known' && each.number === image.number);
  if (isThere || image.url === null || attachments.length >= LIMITS.images) return attachments;
  return [...attachments, { kind: 'known', id: newId(), number: image.number, url: image.url, name: image.altText }];
}

/** Let the browser forget pictures that are not shown any more. */
export function releaseAttachments(attachments: readonly Attachment[]): void {
  for (const attachment of attachments) if (attachment.kind === 'file') URL.revokeObjectURL(attachment.url);
}

/** Pictures in the order in which the server will number them, with their numbers: known images come first and keep theirs. */
export function numberAttachments(
  attachments: readonly Attachment[],
  images: readonly ImageView[],
): readonly { readonly attachment: Attachment; readonly number: number }[] {
  const known = attachments.filter((each) => each.kind === 'known');
  const files = attachments.filter((each) => each.kind === 'file');
  const first = nextImageNumber(images);
  return [
    ...known.map((attachment) => ({ attachment, number: attachment.number })),
    ...files.map((attachment, index) => ({ attachment, number: first + index })),
  ];
}
