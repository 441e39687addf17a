import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileDocuments } from '../../queue/documents/file-documents.ts';
import { testHomes } from '../support/homes.ts';
import { describeDocuments } from './documents.contract.ts';
import { describeHome } from './home.contract.ts';

describeHome(testHomes.embedded);

describeDocuments(
  'files',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'easel-documents-'));
    return {
      documents: await openFileDocuments(folder),
      reopen: () => openFileDocuments(folder),
      close: () => rm(folder, { recursive: true }),
    };
  },
  { isDurable: true },
);
