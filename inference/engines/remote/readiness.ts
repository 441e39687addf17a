const GOOD_FOR_MS = 60_000;
const BAD_FOR_MS = 5000;

/** Ask at most once a minute, after a failure at most every five seconds: readiness is looked at again and again. */
export function rememberReadiness(ask: () => Promise<void>, now: () => number = () => performance.now()) {
  let asked: { readonly answer: Promise<void>; until: number } | undefined;
  return (): Promise<void> => {
    if (asked !== undefined && now() < asked.until) return asked.answer;
    const fresh = { answer: ask(), until: Number.POSITIVE_INFINITY };
    asked = fresh;
    fresh.answer.then(
      () => {
        fresh.until = now() + GOOD_FOR_MS;
      },
      () => {
        fresh.until = now() + BAD_FOR_MS;
      },
    );
    return fresh.answer;
  };
}
