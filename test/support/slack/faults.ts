/** What goes wrong with one call. */
export type Fault =
  /** HTTP 429 with Retry-After. */
  | { readonly kind: 'too-many'; readonly retryAfterS: number }
  /** HTTP 200, `ok: false`. */
  | { readonly kind: 'error'; readonly error: string; readonly needed?: string }
  | { readonly kind: 'status'; readonly status: number }
  /** The connection breaks before, or after, the call was carried out. */
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' };

/** Faults that wait for the next calls of a method. */
export function createFaults() {
  const queues = new Map<string, Fault[]>();
  return {
    /** The next `times` calls of the method go wrong. */
    add(method: string, fault: Fault, times = 1): void {
      queues.set(method, [...(queues.get(method) ?? []), ...Array.from({ length: times }, () => fault)]);
    },
    take: (method: string): Fault | undefined => queues.get(method)?.shift(),
  };
}
