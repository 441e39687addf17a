import { createHash } from 'node:crypto';
import { FormData } from 'undici';
import { z } from 'zod';
import { InferenceError } from '../../errors.ts';
import { checkRequest } from '../check-request.ts';
import type { Engine, EngineDescription, EngineRenderOptions, EngineResult } from '../engine.ts';
import type { ImageRequest } from '../image-request.ts';
import { createRemoteClient, type RemoteClient } from './client.ts';
import { runComfyPrompt } from './comfyui-run.ts';
import {
  type ComfyWorkflow,
  fillWorkflow,
  imageCounts,
  numberOf,
  readWorkflow,
  type WorkflowValues,
} from './comfyui-workflow.ts';
import { remoteFailure } from './failure.ts';
import { contentTypeOf } from './fit-inputs.ts';
import { readPicture } from './picture.ts';
import { writePrompt } from './prompt-template.ts';
import { rememberReadiness } from './readiness.ts';
import { remoteOptions, webAddress } from './remote-options.ts';
import { failureOfStatus } from './status.ts';
import { unmetWishes } from './unmet-wishes.ts';
import { aspectWarning, sizeFor, sizeRuleSchema, wantedAspect } from './wanted-size.ts';

/** A ComfyUI server with workflows of its owner. */
export const comfyUiSchema = z
  .strictObject({
    kind: z.literal('comfyui'),
    ...remoteOptions,
    /** Counted from the workflows. */
    maxImages: z.undefined().optional(),
    baseUrl: webAddress,
    /** What people are told; ComfyUI does not say. */
    model: z.string().min(1).default('ComfyUI workflow'),
    /** Parsed JSON of workflows in API form: the first that takes the number of images is used. */
    workflows: z.array(z.unknown()).min(1).readonly(),
    /** For workflows with nodes for width and height. */
    size: sizeRuleSchema.default({ rule: 'free', pixels: 1_048_576, multiple: 16, maxRatio: 4 }),
    timeoutMs: z.int().min(100).max(3_600_000).default(600_000),
    /** ComfyUI works on one after the other. */
    atOnce: z.int().min(1).max(64).default(1),
  })
  .readonly();
export type ComfyUiOptions = z.infer<typeof comfyUiSchema>;

const uploadSchema = z.object({ name: z.string().min(1), subfolder: z.string().default('') });

