import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { type Fault, json, type Reply, startHttpFake, withFault } from './http-fake.ts';
import { paint } from './paint.ts';

export interface GeminiCall {
  readonly model: string;
  readonly key: string | undefined;
  readonly texts: readonly string[];
  readonly images: readonly Uint8Array[];
  readonly aspectRatio: string | undefined;
}

const bodySchema = z.strictObject({
  contents: z
    .array(
      z.strictObject({
        role: z.literal('user'),
        parts: z
          .array(
            z.union([
              z.strictObject({ text: z.string().min(1) }),
              z.strictObject({
                inlineData: z.strictObject({
                  mimeType: z.enum(['image/png', 'image/jpeg', 'image/webp']),
                  data: z.base64(),
                }),
              }),
            ]),
          )
          .min(1),
      }),
    )
    .length(1),
  generationConfig: z.strictObject({
    responseModalities: z.array(z.enum(['TEXT', 'IMAGE'])),
    imageConfig: z
      .strictObject({
        aspectRatio: z.enum(['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9']).optional(),
        imageSize: z.enum(['1K', '2K', '4K']).optional(),
      })
      .optional(),
  }),
});
const MAX_BYTES = 20_000_000;

/** The Gemini API's `models.get` and `models.generateContent` for a model that answers with pictures, errors included. */
export async function startFakeGemini({ key = 'AIza-secret-key' }: { readonly key?: string } = {}) {
  const calls: GeminiCall[] = [];
  const faults: Fault[] = [];
  let made = 0;

  async function handle(request: IncomingMessage, body: Buffer, gone: AbortSignal): Promise<Reply> {
    const { method, headers, url = '/' } = request;
    const given = typeof headers['x-goog-api-key'] === 'string' ? headers['x-goog-api-key'] : undefined;
    if (given !== key) return problem(400, 'INVALID_ARGUMENT', [{ reason: 'API_KEY_INVALID' }]);
    const { model, verb } = /^\/v1beta\/models\/(?<model>[\w.-]+?)(?::(?<verb>\w+))?$/.exec(url)?.groups ?? {};
    if (model === undefined || !model.startsWith('gemini-')) return problem(404, 'NOT_FOUND');
    if (method === 'GET' && verb === undefined) return json(200, { name: `models/${model}` });
    if (method !== 'POST' || verb !== 'generateContent') return problem(404, 'NOT_FOUND');
    if (body.length > MAX_BYTES) return problem(400, 'INVALID_ARGUMENT');
    const parsed = bodySchema.safeParse(JSON.parse(body.toString('utf8')));
    if (!parsed.success) return problem(400, 'INVALID_ARGUMENT');

    const parts = parsed.data.contents.flatMap((content) => content.parts);
    const texts = parts.flatMap((part) => ('text' in part ? [part.text] : []));
    const images = parts.flatMap((part) => ('inlineData' in part ? [Buffer.from(part.inlineData.data, 'base64')] : []));
    const { aspectRatio } = parsed.data.generationConfig.imageConfig ?? {};
    calls.push({ model, key: given, texts, images, aspectRatio });

    const fault = faults.shift();
    if (fault?.kind === 'answer') return await withFault(fault, problem(500, 'INTERNAL'), gone);
    const [width = 1, height = 1] = (aspectRatio ?? '1:1').split(':').map(Number);
    const scale = 64 / Math.sqrt(width * height);
    const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
    const picture = await paint({ images, prompt: texts.join('\n'), seed: made, ...size });
    made += 1;
    return await withFault(fault, answerWith(fault, picture), gone);
  }

  const fake = await startHttpFake(handle);
  return {
    ...fake,
    baseUrl: `${fake.url}/v1beta`,
    key,
    calls,
    made: () => made,
    failNext: (...next: readonly Fault[]) => faults.push(...next),
  };
}

function answerWith(fault: Fault | undefined, picture: Buffer): Reply {
  if (fault?.kind === 'empty') {
    return json(200, {
      candidates: [{ content: { role: 'model', parts: [{ text: 'Here it is.' }] }, finishReason: 'STOP' }],
    });
  }
  const bytes = fault?.kind === 'no-picture' ? Buffer.from('not a picture') : picture;
  const thinking = { thought: true, inlineData: { mimeType: 'image/png', data: 'AAAA' } };
  const finished = { inlineData: { mimeType: 'image/png', data: bytes.toString('base64') } };
  return json(200, {
    candidates: [{ content: { role: 'model', parts: [thinking, finished] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 10, totalTokenCount: 1300 },
  });
}

/** An error as Google writes it. */
export function problem(status: number, name: string, details: readonly object[] = []): Reply {
  return json(status, {
    error: { code: status, message: `Something about AIza-secret-key: ${name}.`, status: name, details },
  });
}
