import type { Results } from '../../../bench/quality/results.ts';

const NONE = { all: null, concrete: null, abstract: null };

export function someResults(changes: Partial<Results> = {}): Results {
  return {
    system: { engine: 'local', wording: 'canonical', vlm: 'none' },
    model: 'stickers 1',
    weights: 'aaa',
    judge: 'bbb',
    summary: { cases: 2, edits: NONE, generations: NONE },
    cases: ['edits-000', 'generations-000'].map((id) => ({
      ...{ id, group: id.replace(/-.*/, ''), text: `Draw ${id}.`, inputs: 2 },
    })),
    ...changes,
  };
}
