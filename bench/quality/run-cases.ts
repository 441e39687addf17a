import type { EngineRequest } from '../../core/ports.ts';
import { encodePng, type Picture } from '../../inference/index.ts';
import type { VlmJudge, VlmVerdict } from '../vlm-judge/judge-result.ts';
import { type Asked, type AskOptions, askCase, canonicalRequest, straightRequest } from './ask.ts';
import type { Case, CasePictures } from './cases.ts';
import { type Confusion, confusionOf } from './confusion.ts';
import { CONTROL_NAMES, type ControlName, controlPictures, RENDERED_CONTROLS } from './controls.ts';
import type { Judge, Reading } from './open-judge.ts';
import { type CaseEngine, controlRequest, renderCase } from './render-case.ts';
import type { RoundTrip } from './round-trip.ts';
import type { Judged } from './summary.ts';
import { decide, examine, type Findings, failedVerdict, type Verdict } from './verdict.ts';

export interface RunOptions {
  readonly steps?: number | undefined;
}

/** A picture and what the judge said of it. */
export interface JudgedPicture {
  /** Null: the render crashed, or nothing was asked. */
  readonly picture: Picture | null;
  /** Null with it, as the next one. */
  readonly findings: Findings | null;
  readonly confusion: Confusion | null;
  readonly verdict: Verdict;
  readonly seconds: number | null;
  readonly adapter: string | null;
  readonly warnings: readonly string[];
}

/** What a system made of a case. */
export type Output = JudgedPicture & {
  /** The words of the person. */
  readonly text: string;
  readonly reading: Extract<Asked, { readonly kind: 'asked' }>['reading'];
  /** What a chat model says of it; null where none was asked, or there is no picture. */
  readonly vlm: VlmVerdict | null;
};

export type CaseDeps = AskOptions & {
  readonly judge: Judge;
  readonly engine: CaseEngine;
  readonly vlmJudge?: VlmJudge | undefined;
};

/** An output with its case. */
export type JudgedOutput = Output & { readonly case: Case };

/** A case with what every system made of it, by the system's name. */
export interface CaseRecord {
  readonly case: Case;
  readonly seed: number;
  readonly pictures: CasePictures;
  readonly outputs: ReadonlyMap<string, Output>;
  readonly controls: ReadonlyMap<ControlName, JudgedPicture>;
}

/** Ask, render and judge one case. A crash is a failed case, never the end of the run. */
export async function runCase(
  { judge, engine, vlmJudge, ...asking }: CaseDeps,
  one: Case,
  pictures: CasePictures,
  options: RunOptions,
): Promise<Output> {
  const images = await Promise.all(pictures.inputs.map(encodePng));
  const asked = await askCase(one, images, asking);
  const { text } = asked;
  if (asked.kind === 'unread') return { ...withoutPicture(asked.problem), text, reading: null, vlm: null };
  const looking = await look(judge, one, pictures);
  const judged = await renderAndJudge(engine, withSteps(asked.request, options), looking);
  const { mode } = one;
  const vlm =
    judged.picture === null
      ? null
      : await vlmJudge?.judge({
          mode,
          text: canonicalRequest(one),
          inputs: images,
          output: await encodePng(judged.picture),
        });
  return { ...judged, text, reading: asked.reading, vlm: vlm ?? null };
}

/** Judge what must pass and what must not. @param deps.engine undefined: the controls that need no render. */
export async function runControls(
  {
    judge,
    roundTrip,
    engine,
  }: { readonly judge: Judge; readonly roundTrip: RoundTrip; readonly engine: CaseEngine | undefined },
  one: Case,
  pictures: CasePictures,
  options: RunOptions,
): Promise<ReadonlyMap<ControlName, JudgedPicture>> {
  const controls = new Map<ControlName, JudgedPicture>();
  const looking = await look(judge, one, pictures);
  for (const [name, picture] of await controlPictures(one, pictures, roundTrip)) {
    controls.set(name, { ...(await judgePicture(picture, looking)), seconds: null, adapter: null, warnings: [] });
  }
  if (engine === undefined) return controls;
  const images = await Promise.all(pictures.inputs.map(encodePng));
  const request = withSteps(straightRequest(one, canonicalRequest(one), images), options);
  for (const control of RENDERED_CONTROLS) {
    controls.set(control, await renderAndJudge(engine, controlRequest(request, control), looking));
  }
  return controls;
}

/** A judge before a case. */
interface Looking {
  readonly judge: Judge;
  readonly case: Case;
  readonly pictures: CasePictures;
  /** What it reads in the inputs. */
  readonly seen: readonly Reading[];
}

async function look(judge: Judge, one: Case, pictures: CasePictures): Promise<Looking> {
  const seen: Reading[] = [];
  for (const input of pictures.inputs) seen.push(await judge.read(input));
  return { judge, case: one, pictures, seen };
}

async function renderAndJudge(engine: CaseEngine, request: EngineRequest, looking: Looking): Promise<JudgedPicture> {
  const rendered = await renderCase(engine, request, looking.pictures.target);
  if (rendered.kind === 'crashed') return withoutPicture(rendered.problem);
  const { picture, seconds, warnings } = rendered;
  return { ...(await judgePicture(picture, looking)), seconds, adapter: request.adapter, warnings };
}

async function judgePicture(picture: Picture, { judge, case: one, pictures, seen }: Looking) {
  const findings = await examine(judge, one, { base: pictures.inputs[0], target: pictures.target, picture });
  const confusion = confusionOf(one, judge.card, pictures, { picture, reading: findings.reading, seen });
  return { picture, findings, confusion, verdict: decide(one, judge.card, findings) };
}

function withSteps(request: EngineRequest, { steps }: RunOptions): EngineRequest {
  return steps === undefined ? request : { ...request, steps };
}

function withoutPicture(problem: string): JudgedPicture {
  const nothing = { picture: null, findings: null, confusion: null, seconds: null, adapter: null, warnings: [] };
  return { ...nothing, verdict: failedVerdict(problem) };
}

/** The outputs of one system. */
export function outputsOf(records: readonly CaseRecord[], system: string): readonly JudgedOutput[] {
  return records.flatMap(({ case: one, outputs }) => {
    const output = outputs.get(system);
    return output === undefined ? [] : [{ case: one, ...output }];
  });
}

/** What the judge said of every control. */
export function judgedControls(records: readonly CaseRecord[]): ReadonlyMap<ControlName, readonly Judged[]> {
  return new Map(
    CONTROL_NAMES.map((name) => [
      name,
      records.flatMap(({ case: one, controls }) => {
        const found = controls.get(name);
        return found === undefined ? [] : [{ case: one, verdict: found.verdict }];
      }),
    ]),
  );
}
