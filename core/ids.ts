import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** 128 random bits as 32 hex digits: knowing the id is the only capability, so it must not be guessable. */
const unguessable = z.string().regex(/^[0-9a-f]{32}$/);

export const conversationIdSchema = unguessable.brand<'ConversationId'>();
export const turnIdSchema = unguessable.brand<'TurnId'>();
export const renderIdSchema = z
  .string()
  .regex(/^r-[0-9a-f]{32}-[1-9]\d*$/)
  .brand<'RenderId'>();
export const deliveryIdSchema = z
  .string()
  .regex(/^d-[0-9a-f]{32}-[1-9]\d*$/)
  .brand<'DeliveryId'>();
export const interpretIdSchema = z
  .string()
  .regex(/^i-[0-9a-f]{32}$/)
  .brand<'InterpretId'>();
/** A blob's key: a content hash or 128 random bits, never a name that somebody could guess. */
export const blobKeySchema = z
  .string()
  .regex(/^[0-9a-f]{32,64}$/)
  .brand<'BlobKey'>();
/** Names of platforms and engines: they become parts of queue names, which allow nothing else. */
export const slugSchema = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?$/);

export type ConversationId = z.infer<typeof conversationIdSchema>;
export type TurnId = z.infer<typeof turnIdSchema>;
export type RenderId = z.infer<typeof renderIdSchema>;
export type DeliveryId = z.infer<typeof deliveryIdSchema>;
export type InterpretId = z.infer<typeof interpretIdSchema>;
export type JobId = InterpretId | RenderId | DeliveryId;
export type BlobKey = z.infer<typeof blobKeySchema>;

export function newConversationId(): ConversationId {
  return conversationIdSchema.parse(randomBytes(16).toString('hex'));
}

export function newTurnId(): TurnId {
  return turnIdSchema.parse(randomBytes(16).toString('hex'));
}

export function interpretJobId(turn: TurnId): InterpretId {
  return interpretIdSchema.parse(`i-${turn}`);
}

/** @param n counts the renders of a turn from 1. */
export function renderJobId(turn: TurnId, n: number): RenderId {
  return renderIdSchema.parse(`r-${turn}-${n}`);
}

/** @param n counts the deliveries of a turn from 1. */
export function deliverJobId(turn: TurnId, n: number): DeliveryId {
  return deliveryIdSchema.parse(`d-${turn}-${n}`);
}

/**
 * Seed of a render, 0..2^32-1. Derived from the random turn id, so the reducer stays pure and a repeated event
 * draws the same seed, while two renders practically never share one.
 */
export function seedOf(turn: TurnId, n: number): number {
  return createHash('sha256').update(renderJobId(turn, n)).digest().readUInt32BE(0);
}

/** What a post is recognised by when we look for it again: 24 hex digits, because Discord accepts 25 at most. */
export function nonceOf(delivery: DeliveryId): string {
  return createHash('sha256').update(delivery).digest('hex').slice(0, 24);
}
