/** Something that a platform was told has arrived, as it came. */
export interface KeptEvent {
  /** The platform's own name for it, up to 300 characters: the same for every delivery. */
  readonly key: string;
  /** As the platform sent it. */
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly keptAt: number;
}

/**
 * What platforms were told has arrived and is not taken in yet. Durable: a platform sends nothing again once it was told, so
 * whoever is killed in between must find it here.
 */
export interface Inbox {
  /**
   * Durable when it resolves. @returns false when an event of this key is kept already; it stays as it is.
   * @throws AppError STORE_UNAVAILABLE (all methods)
   */
  keep(platform: string, event: KeptEvent): Promise<boolean>;
  /** Forget an event; one that is not there is fine. */
  done(platform: string, key: string): Promise<void>;
  /** Oldest first. */
  list(platform: string): Promise<readonly KeptEvent[]>;
}
