import type { Picture } from '../../inference/index.ts';
import { type Case, type CasePictures, type CaseSet, loadPictures } from './cases.ts';
import { type ControlName, controlPictures, hasControls, RENDERED_CONTROLS } from './controls.ts';
import { seedOf } from './damage.ts';
import type { Judge } from './open-judge.ts';
import { type CaseEngine, type RenderCaseOptions, type Rendered, renderCase } from './render-case.ts';
import type { RoundTrip } from './round-trip.ts';
import { decide, examine, type Findings, failedVerdict, type Verdict } from './verdict.ts';

export interface RunDeps {
  readonly judge: Judge;
  readonly roundTrip: RoundTrip;
  /** Undefined: the pictures of the controls are judged, nothing is rendered. */
  readonly engine: CaseEngine | undefined;
}

export interface RunOptions {
  readonly casesFolder: string;
  readonly steps?: number | undefined;
}

/** A picture and what the judge said of it. */
export interface JudgedPicture {
  /** Null: the render crashed. */
  readonly picture: Picture | null;
  /** Null with it. */
  readonly findings: Findings | null;
  readonly verdict: Verdict;
  readonly seconds: number | null;
  readonly adapter: string | null;
  readonly warnings: readonly string[];
}

export interface CaseRecord {
  readonly case: Case;
  readonly seed: number;
  readonly pictures: CasePictures;
  /** Null where nothing is rendered. */
  readonly output: JudgedPicture | null;
  readonly controls: ReadonlyMap<ControlName, JudgedPicture>;
}

/** Render and judge one case with its controls. A crash is a failed case, never the end of the run. */
export async function runCase(
  { judge, roundTrip, engine }: RunDeps,
  set: CaseSet,
  one: Case,
  { casesFolder, steps }: RunOptions,
): Promise<CaseRecord> {
  const pictures = await loadPictures(casesFolder, set.size, one);
  const judged = async (picture: Picture): Promise<JudgedPicture> => {
    const findings = await examine(judge, one, { base: pictures.inputs[0], target: pictures.target, picture });
    const verdict = decide(one, judge.card, findings);
    return { picture, findings, verdict, seconds: null, adapter: null, warnings: [] };
  };
  const rendered = async (from: CaseEngine, options: RenderCaseOptions): Promise<JudgedPicture> => {
    const result = await renderCase(from, one, pictures, options);
    if (result.kind === 'crashed') return crashed(result);
    const { picture, seconds, adapter, warnings } = result;
    return { ...(await judged(picture)), seconds, adapter, warnings };
  };

  const output = engine === undefined ? null : await rendered(engine, { steps });
  const controls = new Map<ControlName, JudgedPicture>();
  if (hasControls(one)) {
    for (const [name, picture] of await controlPictures(one, pictures, roundTrip)) {
      controls.set(name, await judged(picture));
    }
    if (engine !== undefined) {
      for (const control of RENDERED_CONTROLS) controls.set(control, await rendered(engine, { steps, control }));
    }
  }
  return { case: one, seed: seedOf(one.id), pictures, output, controls };
}

function crashed({ problem }: Extract<Rendered, { kind: 'crashed' }>): JudgedPicture {
  return { picture: null, findings: null, verdict: failedVerdict(problem), seconds: null, adapter: null, warnings: [] };
}
