import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Conversation } from '../../core/domain.ts';
import { type ConversationId, conversationIdSchema } from '../../core/ids.ts';
import type { Documents } from '../../core/ports.ts';
import { isUnfinished } from '../../core/turns.ts';
import { createDurably, isTemporary, makeFolder, readIfThere, syncFolder, writeDurably } from '../home/durable-file.ts';
import { orUnavailable } from '../store-error.ts';
import { aliasHash } from './alias-hash.ts';
import { parseDocument } from './parse-document.ts';

const revisionSchema = z.object({ revision: z.int().positive() });

/**
 * Documents of the embedded home: one JSON file per conversation. The caller holds the home's lock, so this process is
 * the only writer; its own writers of one conversation wait for each other.
 *
 * `unfinished/<id>` marks conversations that need the sweep, so that a start need not read every document. A mark is made
 * before the document that needs it and removed after the one that does not: a crash in between leaves a mark too many,
 * which the sweep finds nothing to do for, never one too few.
 */
export async function openFileDocuments(folder: string): Promise<Documents> {
  const conversations = join(folder, 'conversations');
  const aliases = join(folder, 'aliases');
  const unfinished = join(folder, 'unfinished');
  const pathOf = (id: ConversationId) => join(conversations, `${id}.json`);
  const writers = new Map<ConversationId, Promise<unknown>>();
  /** The marks that are on disk. */
  const marked = new Set<ConversationId>();

  /** Writes of one conversation happen one after the other. */
  function alone<T>(id: ConversationId, write: () => Promise<T>): Promise<T> {
    const before = writers.get(id) ?? Promise.resolve();
    const after = before.then(write, write);
    writers.set(id, after);
    const forget = () => {
      if (writers.get(id) === after) writers.delete(id);
    };
    after.then(forget, forget);
    return after;
  }

  async function write(document: Conversation): Promise<boolean> {
    const { id, revision } = document;
    const stored = await readIfThere(pathOf(id));
    const storedRevision = stored === undefined ? 0 : revisionSchema.parse(JSON.parse(stored)).revision;
    if (storedRevision !== revision - 1) return false;
    const needsSweep = document.turns.some(isUnfinished);
    if (needsSweep) await mark(id);
    await writeDurably(pathOf(id), [Buffer.from(JSON.stringify(document))]);
    if (!needsSweep) await unmark(id);
    return true;
  }

  async function mark(id: ConversationId): Promise<void> {
    if (marked.has(id)) return;
    await createDurably(join(unfinished, id), []);
    marked.add(id);
  }

  async function unmark(id: ConversationId): Promise<void> {
    if (marked.delete(id)) await rm(join(unfinished, id), { force: true });
  }

  for (const each of [conversations, aliases, unfinished]) {
    await makeFolder(each);
    const names = await readdir(each);
    await Promise.all(names.filter(isTemporary).map((name) => rm(join(each, name), { force: true })));
    await syncFolder(each);
  }
  for (const name of await readdir(unfinished)) marked.add(conversationIdSchema.parse(name));

  return {
    get: (id) =>
      orUnavailable(async () => {
        const json = await readIfThere(pathOf(id));
        return json === undefined ? undefined : parseDocument(json);
      }),

    compareAndSet: (document) => orUnavailable(() => alone(document.id, () => write(document))),

    listUnfinished: async () => [...marked],

    link: (alias, id) =>
      orUnavailable(async () => {
        const path = join(aliases, aliasHash(alias));
        if (await createDurably(path, [Buffer.from(id)])) return id;
        return conversationIdSchema.parse(await readFile(path, 'utf8'));
      }),

    resolve: (alias) =>
      orUnavailable(async () => {
        const id = await readIfThere(join(aliases, aliasHash(alias)));
        return id === undefined ? undefined : conversationIdSchema.parse(id);
      }),
  };
}
