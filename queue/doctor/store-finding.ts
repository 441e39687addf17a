/** What was found out about a server or a store, as `easel doctor` prints it. */
export interface StoreFinding {
  readonly status: 'ok' | 'warning' | 'problem';
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}