/** Pictures by a ComfyUI server: upload, queue, listen, fetch. @throws {InferenceError} ENGINE_MISCONFIGURED (workflows) */
export function createComfyUiEngine(options: ComfyUiOptions): Engine {
  const workflows = options.workflows.map((json, index) => usable(json, index, options.id));
  const client = createRemoteClient({
    engine: options.id,
    baseUrl: options.baseUrl,
    apiKey: options.apiKey,
    allowPrivate: options.allowPrivate,
    timeoutMs: Math.min(options.timeoutMs, 60_000),
  });
  const description = describe(options, workflows);

  async function valuesOf(
    request: ImageRequest,
    aspect: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<WorkflowValues> {
    const size = sizeFor(options.size, aspect);
    const { seed, steps, guidance, images } = request;
    const prompt = writePrompt(options.template, request);
    const names: string[] = [];
    for (const bytes of images) names.push(await upload(client, bytes, signal));
    return { prompt, seed, steps, guidance, width: size?.width, height: size?.height, images: names };
  }

  return {
    description,

    async render(request, { signal, onStep }: EngineRenderOptions = {}): Promise<EngineResult> {
      const started = performance.now();
      const checked = checkRequest(request, description.maxImages);
      const workflow = workflowFor(workflows, checked.images.length, options.id);
      const aspect = await wantedAspect(checked);
      const graph = fillWorkflow(workflow, await valuesOf(checked, aspect, signal));
      const bytes = await runComfyPrompt(client, { graph, workflow, timeoutMs: options.timeoutMs }, { signal, onStep });
      const picture = await readPicture(client, bytes);
      const steps = workflow.slots.steps === undefined ? undefined : (checked.steps ?? numberOf(workflow, 'steps'));
      return {
        images: [picture],
        ...(steps === undefined ? {} : { steps }),
        warnings: [
          ...unmetWishes(description, checked),
          ...aspectWarning({ width: picture.widthPx, height: picture.heightPx }, aspect),
        ],
        timingsMs: { total: performance.now() - started },
      };
    },

    ready: rememberReadiness(() => requireNodes(client, workflows)),

    dispose: () => client.close(),
  };
}

function usable(json: unknown, index: number, engine: string): ComfyWorkflow {
  const workflow = readWorkflow(json);
  if (!('problem' in workflow)) return workflow;
  const message = `${engine}: workflow ${index + 1} cannot be used: ${workflow.problem}.`;
  throw new InferenceError('ENGINE_MISCONFIGURED', message, { engine, reason: 'workflow' });
}

function workflowFor(workflows: readonly ComfyWorkflow[], count: number, engine: string): ComfyWorkflow {
  const fitting = workflows.find((each) => imageCounts(each).min <= count && count <= imageCounts(each).max);
  if (fitting !== undefined) return fitting;
  const accepted = workflows.map(imageCounts).map(({ min, max }) => (min === max ? `${min}` : `${min}-${max}`));
  throw remoteFailure('ENGINE_CANNOT', { engine, count, accepted: accepted.join(', ') });
}

/** Named by its content: the same picture lies on the server once, however often it is used. */
async function upload(client: RemoteClient, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<string> {
  const type = contentTypeOf(bytes);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  const form = new FormData();
  form.append('image', new Blob([Uint8Array.from(bytes)], { type }), `easel-${hash}.${type.replace('image/', '')}`);
  form.append('type', 'input');
  form.append('overwrite', 'true');
  const answer = await client.send({ path: 'upload/image', method: 'POST', form, signal, hasEffect: false });
  if (answer.status !== 200) throw failureOfStatus(client, answer);
  const { name, subfolder } = client.read(answer, uploadSchema);
  return subfolder === '' ? name : `${subfolder}/${name}`;
}

/** Every kind of node of the workflows must be installed there. */
async function requireNodes(client: RemoteClient, workflows: readonly ComfyWorkflow[]): Promise<void> {
  const kinds = new Set(workflows.flatMap(({ graph }) => Object.values(graph).map(({ class_type }) => class_type)));
  for (const kind of kinds) {
    const path = `object_info/${encodeURIComponent(kind)}`;
    const answer = await client.send({ path, hasEffect: false, timeoutMs: 10_000 });
    if (answer.status !== 200) throw failureOfStatus(client, answer);
    const known = client.read(answer, z.record(z.string(), z.unknown()));
    if (!Object.hasOwn(known, kind)) throw client.failure('ENGINE_MISCONFIGURED', 'workflow', answer);
  }
}

function describe(options: ComfyUiOptions, workflows: readonly ComfyWorkflow[]): EngineDescription {
  const every = (role: keyof ComfyWorkflow['slots']) => workflows.every(({ slots }) => slots[role] !== undefined);
  const [first] = workflows;
  const hasSize = every('width') && every('height');
  return {
    id: options.id,
    model: options.model,
    licence: options.licence,
    attribution: options.attribution,
    maxImages: Math.max(1, ...workflows.map((workflow) => imageCounts(workflow).max)),
    defaultSteps: every('steps') && first !== undefined ? (numberOf(first, 'steps') ?? null) : null,
    guidance: { kind: 'none', default: 1 },
    size:
      hasSize && options.size.rule === 'free'
        ? { rule: 'free', multiple: options.size.multiple, native: [] }
        : { rule: 'unknown', multiple: 1, native: [] },
    adapters: [],
    seed: every('seed'),
    cancel: true,
    progress: true,
    previews: true,
    atOnce: options.atOnce,
  };
}
