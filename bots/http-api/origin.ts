import type { Context } from 'hono';
import type { ApiEnv } from './deps.ts';

/**
 * Where the caller reaches this server, for links in its answer. A proxy says that it speaks https; a caller who says so
 * without one only spoils the links of their own answer.
 */
export function originOf(c: Context<ApiEnv>): string {
  const { protocol, host } = new URL(c.req.url);
  const outside = c.req.header('x-forwarded-proto')?.split(',')[0]?.trim().toLowerCase();
  return `${outside === 'https' || outside === 'http' ? `${outside}:` : protocol}//${host}`;
}
