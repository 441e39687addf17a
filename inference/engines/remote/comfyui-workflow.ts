import { z } from 'zod';

const nodeSchema = z.looseObject({
  class_type: z.string().min(1),
  inputs: z.record(z.string(), z.unknown()),
  _meta: z.looseObject({ title: z.string().optional() }).optional(),
});
const graphSchema = z.record(z.string(), nodeSchema);
export type ComfyGraph = Readonly<Record<string, z.infer<typeof nodeSchema>>>;

/** What a node titled `Easel …` is for, and the inputs of a node in which that is looked for. */
const INPUTS = {
  prompt: ['text', 'prompt', 't5xxl', 'clip_l', 'string', 'value'],
  seed: ['seed', 'noise_seed', 'int', 'value'],
  steps: ['steps', 'int', 'value'],
  guidance: ['guidance', 'cfg', 'float', 'value'],
  width: ['width', 'int', 'value'],
  height: ['height', 'int', 'value'],
} as const;
type Role = keyof typeof INPUTS;

interface Slot {
  readonly node: string;
  readonly inputs: readonly string[];
}

/** A workflow as ComfyUI exports it for its API, with the places where a request goes in. */
export interface ComfyWorkflow {
  readonly graph: ComfyGraph;
  readonly slots: Readonly<Partial<Record<Role, readonly Slot[]>>>;
  /** By position, from image 1. */
  readonly images: readonly { readonly node: string; readonly isOptional: boolean }[];
  /** Node whose picture is the result; undefined: the one that saves a picture. */
  readonly output: string | undefined;
  /** Nodes whose progress is that of the picture. */
  readonly samplers: ReadonlySet<string>;
}

export interface WorkflowValues {
  readonly prompt: string;
  readonly seed: number;
  readonly steps?: number | undefined;
  readonly guidance?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Names of uploaded images, in order. */
  readonly images: readonly string[];
}

/** @returns what is wrong with it, as a sentence, when it cannot be used. */
export function readWorkflow(json: unknown): ComfyWorkflow | { readonly problem: string } {
  if (typeof json === 'object' && json !== null && 'nodes' in json && Array.isArray(json.nodes)) {
    return { problem: 'it is a workflow as the page saves it; use Export (API) in ComfyUI’s menu' };
  }
  const parsed = graphSchema.safeParse(json);
  if (!parsed.success) return { problem: 'it is no workflow in API form: every node needs class_type and inputs' };
  const graph = parsed.data;
  const slots: Partial<Record<Role, Slot[]>> = {};
  const images = new Map<number, { readonly node: string; readonly isOptional: boolean }>();
  let output: string | undefined;

  for (const [node, { inputs, _meta }] of Object.entries(graph)) {
    for (const role of rolesOf(_meta?.title)) {
      const image = /^image (\d+)( optional)?$/.exec(role);
      if (role === 'output') output = node;
      else if (image !== null) {
        if (!('image' in inputs)) return { problem: `the node “${_meta?.title}” has no input named image` };
        images.set(Number(image[1]), { node, isOptional: image[2] !== undefined });
      } else if (isRole(role)) {
        const names = INPUTS[role].filter((name) => name in inputs && !isLink(inputs[name]));
        const [first] = names;
        if (first === undefined)
          return { problem: `the node “${_meta?.title}” has none of the inputs ${INPUTS[role].join(', ')}` };
        slots[role] = [...(slots[role] ?? []), { node, inputs: role === 'prompt' ? names : [first] }];
      } else
        return {
          problem: `the title “${_meta?.title}” names no part of a request: ${[...Object.keys(INPUTS), 'image 1', 'output'].join(', ')}`,
        };
    }
  }

  if (slots.prompt === undefined) return { problem: 'no node is titled “Easel prompt”' };
  const positions = [...images.keys()].toSorted((one, other) => one - other);
  if (positions.some((position, index) => position !== index + 1))
    return { problem: 'its image nodes are not numbered 1, 2, 3 …' };
  const inOrder = positions.flatMap((position) => images.get(position) ?? []);
  const firstOptional = inOrder.findIndex(({ isOptional }) => isOptional);
  if (firstOptional >= 0 && inOrder.slice(firstOptional).some(({ isOptional }) => !isOptional)) {
    return { problem: 'an optional image comes before one that is needed' };
  }
  const samplers = Object.entries(graph).filter(([, { class_type }]) => /sampler/i.test(class_type));
  return { graph, slots, images: inOrder, output, samplers: new Set(samplers.map(([node]) => node)) };
}

/** Numbers of images that a workflow takes: from the needed ones to all. */
export function imageCounts({ images }: ComfyWorkflow): { readonly min: number; readonly max: number } {
  return { min: images.filter(({ isOptional }) => !isOptional).length, max: images.length };
}

/** The graph of one request. Optional images that are not there are taken out, with what leads to them. */
export function fillWorkflow(workflow: ComfyWorkflow, values: WorkflowValues): ComfyGraph {
  const absent = new Set(workflow.images.slice(values.images.length).map(({ node }) => node));
  const graph = Object.fromEntries(
    Object.entries(structuredClone(workflow.graph))
      .filter(([node]) => !absent.has(node))
      .map(([id, node]) => {
        const inputs = Object.entries(node.inputs).filter(([, value]) => !(isLink(value) && absent.has(value[0])));
        return [id, { ...node, inputs: Object.fromEntries(inputs) }] as const;
      }),
  );
  for (const role of Object.keys(INPUTS).filter(isRole)) {
    const value = values[role];
    if (value === undefined) continue;
    for (const { node, inputs } of workflow.slots[role] ?? [])
      for (const name of inputs) setInput(graph, node, name, value);
  }
  for (const [index, name] of values.images.entries()) {
    const slot = workflow.images[index];
    if (slot !== undefined) setInput(graph, slot.node, 'image', name);
  }
  return graph;
}

/** The number that a workflow has for a role, for example its steps. */
export function numberOf({ graph, slots }: ComfyWorkflow, role: Role): number | undefined {
  const [slot] = slots[role] ?? [];
  const value = slot === undefined ? undefined : graph[slot.node]?.inputs[slot.inputs[0] ?? ''];
  return typeof value === 'number' ? value : undefined;
}

function setInput(
  graph: Record<string, z.infer<typeof nodeSchema>>,
  node: string,
  name: string,
  value: string | number,
): void {
  const target = graph[node];
  if (target !== undefined) target.inputs[name] = value;
}

/** `Easel seed, steps` -> seed and steps. Other titles are none of ours. */
function rolesOf(title = ''): readonly string[] {
  const roles = /^easel\s+(.+)$/i.exec(title.trim())?.[1];
  return roles === undefined ? [] : roles.split(',').map((role) => role.trim().toLowerCase().replace(/\s+/g, ' '));
}

function isRole(role: string): role is Role {
  return Object.hasOwn(INPUTS, role);
}

/** `[node, output]`: the value comes from another node. */
function isLink(value: unknown): value is readonly [string, number] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'number';
}
