import { describe, expect, it } from 'vitest';
import type { InboundImage } from '../../../core/domain.ts';
import { newTurnId } from '../../../core/ids.ts';
import { nextNumber, numberImages } from '../../../core/numbering.ts';
import { aBlobKey, aConversation, anImage, anInboundImage } from '../../support/builders/conversation.ts';

const broken: InboundImage = {
  status: 'failed',
  origin: 'attachment',
  name: 'IMG_1.heic',
  reason: { code: 'IMAGE_UNREADABLE', values: { format: 'HEIC' } },
};

describe('numberImages', () => {
  it('numbers the reply’s images first, then attachments, then links, each in their order', () => {
    const images = [
      anInboundImage('link', { origin: 'link' }),
      anInboundImage('attachment a'),
      anInboundImage('reply', { origin: 'reply' }),
      anInboundImage('attachment b', { name: 'b.png', altText: 'a bag' }),
    ];
    const numbered = numberImages(aConversation(), newTurnId(), images);
    expect(numbered.images.map((image) => [image.number, image.status === 'ready' ? image.origin : ''])).toEqual([
      [1, 'reply'],
      [2, 'attachment'],
      [3, 'attachment'],
      [4, 'link'],
    ]);
    expect(numbered.images[2]).toMatchObject({ name: 'b.png', altText: 'a bag' });
    expect(numbered.attached).toEqual([1, 2, 3, 4]);
  });

  it('goes on after the highest number and keeps a failed image’s place', () => {
    const document = aConversation({ images: [anImage(1), anImage(2)] });
    const { images, attached } = numberImages(document, newTurnId(), [
      anInboundImage('a'),
      broken,
      anInboundImage('b'),
    ]);
    expect(images.map(({ number, status }) => [number, status])).toEqual([
      [3, 'ready'],
      [4, 'failed'],
      [5, 'ready'],
    ]);
    expect(images[1]).toMatchObject({
      name: 'IMG_1.heic',
      reason: { code: 'IMAGE_UNREADABLE', values: { format: 'HEIC', number: 4 } },
    });
    expect(attached).toEqual([3, 4, 5]);
    expect(nextNumber([...document.images, ...images])).toBe(6);
  });

  it('gives a replied-to image that is known its old number, once', () => {
    const document = aConversation({ images: [anImage(1), anImage(2, { blob: aBlobKey('result') })] });
    const images: InboundImage[] = [
      anInboundImage('new'),
      anInboundImage('result', { origin: 'reply' }),
      { status: 'known', number: 2 },
    ];
    expect(numberImages(document, newTurnId(), images)).toMatchObject({ images: [{ number: 3 }], attached: [2, 3] });
  });

  it('gives a picture that is sent again a new number', () => {
    const document = aConversation({ images: [anImage(1, { blob: aBlobKey('same') })] });
    expect(numberImages(document, newTurnId(), [anInboundImage('same')]).attached).toEqual([2]);
  });

  it('refuses a reference to an image that it does not know', () => {
    const document = aConversation({ images: [anImage(1)] });
    expect(() => numberImages(document, newTurnId(), [{ status: 'known', number: 7 }])).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_IMAGE' }),
    );
    expect(() => numberImages(document, newTurnId(), [{ status: 'known', number: 2 }])).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_IMAGE' }),
    );
  });
});
