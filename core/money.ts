import { z } from 'zod';

/** ISO 4217. */
export const currencySchema = z.string().regex(/^[A-Z]{3}$/, 'must be a currency such as USD');

/** An amount that adds up exactly. */
export const costSchema = z.object({ micros: z.int().nonnegative(), currency: currencySchema }).readonly();
/** Millionths of a currency's unit. */
export type Cost = z.infer<typeof costSchema>;

/** What one picture costs, as an estimate: servers charge by tokens, sizes and their own rules. */
export interface Price {
  readonly currency: string;
  readonly perImage: number;
  /** For each image that goes in. */
  readonly perInput: number;
}

export const MICROS = 1_000_000;

/** @returns undefined for what costs nothing. */
export function costOf(price: Price | undefined, inputs: number): Cost | undefined {
  if (price === undefined) return undefined;
  const micros = Math.round((price.perImage + inputs * price.perInput) * MICROS);
  return micros === 0 ? undefined : { micros, currency: price.currency };
}

/** Amounts of one currency; undefined for none. Those of another currency than the first are left out. */
export function sumOf(costs: readonly Cost[]): Cost | undefined {
  const [first] = costs;
  if (first === undefined) return undefined;
  const { currency } = first;
  const micros = costs.reduce((sum, cost) => (cost.currency === currency ? sum + cost.micros : sum), 0);
  return { micros, currency };
}

/** For example `$0.05`; amounts below ten cents keep a third digit. @param language BCP 47 */
export function formatCost({ micros, currency }: Cost, language: string): string {
  const amount = micros / MICROS;
  const digits = amount < 0.1 ? { maximumFractionDigits: 3 } : {};
  return new Intl.NumberFormat(language, { style: 'currency', currency, ...digits }).format(amount);
}
