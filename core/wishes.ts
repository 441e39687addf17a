import { type Interpretation, SEEDS, type Turn } from './domain.ts';

/** The reading of a request that says more than its text: what it fixes wins, and every image that it brought is used. */
export function withWishes(turn: Turn, understood: Interpretation): Interpretation {
  const { wishes, chosenMode, attached, text } = turn;
  if (wishes === undefined) return understood;
  const { question: _unasked, ...read } = understood;
  const isRead = read.mode === 'edit' || read.mode === 'generate';
  const mode = chosenMode ?? (isRead ? read.mode : attached.length > 0 ? 'edit' : 'generate');
  const named = attached.find((number) => number === read.base);
  const base = mode === 'edit' ? (named ?? attached[0] ?? null) : null;
  return {
    ...read,
    ...(isRead ? {} : { instruction: text, description: '' }),
    mode,
    base,
    references: attached.filter((number) => number !== base),
    count: wishes.count,
    ...(wishes.aspect === undefined ? {} : { aspect: wishes.aspect }),
  };
}

/** The seed of a turn's n-th render, counted from 1, where its sender chose one. */
export function wishedSeed({ wishes }: Turn, n: number): number | undefined {
  return wishes?.seed === undefined ? undefined : (wishes.seed + n - 1) % SEEDS;
}
