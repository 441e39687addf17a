import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** Names a key; public, unlike the secret that follows it in the token. */
const apiKeyIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

/** A key of the HTTP API as it is stored: nothing of it opens anything. */
export const apiKeySchema = z
  .object({
    id: apiKeyIdSchema,
    name: z.string().min(1).max(60),
    /** SHA-256 of the secret, in hex. */
    secretHash: z.string().regex(/^[0-9a-f]{64}$/),
    /** Pictures that it may ask for on one day (UTC). */
    picturesPerDay: z.int().positive(),
    /** Requests that may be unfinished at once. */
    atOnce: z.int().positive(),
    createdAt: z.int().nonnegative(),
    revokedAt: z.int().nonnegative().optional(),
  })
  .readonly();
export type ApiKey = z.infer<typeof apiKeySchema>;

/** Where the keys are kept. Durable; a change is seen by every process with its next request. */
export interface ApiKeys {
  /** @throws AppError STORE_UNAVAILABLE (all of them), PAYLOAD_INVALID (a key this version cannot read). */
  get(id: string): Promise<ApiKey | undefined>;
  /** Every key, revoked ones too, in no order. */
  list(): Promise<readonly ApiKey[]>;
  /** Write a key, new or changed. */
  put(key: ApiKey): Promise<void>;
}

export const DEFAULT_QUOTA = { picturesPerDay: 500, atOnce: 4 } as const;

const SECRET_BYTES = 32;
const TOKEN = /^easel_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/**
 * Make a key. The token is what its holder sends; it is stored nowhere. One round of SHA-256 is enough to keep it: the secret
 * is 256 random bits and not a password, so there is nothing to guess that a slow hash would slow down.
 */
export function newApiKey(
  wishes: Pick<ApiKey, 'name' | 'picturesPerDay' | 'atOnce'>,
  at: number,
): { readonly key: ApiKey; readonly token: string } {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return {
    key: { ...wishes, id, secretHash: hash(secret).toString('hex'), createdAt: at },
    token: `easel_${id}_${secret}`,
  };
}

/**
 * The key that a token belongs to, a revoked one too: whoever knows its secret may hear that.
 * @returns undefined for a token that opens nothing; how much of it is right takes no different time.
 * @throws AppError STORE_UNAVAILABLE
 */
export async function keyOfToken(keys: ApiKeys, token: string): Promise<ApiKey | undefined> {
  const [, id, secret = ''] = TOKEN.exec(token) ?? [];
  const key = id === undefined ? undefined : await keys.get(id);
  const expected = Buffer.from(key?.secretHash ?? '0'.repeat(64), 'hex');
  return timingSafeEqual(hash(secret), expected) ? key : undefined;
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
