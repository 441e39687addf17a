import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileDocuments } from '../../queue/documents/file-documents.ts';
import { createFileInbox } from '../../queue/inbox/file-inbox.ts';
import { testHomes } from '../support/homes.ts';
import { describeDocuments } from './documents.contract.ts';
import { describeHome } from './home.contract.ts';
import { describeInbox } from './inbox.contract.ts';

describeHome(testHomes.embedded);

describeInbox('files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'easel-inbox-'));
  const close = () => rm(folder, { recursive: true });
  return { inbox: createFileInbox(folder), other: createFileInbox(folder), close };
});

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
