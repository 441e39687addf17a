import { basename } from 'node:path';
import { storeImage } from '../bots/shared/store-image.ts';
import { answerOf } from '../core/cards.ts';
import { reduce, type TurnEvent } from '../core/conversation.ts';
import { DEFAULT_SETTINGS } from '../core/conversation-manager.ts';
import { type Conversation, type InboundImage, type RenderMode, SCHEMA_VERSION, type Turn } from '../core/domain.ts';
import { AppError, fromWire, sayingOf } from '../core/errors.ts';
import { newConversationId, newTurnId } from '../core/ids.ts';
import { createLogger } from '../core/logger.ts';
import type { Blobs } from '../core/ports.ts';
import type { RenderRequest } from '../core/render.ts';
import { interpreterRequest, renderRequest } from '../core/requests.ts';
import type { ConversationSettings } from '../core/turn-changes.ts';
import { findTurn } from '../core/turns.ts';
import { createImageIntake } from '../queue/inference/image-intake.ts';
import { NoPictureError } from './failure.ts';
import { readInput } from './files.ts';
import type { OpenInterpreter } from './interpreter/open-interpreter.ts';
import type { Io } from './io.ts';
import { createMemoryBlobs } from './memory-blobs.ts';
import { texts } from './texts.ts';

export interface TurnInput {
  readonly text: string;
  /** Paths; they become images 1..n. */
  readonly files: readonly string[];
  readonly mode: RenderMode | 'auto';
  readonly engine: ConversationSettings['engine'];
  readonly interpreter: Pick<OpenInterpreter, 'reading'>;
  readonly signal: AbortSignal;
}

/** A conversation of one message, read but not rendered. */
export interface ReadTurn {
  readonly document: Conversation;
  readonly turn: Turn;
  readonly blobs: Blobs;
}

/**
 * What a chat does with a message until its picture is queued, in memory: the same numbering, checks and interpretation.
 * @throws AppError why the message was refused, as the chat would say it. UsageError for files that cannot be read.
 */
export async function readTurn({ text, files, mode, engine, interpreter, signal }: TurnInput): Promise<ReadTurn> {
  const settings = { ...DEFAULT_SETTINGS, engine: { id: engine.id, maxImages: engine.maxImages } };
  const blobs = createMemoryBlobs();
  const turnId = newTurnId();
  const apply = (document: Conversation, event: TurnEvent) => reduce(document, event, settings);

  const images = await storeImages(files, blobs, signal);
  const message = { messageId: 'command', text, images, ...(mode === 'auto' ? {} : { mode }) };
  const received = apply(emptyConversation(), { kind: 'message-received', turnId, at: Date.now(), message });
  const word = turnOf(received, turnId);
  if (word.kind !== 'request') return { document: received, turn: word, blobs };

  const started = apply(received, { kind: 'interpret-started', turnId, at: Date.now() });
  // Refused by its text: no model reads it.
  if (turnOf(started, turnId).status === 'failed') return { document: started, turn: turnOf(started, turnId), blobs };
  const request = interpreterRequest(started, turnOf(started, turnId), settings);
  const reading = interpreter.reading({ blobs, logger: createLogger('silent') });
  const interpretation = await reading.interpret(request, { signal });
  const document = apply(started, { kind: 'interpreted', turnId, at: Date.now(), interpretation });
  return { document, turn: turnOf(document, turnId), blobs };
}

/** The work order of the turn's first picture; undefined when it asks for none. */
export function firstRender({ document, turn }: ReadTurn): RenderRequest | undefined {
  const [render] = turn.renders;
  return render === undefined ? undefined : renderRequest(document, turn, render);
}

/** Why a turn asks for no picture: what went wrong, or what it was answered. */
export function whyNoPicture({ turn }: ReadTurn): Error {
  return turn.error === undefined ? new NoPictureError(answerOf(turn, texts)) : fromWire(turn.error);
}

/** Pictures that could not be used keep their number and the others are used without them; and how it was read, if not as it should be. */
export function noteReading({ document, turn }: ReadTurn, io: Io): void {
  for (const image of document.images) {
    if (image.status === 'failed') io.note(texts.sayStored(sayingOf(image.reason)));
  }
  const note = turn.interpretation?.note;
  if (note !== undefined) io.note(texts.sayStored(note));
}

async function storeImages(
  files: readonly string[],
  blobs: Blobs,
  signal: AbortSignal,
): Promise<readonly InboundImage[]> {
  const intake = createImageIntake();
  const images: InboundImage[] = [];
  for (const file of files) {
    const chunks = oneChunk(await readInput(file));
    images.push(
      await storeImage({ intake, blobs }, { origin: 'attachment', name: basename(file), chunks }, { signal }),
    );
  }
  return images;
}

function emptyConversation(): Conversation {
  const now = Date.now();
  return {
    schemaVersion: SCHEMA_VERSION,
    id: newConversationId(),
    revision: 1,
    platform: 'cli',
    place: '',
    cards: false,
    images: [],
    turns: [],
    current: null,
    createdAt: now,
    updatedAt: now,
  };
}

function turnOf(document: Conversation, turnId: Turn['id']): Turn {
  const turn = findTurn(document, turnId);
  if (turn === undefined) throw new AppError('TURN_UNKNOWN', {});
  return turn;
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
