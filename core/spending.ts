import { AppError } from './errors.ts';
import { formatCost, MICROS } from './money.ts';
import type { Clock, Ephemeral } from './ports.ts';
import type { RenderRequest } from './render.ts';

export interface Budget {
  /** In units of the currency. */
  readonly amount: number;
  readonly per: 'day' | 'month';
}

/** What may be spent on pictures. Days and months begin at midnight UTC. */
export interface BudgetRules {
  readonly currency: string;
  readonly person?: Budget;
  /** A server, workspace or the web chat: the platform and the first part of its address. */
  readonly place?: Budget;
}

export type Expense = Pick<RenderRequest, 'renderId' | 'engine' | 'cost' | 'place' | 'person'>;

/** Counts what pictures cost before they are asked for, in every process and across restarts. */
export interface Spending {
  /**
   * @param options.once whether the engine must not be asked twice for one render: its work cannot be stopped and may be charged.
   * @throws AppError PERSON_BUDGET_SPENT, PLACE_BUDGET_SPENT; ENGINE_FAILED when it was asked before, by a run that died.
   */
  reserve(expense: Expense, options: { readonly once: boolean }): Promise<void>;
  /** The engine certainly did nothing. */
  release(expense: Expense, options: { readonly once: boolean }): Promise<void>;
}

const DAY_MS = 86_400_000;
const MONTH_MS = 31 * DAY_MS;
/** A render is not begun again after so long. */
const ASKED_MS = 7 * DAY_MS;

/** @param language BCP 47, for amounts in sentences. */
export function createSpending(
  { ephemeral, clock }: { readonly ephemeral: Ephemeral; readonly clock: Clock },
  rules: BudgetRules | undefined,
  language = 'en',
): Spending {
  /** The counters that an expense belongs to. */
  function accountsOf({ cost, person, place }: Expense): readonly Account[] {
    if (rules === undefined || cost?.currency !== rules.currency) return [];
    const owners = [
      { code: 'PERSON_BUDGET_SPENT', budget: rules.person, owner: person },
      { code: 'PLACE_BUDGET_SPENT', budget: rules.place, owner: serverOf(place) },
    ] as const;
    return owners.flatMap(({ code, budget, owner }) => {
      if (budget === undefined || owner === undefined) return [];
      const period = periodOf(budget, clock.now());
      const limit = { micros: Math.round(budget.amount * MICROS), currency: rules.currency };
      return [{ code, limit, key: `spent:${owner}:${period.name}`, until: period.until, ttlMs: period.ttlMs }];
    });
  }

  async function add(accounts: readonly Account[], micros: number): Promise<void> {
    for (const { key, ttlMs } of accounts) await ephemeral.count(key, micros, ttlMs);
  }

  return {
    async reserve(expense, { once }) {
      if (once && (await ephemeral.count(askedKey(expense), 1, ASKED_MS)) > 1) {
        await ephemeral.count(askedKey(expense), -1, ASKED_MS);
        throw new AppError('ENGINE_FAILED', { engine: expense.engine }, { details: { reason: 'asked before' } });
      }
      const micros = expense.cost?.micros ?? 0;
      const paid: Account[] = [];
      for (const account of accountsOf(expense)) {
        paid.push(account);
        const spent = await ephemeral.count(account.key, micros, account.ttlMs);
        if (spent <= account.limit.micros) continue;
        await add(paid, -micros);
        if (once) await ephemeral.count(askedKey(expense), -1, ASKED_MS);
        throw new AppError(account.code, { limit: formatCost(account.limit, language), until: account.until });
      }
    },

    async release(expense, { once }) {
      await add(accountsOf(expense), -(expense.cost?.micros ?? 0));
      if (once) await ephemeral.count(askedKey(expense), -1, ASKED_MS);
    },
  };
}

interface Account {
  readonly code: 'PERSON_BUDGET_SPENT' | 'PLACE_BUDGET_SPENT';
  readonly limit: { readonly micros: number; readonly currency: string };
  readonly key: string;
  readonly until: string;
  readonly ttlMs: number;
}

function askedKey({ renderId }: Expense): string {
  return `asked:${renderId}`;
}

/** `discord:<guild>/<channel>/<root>` -> `discord:<guild>`, `slack:<team>:<channel>` -> `slack:<team>`, `web` -> `web`. */
function serverOf(place: string): string {
  return /^[^:]+(?::[^/:]+)?/.exec(place)?.[0] ?? place;
}

function periodOf(
  { per }: Budget,
  now: number,
): { readonly name: string; readonly until: string; readonly ttlMs: number } {
  const date = new Date(now);
  const isDay = per === 'day';
  const end = isDay
    ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + 1)
    : Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  const name = date.toISOString().slice(0, isDay ? 10 : 7);
  return { name, until: new Date(end).toISOString().slice(0, 10), ttlMs: (isDay ? DAY_MS : MONTH_MS) + DAY_MS };
}
