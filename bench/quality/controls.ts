import type { Picture } from '../../inference/index.ts';
import type { Case, CasePictures } from './cases.ts';
import { damagePicture, seedOf } from './damage.ts';
import type { RoundTrip } from './round-trip.ts';

/** Share of the multi-reference edits that may pass (or must, for the upper two) before the judge is believed. */
export const CONTROLS = {
  /** The picture that is right. */
  target: { atLeast: 0.98 },
  /** It again, after our own autoencoder. */
  roundTrip: { atLeast: 0.98 },
  /** Image 1, untouched. */
  copyBase: { atMost: 0.05 },
  /** Image 2. */
  copyReference: { atMost: 0.05 },
  /** Rendered with the inputs reversed. */
  swapped: { atMost: 0.05 },
  /** Rendered by the base alone. */
  noAdapter: { atMost: 0.05 },
  /** The target with an attribute changed that nobody asked to change. */
  notKept: { atMost: 0.05 },
  /** The target, blurred or with a block of noise. */
  damaged: { atMost: 0.05 },
} as const satisfies Readonly<Record<string, { readonly atLeast: number } | { readonly atMost: number }>>;
export type ControlName = keyof typeof CONTROLS;
export const CONTROL_NAMES = Object.keys(CONTROLS) as readonly ControlName[];

export const RENDERED_CONTROLS = ['swapped', 'noAdapter'] as const satisfies readonly ControlName[];
export type RenderedControl = (typeof RENDERED_CONTROLS)[number];

/** Controls are tried on edits with a reference. */
export function hasControls({ group }: Case): boolean {
  return group === 'edits';
}

/** The pictures of the controls that need no render. */
export async function controlPictures(
  one: Case,
  { inputs, target, notKept }: CasePictures,
  roundTrip: RoundTrip,
): Promise<ReadonlyMap<ControlName, Picture>> {
  const [base, reference] = inputs;
  if (base === undefined || reference === undefined) throw new Error(`${one.id} is no edit with a reference.`);
  return new Map<ControlName, Picture>([
    ['target', target],
    ['roundTrip', await roundTrip.run(target)],
    ['copyBase', base],
    ['copyReference', reference],
    ['notKept', notKept],
    ['damaged', await damagePicture(target, seedOf(one.id))],
  ]);
}

/** Whether a share is on its side of the control's limit; a control that was not tried holds. */
export function controlHolds(name: ControlName, share: number | null): boolean {
  if (share === null) return true;
  const limit: { readonly atLeast?: number; readonly atMost?: number } = CONTROLS[name];
  return share >= (limit.atLeast ?? 0) && share <= (limit.atMost ?? 1);
}
