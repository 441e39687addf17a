import { describe, expect, it } from 'vitest';
import { canonicalRequest } from '../../../bench/quality/ask.ts';
import { controlHolds } from '../../../bench/quality/controls.ts';
import { seedOf } from '../../../bench/quality/damage.ts';
import type { RequestReader } from '../../../bench/quality/read-request.ts';
import type { CaseEngine } from '../../../bench/quality/render-case.ts';
import type { RoundTrip } from '../../../bench/quality/round-trip.ts';
import { runCase, runControls } from '../../../bench/quality/run-cases.ts';
import { casualRequest } from '../../../bench/quality/wording/casual.ts';
import { AppError } from '../../../core/errors.ts';
import type { EngineRequest } from '../../../core/ports.ts';
import { decodeImage, encodePng } from '../../../inference/index.ts';
import { casePictures, editCase, fakeJudge, rightReading } from '../../support/builders/quality-case.ts';

const pictures = casePictures(64);
const roundTrip: RoundTrip = { run: async (picture) => picture, dispose: async () => undefined };
/** Content with whatever it sees. */
const judge = fakeJudge(() => rightReading());
/** Draws the target, unless it is told to fail; remembers what it was asked. */
function fakeEngine(failure?: Error) {
  const requests: EngineRequest[] = [];
  const render: CaseEngine['render'] = async (request) => {
    requests.push(request);
    if (failure) throw failure;
    const bytes = await encodePng(pictures.target);
    const image = { bytes, contentType: 'image/png', widthPx: 64, heightPx: 64 };
    return { images: [image], steps: 4, warnings: [], timingsMs: {} };
  };
  return { engine: { render }, requests };
}

const asking = { wording: 'canonical' } as const;

describe('a case', () => {
  it('is asked in the words of training, with the adapter by the rule and a seed of its own', async () => {
    const { engine, requests } = fakeEngine();
    const output = await runCase({ judge, engine, ...asking }, editCase(), pictures, { steps: 4 });

    const text = editCase().instruction;
    const [request] = requests;
    expect(request).toMatchObject({ mode: 'edit', prompt: text, adapter: 'edit', seed: seedOf('edits-000'), steps: 4 });
    expect(request?.reading).toEqual({ instruction: text, description: '', keep: [] });
    expect(requests).toHaveLength(1);
    expect(output).toMatchObject({ text, reading: null, adapter: 'edit', verdict: { passed: true } });
    const first = await decodeImage(request?.images[0] ?? new Uint8Array());
    expect(Buffer.from(first.data).equals(pictures.inputs[0]?.data ?? first.data)).toBe(true);
  });

  it('is asked in the words of people, as it would be typed', async () => {
    const { engine, requests } = fakeEngine();
    const output = await runCase({ judge, engine, wording: 'casual' }, editCase(), pictures, {});
    expect(output.text).toBe(casualRequest(editCase()));
    expect(requests[0]).toMatchObject({ mode: 'edit', prompt: output.text, adapter: 'edit' });
  });

  it('renders what was read, wrong as it may be', async () => {
    const { engine, requests } = fakeEngine();
    const wrong = { mode: 'edit', base: 2, references: [1], instruction: 'x', description: '', byRules: true } as const;
    const reader: RequestReader = {
      name: 'rules',
      read: async (_text, images) => ({
        kind: 'read',
        request: { mode: 'edit', prompt: 'x', adapter: 'edit', images: images.toReversed() },
        reading: wrong,
      }),
      dispose: async () => undefined,
    };
    const output = await runCase({ judge, engine, reader, wording: 'casual' }, editCase(), pictures, {});
    expect(requests[0]).toMatchObject({ prompt: 'x', seed: seedOf('edits-000') });
    const base = await decodeImage(requests[0]?.images[0] ?? new Uint8Array());
    expect(Buffer.from(base.data).equals(pictures.inputs[1]?.data ?? base.data)).toBe(true);
    expect(output).toMatchObject({ reading: wrong, text: casualRequest(editCase()) });
  });

  it('fails without a render where the words were answered with a question', async () => {
    const { engine, requests } = fakeEngine();
    const reader: RequestReader = {
      name: 'rules',
      read: async () => ({ kind: 'unread', problem: 'nothing to make: Which one?' }),
      dispose: async () => undefined,
    };
    const output = await runCase({ judge, engine, reader, wording: 'casual' }, editCase(), pictures, {});
    expect(requests).toEqual([]);
    expect(output.verdict.problems).toEqual(['nothing to make: Which one?']);
  });

  it('fails and says why when the engine crashes', async () => {
    const { engine } = fakeEngine(new AppError('INFERENCE_CHILD_DIED', {}));
    const output = await runCase({ judge, engine, ...asking }, editCase(), pictures, {});
    expect(output).toMatchObject({ picture: null, verdict: { passed: false } });
    expect(output.verdict.problems[0]).toMatch(/^crashed: .*\(INFERENCE_CHILD_DIED\)$/);
  });

  it('asks for the description where there is no instruction', () => {
    expect(canonicalRequest(editCase({ instruction: '' }))).toBe(editCase().description);
    expect(canonicalRequest(editCase())).toBe(editCase().instruction);
  });
});

describe('the controls of a case', () => {
  it('are rendered with the inputs reversed and without an adapter, beside those that need no render', async () => {
    const { engine, requests } = fakeEngine();
    const controls = await runControls({ judge, roundTrip, engine }, editCase(), pictures, {});
    const [swapped, noAdapter] = requests;
    expect(swapped).toMatchObject({ adapter: 'edit', images: noAdapter?.images.toReversed() });
    expect(noAdapter).toMatchObject({ adapter: 'none', seed: swapped?.seed });
    expect([...controls.keys()].toSorted()).toEqual(
      ['copyBase', 'copyReference', 'damaged', 'noAdapter', 'notKept', 'roundTrip', 'swapped', 'target'].toSorted(),
    );
  });

  it('fail where the engine crashes, and the others stay', async () => {
    const { engine } = fakeEngine(new Error('the process died'));
    const controls = await runControls({ judge, roundTrip, engine }, editCase(), pictures, {});
    expect(controls.get('swapped')?.verdict.problems[0]).toContain('the process died');
    expect(controls.get('target')?.verdict.passed).toBe(true);
  });

  it('are those that need no engine without one', async () => {
    const controls = await runControls({ judge, roundTrip, engine: undefined }, editCase(), pictures, {});
    expect([...controls.keys()]).not.toContain('swapped');
    expect(controls.get('copyBase')?.picture).toEqual(pictures.inputs[0]);
    expect(controls.get('copyReference')?.picture).toEqual(pictures.inputs[1]);
    expect(controls.get('notKept')?.picture).toEqual(pictures.notKept);
  });
});

describe('a control', () => {
  it('holds on its side of the limit', () => {
    expect([0.97, 0.98, 1].map((share) => controlHolds('target', share))).toEqual([false, true, true]);
    expect([0, 0.05, 0.06].map((share) => controlHolds('swapped', share))).toEqual([true, true, false]);
    expect(controlHolds('swapped', null)).toBe(true);
  });
});
