import { isIP } from 'node:net';
import type { MiddlewareHandler } from 'hono';
import { refuse } from './answers.ts';
import type { WebEnv } from './deps.ts';

export interface GuardOptions {
  /** The address the server listens on. */
  readonly host: string;
  /** Further host names people use, for example behind a reverse proxy. */
  readonly allowedHosts: readonly string[];
}

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]']);
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Keeps other sites out: a page elsewhere must not reach this server through somebody's browser, neither by a request of its
 * own (Origin) nor by a name it makes point here (Host).
 */
export function createGuard(options: GuardOptions): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const host = c.req.header('host');
    if (host === undefined || !isKnownHost(host, options)) return refuse(c, 'HOST_REFUSED');
    const origin = c.req.header('origin');
    if (origin !== undefined && hostOf(origin) !== host) return refuse(c, 'ORIGIN_REFUSED');
    if (origin === undefined && !SAFE_METHODS.has(c.req.method) && !isLoopback(c.env.incoming.socket.remoteAddress)) {
      return refuse(c, 'ORIGIN_REFUSED');
    }
    // A picture or stream that another site embeds sends no Origin, but says where it is embedded.
    if (c.req.path.startsWith('/api/') && c.req.header('sec-fetch-site') === 'cross-site') {
      return refuse(c, 'ORIGIN_REFUSED');
    }
    return await next();
  };
}

function isKnownHost(host: string, { host: listening, allowedHosts }: GuardOptions): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (LOOPBACK_NAMES.has(name) || name === bracketed(listening) || allowedHosts.includes(name)) return true;
  // Nobody can make a bare address point somewhere else, so it is safe wherever we listen on every address.
  return WILDCARDS.has(listening) && isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host.toLowerCase();
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(?:::ffff:)?127\./.test(address));
}
