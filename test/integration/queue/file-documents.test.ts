import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileDocuments } from '../../../queue/documents/file-documents.ts';
import { aConversation, aTurn } from '../../support/builders/conversation.ts';

describe('documents in files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'easel-documents-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const pathOf = (id: string) => join(folder, 'conversations', `${id}.json`);

  it('keeps one readable JSON file per conversation and nothing beside it', async () => {
    const documents = await openFileDocuments(folder);
    const document = aConversation();
    await documents.compareAndSet(document);
    await documents.compareAndSet({ ...document, revision: 2 });
    expect(await readdir(join(folder, 'conversations'))).toEqual([`${document.id}.json`]);
    expect(JSON.parse(await readFile(pathOf(document.id), 'utf8'))).toEqual({ ...document, revision: 2 });
  });

  it('removes what a killed writer left behind and keeps the document it was about to replace', async () => {
    const document = aConversation({ turns: [aTurn({ status: 'queued' })] });
    await (await openFileDocuments(folder)).compareAndSet(document);
    await writeFile(join(folder, 'conversations', `.${document.id}.json.0123.tmp`), '{"revision": 2, "tur');
    await writeFile(join(folder, 'unfinished', `.${document.id}.0123.tmp`), '');
    const reopened = await openFileDocuments(folder);
    expect(await reopened.get(document.id)).toEqual(document);
    expect(await reopened.listUnfinished()).toEqual([document.id]);
    expect(await readdir(join(folder, 'conversations'))).toEqual([`${document.id}.json`]);
  });

  it('marks a conversation before it needs the sweep, so that a crash in between loses no turn', async () => {
    const documents = await openFileDocuments(folder);
    const document = aConversation({ turns: [aTurn({ status: 'queued' })] });
    await writeFile(join(folder, 'unfinished', document.id), '');
    const reopened = await openFileDocuments(folder);
    expect(await reopened.listUnfinished()).toEqual([document.id]);
    expect(await reopened.get(document.id)).toBeUndefined();
    expect(await documents.compareAndSet(document)).toBe(true);
  });

  it.each([
    ['half a file', '{"id": "'],
    ['a later version', JSON.stringify({ ...aConversation(), schemaVersion: 2 })],
  ])('says PAYLOAD_INVALID for %s', async (_what, content) => {
    const documents = await openFileDocuments(folder);
    const { id } = aConversation();
    await writeFile(pathOf(id), content);
    await expect(documents.get(id)).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' });
  });

  it('says STORE_UNAVAILABLE when the folder is gone, and never that something was written', async () => {
    const documents = await openFileDocuments(folder);
    await rm(join(folder, 'conversations'), { recursive: true });
    await expect(documents.compareAndSet(aConversation())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});
