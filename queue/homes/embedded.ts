import { join } from 'node:path';
import { openFileDocuments } from '../documents/file-documents.ts';
import { openEmbeddedDatabase } from '../embedded/open-database.ts';
import { createListeners, createLocalPubSub } from '../ephemeral/pub-sub.ts';
import { createSqlEphemeral } from '../ephemeral/sql-ephemeral.ts';
import { lockHome } from '../home/home-lock.ts';
import { createFileInbox } from '../inbox/file-inbox.ts';
import { createSqlBull } from '../jobs/bull.ts';
import { createBullJobs, type JobTiming } from '../jobs/bull-jobs.ts';
import { createSqlFairOrder } from '../jobs/fair-order.ts';
import { createSeldomLog } from '../log-seldom.ts';
import { closeInOrder } from './close-in-order.ts';
import type { Home, HomeDeps } from './home.ts';

/** Everything in this process and one folder. */
export async function openEmbeddedHome(folder: string, { logger, clock }: HomeDeps, timing: JobTiming): Promise<Home> {
  const unlock = await lockHome(folder);
  try {
    const documents = await openFileDocuments(folder);
    const database = await openEmbeddedDatabase(join(folder, 'queue'), {
      logger,
      clock,
    });
    const { pool } = database;
    const listeners = createListeners(createSeldomLog(logger, { event: 'listener-failed' }, 'a listener threw'));
    const ephemeral = createSqlEphemeral(pool, createLocalPubSub(listeners), logger);
    const fairOrder = createSqlFairOrder(pool);
    const jobs = createBullJobs({ bull: createSqlBull(pool), fairOrder, ephemeral, logger }, timing);
    return {
      documents,
      inbox: createFileInbox(folder),
      ephemeral,
      jobs,
      close: closeInOrder([jobs.close, database.close, unlock]),
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}
