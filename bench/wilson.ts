/** 95 % confidence interval of a share; null without trials.
 * @source Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927. */
export function wilson95(passed: number, trials: number): readonly [number, number] | null {
  if (trials === 0) return null;
  const z = 1.959964;
  const share = passed / trials;
  const center = share + z ** 2 / (2 * trials);
  const spread = z * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  const scale = 1 + z ** 2 / trials;
  return [round(Math.max(0, (center - spread) / scale)), round(Math.min(1, (center + spread) / scale))];
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
