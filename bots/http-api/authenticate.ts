import type { MiddlewareHandler } from 'hono';
import { type ApiKeys, keyOfToken } from '../../core/api-keys.ts';
import { ApiError } from './api-error.ts';
import type { ApiEnv } from './deps.ts';

const HOW_TO_MAKE_ONE = '`easel keys create NAME` makes one.';

/**
 * Let requests with a key that is in force pass, before anything of their body is read.
 * @throws ApiError 401 without a key or with one that opens nothing, 403 with a revoked one and while there is none at all.
 */
export function authenticate(keys: ApiKeys): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const token = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const key = token === undefined ? undefined : await keyOfToken(keys, token);
    if (key === undefined) throw await refusal(keys, token);
    if (key.revokedAt !== undefined) throw forbidden('key_revoked', `This key was revoked. ${HOW_TO_MAKE_ONE}`);
    c.set('key', key);
    await next();
  };
}

async function refusal(keys: ApiKeys, token: string | undefined): Promise<ApiError> {
  if ((await keys.list()).length === 0) {
    return forbidden('api_off', `The HTTP API is off until there is a key. ${HOW_TO_MAKE_ONE}`);
  }
  const [code, message] =
    token === undefined
      ? ['missing_api_key', 'Send your key as `Authorization: Bearer easel_…`.']
      : ['invalid_api_key', `There is no such key. ${HOW_TO_MAKE_ONE}`];
  return new ApiError({ status: 401, type: 'authentication_error', code, param: null, message });
}

function forbidden(code: string, message: string): ApiError {
  return new ApiError({ status: 403, type: 'permission_error', code, param: null, message });
}
