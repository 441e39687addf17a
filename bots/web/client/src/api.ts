import type * as z from 'zod/mini';
import {
  type Accepted,
  acceptedSchema,
  type ConversationView,
  conversationViewSchema,
  createdSchema,
  type EnginesView,
  enginesViewSchema,
  failureSchema,
  type Mode,
  type SamplesView,
  samplesViewSchema,
  type TurnView,
  turnViewSchema,
} from '../../protocol.ts';
import { newId } from './new-id.ts';

/** The server refused, with a sentence for the person. `OFFLINE` means that there was no answer at all. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
  }
}

export interface OutgoingMessage {
  /** The same id sent twice is one message. */
  readonly messageId: string;
  readonly text: string;
  readonly mode: Mode | undefined;
  /** Id of the engine that shall make the picture; undefined: the default one. */
  readonly engine: string | undefined;
  /** Numbers of images that the conversation has already. */
  readonly known: readonly number[];
  readonly files: readonly File[];
}

export interface CorrectionChoice {
  readonly mode?: Mode;
  readonly base?: number;
  readonly references?: readonly number[];
  readonly engine?: string;
}

export async function createConversation(): Promise<string> {
  return (await request(createdSchema, '/api/conversations', { method: 'POST' })).id;
}

export function readConversation(id: string): Promise<ConversationView> {
  return request(conversationViewSchema, `/api/conversations/${id}`);
}

export function sendMessage(id: string, message: OutgoingMessage): Promise<Accepted> {
  const form = new FormData();
  form.set('messageId', message.messageId);
  form.set('text', message.text);
  if (message.mode !== undefined) form.set('mode', message.mode);
  if (message.engine !== undefined) form.set('engine', message.engine);
  for (const number of message.known) form.append('imageNumber', String(number));
  for (const file of message.files) form.append('image', file, file.name);
  return request(acceptedSchema, `/api/conversations/${id}/messages`, { method: 'POST', body: form });
}

export async function pressButton(turnId: string, button: 'cancel' | 'retry' | 'undo'): Promise<void> {
  await post(turnId, button, {});
}

export async function correctTurn(turnId: string, correction: CorrectionChoice): Promise<void> {
  await post(turnId, 'correct', correction);
}

export function readEngines(): Promise<EnginesView> {
  return request(enginesViewSchema, '/api/engines');
}

export function readSamples(): Promise<SamplesView> {
  return request(samplesViewSchema, '/api/samples');
}

export async function downloadSample(name: string, url: string): Promise<File> {
  const response = await fetch(url);
  if (!response.ok) throw await errorOf(response);
  return new File([await response.blob()], name, { type: 'image/png' });
}

function post(turnId: string, button: string, body: object): Promise<TurnView> {
  return request(turnViewSchema, `/api/turns/${turnId}/${button}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...body, eventId: newId() }),
  });
}

async function request<S extends z.ZodMiniType>(schema: S, url: string, init: RequestInit = {}): Promise<z.infer<S>> {
  const response = await fetch(url, init).catch((cause: unknown) => {
    throw new ApiError('OFFLINE', String(cause), 0);
  });
  if (!response.ok) throw await errorOf(response);
  return schema.parse(await response.json());
}

async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const failure = failureSchema.safeParse(body);
  return failure.success
    ? new ApiError(failure.data.code, failure.data.message, response.status)
    : new ApiError('OFFLINE', `HTTP ${response.status}`, response.status);
}
