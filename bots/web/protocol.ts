import * as z from 'zod/mini';

/** What the page and its server say to each other. The page parses what it receives with these schemas. */

const number = z.int();

const problemSchema = z.object({ code: z.string(), message: z.string() });
export type Problem = z.infer<typeof problemSchema>;

const modeSchema = z.enum(['edit', 'generate']);
export type Mode = z.infer<typeof modeSchema>;

const lineageViewSchema = z.object({
  parent: z.nullable(number),
  mode: modeSchema,
  base: z.nullable(number),
  references: z.array(number),
  instruction: z.string(),
  description: z.string(),
  prompt: z.string(),
  adapter: z.string(),
  seed: number,
  steps: z.optional(number),
  model: z.string(),
  engine: z.string(),
  timingsMs: z.record(z.string(), z.number()),
  warnings: z.array(z.string()),
});
export type LineageView = z.infer<typeof lineageViewSchema>;

export const imageViewSchema = z.object({
  number,
  turnId: z.string(),
  kind: z.enum(['input', 'result']),
  status: z.enum(['ready', 'failed']),
  /** Why a failed image could not be used. */
  reason: z.optional(problemSchema),
  /** null exactly for failed images. */
  url: z.nullable(z.string()),
  altText: z.string(),
  widthPx: z.optional(number),
  heightPx: z.optional(number),
  /** Whether "it" means this image. */
  isCurrent: z.boolean(),
  lineage: z.optional(lineageViewSchema),
  /** Sentences about a result: what it cost, and that another engine made it. */
  remarks: z.optional(z.array(z.string())),
});
export type ImageView = z.infer<typeof imageViewSchema>;

const interpretationViewSchema = z.object({
  mode: z.enum(['edit', 'generate', 'clarify', 'chat']),
  base: z.nullable(number),
  references: z.array(number),
  instruction: z.string(),
  description: z.string(),
  keep: z.array(z.string()),
  aspect: z.optional(z.string()),
  count: number,
  altText: z.string(),
  language: z.string(),
  confidence: z.number(),
  question: z.optional(z.string()),
});
export type InterpretationView = z.infer<typeof interpretationViewSchema>;

const turnStatusViewSchema = z.enum([
  'received',
  'interpreting',
  'asked',
  'queued',
  'rendering',
  'delivering',
  'done',
  'failed',
  'cancelled',
]);

/** Where the work of a turn is; absent fields are not known (yet). */
const progressFields = {
  /** 1 is the next one. */
  queuePosition: z.optional(number),
  /** Denoising steps done. */
  step: z.optional(number),
  steps: z.optional(number),
};

export const turnViewSchema = z.object({
  id: z.string(),
  /** The short name people see, for example `#a7f3`. */
  reference: z.string(),
  kind: z.enum(['request', 'again', 'word']),
  status: turnStatusViewSchema,
  /** Whether asking for it once more makes sense: it ended, and was not refused. */
  canRetry: z.boolean(),
  text: z.string(),
  chosenMode: z.optional(modeSchema),
  /** Numbers of the images that the message brought or pointed at. */
  attached: z.array(number),
  interpretation: z.optional(interpretationViewSchema),
  resultNumbers: z.array(number),
  reply: z.optional(z.string()),
  error: z.optional(problemSchema),
  /** A sentence about how it was read, where people should check it. */
  note: z.optional(z.string()),
  /** A sentence about what the pictures that are being made will cost. */
  cost: z.optional(z.string()),
  /** Id of the engine that makes, or made, the newest picture. */
  engine: z.optional(z.string()),
  receivedAt: z.number(),
  endedAt: z.optional(z.number()),
  ...progressFields,
});
export type TurnView = z.infer<typeof turnViewSchema>;

export const conversationViewSchema = z.object({
  id: z.string(),
  /** Grows with every change; `GET …/events?after=revision` leaves out what the reader has. */
  revision: number,
  images: z.array(imageViewSchema),
  turns: z.array(turnViewSchema),
});
export type ConversationView = z.infer<typeof conversationViewSchema>;

export const progressViewSchema = z.object({ turnId: z.string(), ...progressFields });
export type ProgressView = z.infer<typeof progressViewSchema>;

export const previewViewSchema = z.object({ turnId: z.string(), dataUrl: z.string() });
export type PreviewView = z.infer<typeof previewViewSchema>;

export const createdSchema = z.object({ id: z.string() });
export type Created = z.infer<typeof createdSchema>;

export const acceptedSchema = z.object({
  turnId: z.string(),
  images: z.array(z.object({ number, status: z.enum(['ready', 'failed']) })),
});
export type Accepted = z.infer<typeof acceptedSchema>;

const priceViewSchema = z.object({
  /** ISO 4217. */
  currency: z.string(),
  perImage: z.number(),
  /** For each image that goes in. */
  perInput: z.number(),
});

const engineViewSchema = z.object({
  id: z.string(),
  /** Name and version of its model. */
  model: z.optional(z.string()),
  /** Base included. */
  maxImages: number,
  /** What one picture is thought to cost; absent where that is nothing, or not known. */
  price: z.optional(priceViewSchema),
  /** Whether it makes what nobody chooses anything else for. */
  isDefault: z.boolean(),
});
export type EngineView = z.infer<typeof engineViewSchema>;

export const enginesViewSchema = z.object({ engines: z.array(engineViewSchema) });
export type EnginesView = z.infer<typeof enginesViewSchema>;

const sampleViewSchema = z.object({ name: z.string(), url: z.string(), altText: z.string() });
export type SampleView = z.infer<typeof sampleViewSchema>;

export const samplesViewSchema = z.object({
  samples: z.array(sampleViewSchema),
  /** Requests to try with one click; `samples` names the pictures in order. */
  examples: z.array(z.object({ text: z.string(), samples: z.array(z.string()) })),
});
export type SamplesView = z.infer<typeof samplesViewSchema>;

export const failureSchema = problemSchema;
