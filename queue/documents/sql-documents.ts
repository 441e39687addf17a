import type { PgPool } from 'bullmq';
import { z } from 'zod';
import { conversationIdSchema } from '../../core/ids.ts';
import type { Documents } from '../../core/ports.ts';
import { isUnfinished } from '../../core/turns.ts';
import { orUnavailable } from '../store-error.ts';
import { aliasHash } from './alias-hash.ts';
import { parseDocument } from './parse-document.ts';

const documentRow = z.object({ document: z.string() });
const idRow = z.object({ id: conversationIdSchema });

/** Documents in PostgreSQL: one row each; compare-and-set is the WHERE clause. */
export function createSqlDocuments(pool: PgPool): Documents {
  async function rows<T>(schema: z.ZodType<T>, text: string, params: readonly unknown[]): Promise<readonly T[]> {
    return z.array(schema).parse((await pool.query(text, params)).rows);
  }

  return {
    get: (id) =>
      orUnavailable(async () => {
        const [row] = await rows(documentRow, 'SELECT document FROM easel.conversation WHERE id = $1', [id]);
        return row === undefined ? undefined : parseDocument(row.document);
      }),

    compareAndSet: (document) =>
      orUnavailable(async () => {
        const values = [document.id, document.revision, document.turns.some(isUnfinished), JSON.stringify(document)];
        const written = await rows(
          idRow,
          document.revision === 1
            ? `INSERT INTO easel.conversation (id, revision, unfinished, document) VALUES ($1, $2, $3, $4)
               ON CONFLICT (id) DO NOTHING RETURNING id`
            : `UPDATE easel.conversation SET revision = $2, unfinished = $3, document = $4
               WHERE id = $1 AND revision = $2 - 1 RETURNING id`,
          values,
        );
        return written.length === 1;
      }),

    listUnfinished: () =>
      orUnavailable(async () => {
        const found = await rows(idRow, 'SELECT id FROM easel.conversation WHERE unfinished', []);
        return found.map(({ id }) => id);
      }),

    link: (alias, id) =>
      orUnavailable(async () => {
        // The harmless update makes RETURNING answer with the row that was there first.
        const [row] = await rows(
          idRow,
          `INSERT INTO easel.alias (alias_hash, conversation_id) VALUES ($1, $2)
           ON CONFLICT (alias_hash) DO UPDATE SET conversation_id = easel.alias.conversation_id
           RETURNING conversation_id AS id`,
          [aliasHash(alias), id],
        );
        return idRow.parse(row).id;
      }),

    resolve: (alias) =>
      orUnavailable(async () => {
        const [row] = await rows(idRow, 'SELECT conversation_id AS id FROM easel.alias WHERE alias_hash = $1', [
          aliasHash(alias),
        ]);
        return row?.id;
      }),
  };
}
