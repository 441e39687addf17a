import { z } from 'zod';

const BUTTON = 2;
const STRING_SELECT = 3;

const customId = z.string().min(1).max(100);
const buttonSchema = z.object({
  type: z.literal(BUTTON),
  custom_id: customId,
  label: z.string().min(1).max(80),
  style: z.int().optional(),
  emoji: z.object({ name: z.string() }).optional(),
});
const optionSchema = z.object({
  label: z.string().min(1).max(100),
  value: z.string().min(1).max(100),
  description: z.string().min(1).max(100).optional(),
  default: z.boolean().optional(),
});
const menuSchema = z
  .object({
    type: z.literal(STRING_SELECT),
    custom_id: customId,
    placeholder: z.string().max(150).optional(),
    min_values: z.int().min(0).max(25).default(1),
    max_values: z.int().min(1).max(25).default(1),
    options: z.array(optionSchema).min(1).max(25),
  })
  .refine(({ options }) => areUnique(options.map(({ value }) => value)), 'values repeat')
  .refine(({ min_values: min, max_values: max, options }) => min <= max && max <= options.length, 'too many to choose')
  .refine(({ max_values: max, options }) => options.filter((each) => each.default === true).length <= max, 'defaults');

export const componentSchema = z.union([buttonSchema, menuSchema]);

/** What Discord accepts below a message, as far as Easel uses it: five rows, each of up to five buttons or of one menu. */
export const rowsSchema = z
  .array(
    z
      .object({ type: z.literal(1), components: z.array(componentSchema).min(1).max(5) })
      .refine(
        ({ components }) => components.length === 1 || components.every(({ type }) => type === BUTTON),
        'a menu fills its row',
      ),
  )
  .max(5)
  .refine(
    (rows) => areUnique(rows.flatMap(({ components }) => components.map(({ custom_id: id }) => id))),
    'custom ids repeat',
  );

function areUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
