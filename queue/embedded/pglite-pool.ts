import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';

/** `LISTEN channel`, quoted or not, after comments. */
const LISTEN = /^(?:\s|--.*\n)*listen\s+"?(\w+)"?/i;
/** The embedded database has one session, which is nobody's to name. */
const SESSION_NAME = /set_config\('application_name'/;

/**
 * The embedded database as the pool that BullMQ expects. There is one session, so a client inside a transaction keeps
 * everybody else waiting until it commits.
 */
export class PGlitePool extends EventEmitter implements PgPool {
  /** Tells BullMQ that a notification cannot get lost, so that an idle worker need not look every 10 s. */
  readonly options = { keepAlive: true };
  readonly #database: PGlite;
  #transaction:
    | {
        readonly owner: object;
        readonly ended: Promise<void>;
        readonly end: () => void;
      }
    | undefined;

  constructor(database: PGlite) {
    super();
    // Every queue and worker listens for errors, as many as there are.
    this.setMaxListeners(0);
    this.#database = database;
  }

  // The row type is the caller's promise, as in node-postgres.
  // biome-ignore lint/suspicious/noExplicitAny: BullMQ's interface has this default.
  query<R = any>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    return this.run<R>(this, text, params);
  }

  async connect(): Promise<PgPoolClient> {
    const client = new PGliteClient(this);
    this.emit('connect', client);
    return client;
  }

  /** The database belongs to whoever opened it. */
  async end(): Promise<void> {}

  /** Run one statement (with parameters) or several (without) for a client of this pool. */
  async run<R>(owner: object, text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    while (this.#transaction !== undefined && this.#transaction.owner !== owner) await this.#transaction.ended;
    const word = text.trim().toLowerCase();
    if (word === 'begin') this.#begin(owner);
    this.emit('statement');
    // The database answers in microtasks: without this, a caller that retries in a loop would starve every timer.
    await nextTurn();
    try {
      if (params === undefined || params.length === 0) {
        const results = await this.#database.exec(text);
        return toPgResult<R>(results.at(-1));
      }
      return toPgResult<R>(await this.#database.query<R>(text, [...params]));
    } finally {
      if (word === 'commit' || word === 'rollback') this.#end(owner);
    }
  }

  listen(channel: string, heard: (payload: string) => void): Promise<(tx?: undefined) => Promise<void>> {
    return this.#database.listen(channel, heard);
  }

  /** A client that leaves in the middle of a transaction would leave the session in it. */
  release(owner: object): void {
    if (this.#transaction?.owner !== owner) return;
    // A database that closed meanwhile has rolled back by itself.
    void this.run(owner, 'ROLLBACK').catch(() => undefined);
  }

  #end(owner: object): void {
    if (this.#transaction?.owner !== owner) return;
    const { end } = this.#transaction;
    this.#transaction = undefined;
    end();
  }

  #begin(owner: object): void {
    const { promise: ended, resolve: end } = withResolvers();
    this.#transaction = { owner, ended, end };
  }
}

class PGliteClient extends EventEmitter implements PgPoolClient {
  readonly #pool: PGlitePool;
  readonly #listens: (() => Promise<void>)[] = [];

  constructor(pool: PGlitePool) {
    super();
    this.#pool = pool;
  }

  // biome-ignore lint/suspicious/noExplicitAny: BullMQ's interface has this default.
  async query<R = any>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    const channel = LISTEN.exec(text)?.[1];
    if (channel !== undefined) {
      this.#listens.push(
        await this.#pool.listen(channel, (payload) => this.emit('notification', { channel, payload })),
      );
      return { rows: [] };
    }
    if (SESSION_NAME.test(text)) return { rows: [] };
    return this.#pool.run<R>(this, text, params);
  }

  release(): void {
    this.#pool.release(this);
    // A database that closes at the same moment has no listeners left to remove.
    for (const unlisten of this.#listens.splice(0)) void unlisten().catch(() => undefined);
  }
}

function toPgResult<R>(result: { readonly rows: unknown[]; readonly affectedRows?: number } | undefined) {
  // node-postgres' contract: rows have the type the caller asked for.
  const rows = (result?.rows ?? []) as R[];
  return {
    rows,
    rowCount: rows.length > 0 ? rows.length : (result?.affectedRows ?? 0),
  };
}

function withResolvers(): {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
} {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
