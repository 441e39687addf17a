import { z } from 'zod';

const plainText = (limit: number) =>
  z.object({ type: z.literal('plain_text'), text: z.string().min(1).max(limit), emoji: z.boolean().optional() });
const mrkdwn = z.object({ type: z.literal('mrkdwn'), text: z.string().min(1).max(3000) });

const button = z.object({
  type: z.literal('button'),
  action_id: z.string().min(1).max(255),
  text: plainText(75),
  value: z.string().max(2000),
});

const option = z.object({
  text: plainText(75),
  value: z.string().min(1).max(150),
  description: plainText(75).optional(),
});
const menu = {
  action_id: z.string().min(1).max(255),
  placeholder: plainText(150),
  options: z.array(option).min(1).max(100),
};
const select = z
  .object({ ...menu, type: z.literal('static_select'), initial_option: option.optional() })
  .refine(({ options, initial_option: initial }) => areAmong(initial === undefined ? [] : [initial], options));
const multiSelect = z
  .object({
    ...menu,
    type: z.literal('multi_static_select'),
    initial_options: z.array(option).min(1).optional(),
    max_selected_items: z.int().min(1).optional(),
  })
  .refine(({ options, initial_options: initial = [] }) => areAmong(initial, options))
  .refine(({ initial_options: initial = [], max_selected_items: most = 100 }) => initial.length <= most);

const blockId = { block_id: z.string().min(1).max(255).optional() };
const block = z.discriminatedUnion('type', [
  z.object({
    ...blockId,
    type: z.literal('section'),
    text: z.union([plainText(3000), mrkdwn]),
    accessory: multiSelect.optional(),
  }),
  z.object({
    ...blockId,
    type: z.literal('context'),
    elements: z
      .array(z.union([plainText(3000), mrkdwn]))
      .min(1)
      .max(10),
  }),
  z.object({
    ...blockId,
    type: z.literal('actions'),
    elements: z
      .array(z.union([button, select]))
      .min(1)
      .max(25),
  }),
]);

const blocksSchema = z
  .array(block)
  .max(50)
  .refine((blocks) => areUnique(blocks.flatMap((each) => each.block_id ?? [])), 'block ids repeat')
  .refine(
    (blocks) =>
      areUnique(blocks.flatMap((each) => (each.type === 'actions' ? each.elements : [])).map((each) => each.action_id)),
    'action ids repeat',
  );

export type FakeBlock = z.infer<typeof block>;

/** What Slack accepts as blocks of a message, as far as Easel uses them. @returns undefined for what Slack refuses. */
export function checkBlocks(json: string | undefined): readonly FakeBlock[] | undefined {
  return blocksSchema.safeParse(JSON.parse(json ?? '[]')).data;
}

/** Slack takes as chosen only what is, word for word, an option. */
function areAmong(chosen: readonly z.infer<typeof option>[], options: readonly z.infer<typeof option>[]): boolean {
  const offered = options.map((each) => JSON.stringify(each));
  return chosen.every((each) => offered.includes(JSON.stringify(each)));
}

function areUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
