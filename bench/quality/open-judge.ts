import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { pictureToPixels } from '../../inference/image/pixels.ts';
import { InferenceError, openOnnxFile, type Picture } from '../../inference/index.ts';
import { floatOutput } from '../../inference/runtime/session.ts';

/** Below this share of right answers on held-out renders of a style, a head is not believed in that style. */
export const LEAST_ACCURACY = 0.98;

/** `judge.json`: what the network's logits mean, and how often it is right. */
export const judgeCardSchema = z
  .object({
    /** Side of the pictures it reads. */
    size: z.int().positive(),
    /** Head to the name of its labels, in the order of the logits; one damage logit follows. */
    heads: z.record(z.string(), z.string()).readonly(),
    labels: z.record(z.string(), z.array(z.string()).nonempty().readonly()).readonly(),
    /** Style to head, without its slot, to the share of right answers. */
    accuracy: z.record(z.string(), z.record(z.string(), z.number()).readonly()).readonly(),
  })
  .refine(({ heads, labels }) => Object.values(heads).every((name) => name in labels), 'a head has no labels')
  .readonly();
export type JudgeCard = z.infer<typeof judgeCardSchema>;

/** What the judge sees in a picture. */
export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  /** Logit: above 0 the picture is rather damaged than whole. */
  readonly damage: number;
}

export interface Judge {
  readonly card: JudgeCard;
  /** @param picture of the judge's size. */
  read(picture: Picture): Promise<Reading>;
  dispose(): Promise<void>;
}

/** Open `judge.onnx` with its card.
 * @throws {InferenceError} MODEL_MISSING or MODEL_INVALID; ZodError when the card is another one. */
export async function openJudge(folder: string, threads?: number): Promise<Judge> {
  const file = join(folder, 'judge.json');
  if (!existsSync(file)) {
    throw new InferenceError('MODEL_MISSING', `${file} is missing: expected what training the judge writes.`, { file });
  }
  const card = judgeCardSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { size } = card;
  const session = await openOnnxFile(join(folder, 'judge.onnx'), {
    inputs: [{ name: 'pixels', type: 'float32', shape: [1, 3, size, size] }],
    outputs: [{ name: 'logits', type: 'float32', shape: [1, countLogits(card)] }],
    threads,
  });
  return {
    card,
    async read(picture) {
      const shape = [1, 3, picture.height, picture.width];
      const outputs = await session.run({ pixels: { shape, data: pictureToPixels(picture) } });
      return readLogits(card, floatOutput(outputs, 'logits'));
    },
    dispose: () => session.dispose(),
  };
}

/** The likeliest label of every head.
 * @param logits float32 [sum of the heads' labels + 1], the damage logit last. */
export function readLogits({ heads, labels }: JudgeCard, logits: Float32Array): Reading {
  let start = 0;
  const read = Object.entries(heads).map(([head, name]) => {
    const words = labels[name] ?? [];
    const values = logits.subarray(start, start + words.length);
    start += words.length;
    return [head, words[values.indexOf(Math.max(...values))] ?? ''];
  });
  return { labels: Object.fromEntries(read), damage: logits[start] ?? Number.NaN };
}

/** The heads that are right often enough in a style to be believed there. */
export function believedHeads({ heads, accuracy }: JudgeCard, style: string): readonly string[] {
  return Object.keys(heads).filter((head) => (accuracy[style]?.[accuracyKeyOf(head)] ?? 0) >= LEAST_ACCURACY);
}

/** The three slots share one accuracy: `left.noun` is found under `noun`. */
export function accuracyKeyOf(head: string): string {
  return head.replace(/^(?:left|center|right)\./, '');
}

function countLogits({ heads, labels }: JudgeCard): number {
  return Object.values(heads).reduce((sum, name) => sum + (labels[name]?.length ?? 0), 1);
}
