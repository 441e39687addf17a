/** How often two judges say the same of the same things. */
export interface Agreement {
  readonly pairs: number;
  readonly share: number;
  /** 1: always the same, 0: no more than chance; null where both always say the same one thing. */
  readonly kappa: number | null;
}

/** @returns null without pairs.
 * @source Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 1960. */
export function agreementOf(pairs: readonly (readonly [boolean, boolean])[]): Agreement | null {
  if (pairs.length === 0) return null;
  const shareOf = (holds: (pair: readonly [boolean, boolean]) => boolean) => pairs.filter(holds).length / pairs.length;
  const share = shareOf(([one, other]) => one === other);
  const [first, second] = [shareOf(([one]) => one), shareOf(([, other]) => other)];
  const byChance = first * second + (1 - first) * (1 - second);
  const kappa = byChance === 1 ? null : round((share - byChance) / (1 - byChance));
  return { pairs: pairs.length, share: round(share), kappa };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
