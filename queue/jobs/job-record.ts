import { z } from 'zod';
import { deliveryIdSchema, interpretIdSchema, renderIdSchema } from '../../core/ids.ts';
import type { JobInput, QueueName } from '../../core/ports.ts';
import { deliverJobSchema, interpretJobSchema, renderJobSchema } from '../../core/render.ts';

export const jobIdSchema = z.union([interpretIdSchema, renderIdSchema, deliveryIdSchema]);

const recordSchema = z.object({
  /** Tells one life of a job id from the next, so that cancelling the first does not stop the second. */
  incarnation: z.uuid(),
  input: z.unknown(),
});

/** What the queue stores of a job. */
export interface JobRecord {
  readonly incarnation: string;
  readonly input: JobInput;
}

/** @throws ZodError when the queue holds something else. */
export function parseJobRecord(queue: QueueName, data: unknown): JobRecord {
  const { incarnation, input } = recordSchema.parse(data);
  return { incarnation, input: inputSchemaOf(queue).parse(input) };
}

function inputSchemaOf(queue: QueueName): z.ZodType<JobInput> {
  if (queue === 'interpret') return interpretJobSchema;
  return queue.startsWith('render-') ? renderJobSchema : deliverJobSchema;
}
