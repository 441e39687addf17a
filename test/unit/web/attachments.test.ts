import { describe, expect, it } from 'vitest';
import {
  type Attachment,
  addFiles,
  addKnown,
  LIMITS,
  numberAttachments,
} from '../../../bots/web/client/src/attachments.ts';
import type { ImageView } from '../../../bots/web/protocol.ts';

function anImage(number: number, changes: Partial<ImageView> = {}): ImageView {
  return {
    number,
    turnId: 't',
    kind: 'input',
    status: 'ready',
    url: `/api/images/${number}`,
    altText: '',
    isCurrent: false,
    ...changes,
  };
}

function aFile(id: string): Attachment {
  return { kind: 'file', id, file: new File(['x'], `${id}.png`), url: '', name: `${id}.png` };
}

describe('the pictures of a message being written', () => {
  it('continue the numbers of the conversation, and known images keep theirs and come first', () => {
    const images = [anImage(1), anImage(2), anImage(3, { kind: 'result' })];
    const attachments = addKnown([aFile('a'), aFile('b')], anImage(3));
    expect(numberAttachments(attachments, images).map(({ number, attachment }) => [number, attachment.kind])).toEqual([
      [3, 'known'],
      [4, 'file'],
      [5, 'file'],
    ]);
  });

  it('do not reuse the number of an image that failed', () => {
    const images = [anImage(1), anImage(2, { status: 'failed', url: null })];
    expect(numberAttachments([aFile('a')], images)[0]?.number).toBe(3);
  });

  it('take a known image once, and a failed one never', () => {
    const once = addKnown([], anImage(1));
    expect(addKnown(once, anImage(1))).toBe(once);
    expect(addKnown([], anImage(2, { status: 'failed', url: null }))).toEqual([]);
  });

  it('are at most ten; what is left out is said', () => {
    const files = Array.from({ length: 12 }, (_, index) => new File(['x'], `${index}.png`, { type: 'image/png' }));
    const { attachments, rejected } = addFiles([], files);
    expect(attachments).toHaveLength(LIMITS.images);
    expect(rejected).toEqual([{ reason: 'too-many' }, { reason: 'too-many' }]);
  });

  it('are neither documents nor larger than the limit', () => {
    const document = new File(['x'], 'letter.pdf', { type: 'application/pdf' });
    const huge = new File([new Uint8Array(LIMITS.imageBytes + 1)], 'huge.png', { type: 'image/png' });
    expect(addFiles([], [document, huge])).toEqual({
      attachments: [],
      rejected: [
        { reason: 'not-image', name: 'letter.pdf' },
        { reason: 'too-large', name: 'huge.png' },
      ],
    });
  });
});
