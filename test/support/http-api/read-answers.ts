import { APIError, type OpenAI, toFile } from 'openai';
import sharp from 'sharp';
import { drawPicture } from '../web/pictures.ts';

/** Files as programs upload them. */
export async function bagAndDress() {
  const bag = await drawPicture({ shape: 'bag', color: '#c8553d', background: '#f3e9dc', sizePx: 64 });
  const dress = await drawPicture({ shape: 'dress', color: '#3d6fb4', background: '#e9eef4', sizePx: 64 });
  return [await toFile(bag, 'bag.png', { type: 'image/png' }), await toFile(dress, 'dress.png', { type: 'image/png' })];
}

/** Width and height of each picture of an answer, which are decoded for it. */
export async function sizesOf({ data = [] }: OpenAI.ImagesResponse): Promise<readonly string[]> {
  return await Promise.all(
    data.map(async ({ b64_json: base64 = '' }) => {
      const { width, height } = await sharp(Buffer.from(base64, 'base64')).metadata();
      return `${width}x${height}`;
    }),
  );
}

/** What the official client throws. */
export async function errorOf(answer: Promise<unknown>): Promise<APIError> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof APIError) return error;
    throw error;
  }
  throw new Error('the request was answered');
}
