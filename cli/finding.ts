/** One thing that the doctor looked at. */
export interface Finding {
  readonly check:
    | 'node'
    | 'model'
    | 'engine'
    | 'interpreter'
    | 'safety'
    | 'home'
    | 'queue'
    | 'pictures'
    | 'discord'
    | 'slack';
  readonly status: 'ok' | 'warning' | 'problem';
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}
