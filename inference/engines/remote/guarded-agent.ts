import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { isPrivateAddress } from './private-address.ts';

/** Thrown in place of a connection to an address that is not allowed. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Connections of one engine. Without `allowPrivate` a name that leads to a private address is refused by the very lookup
 * that the connection uses, so that a second answer of the name server changes nothing. A connection serves one request:
 * a kept one may be closed by the server in the moment it is used again, and nobody would know what had been sent.
 */
export function createGuardedAgent({ allowPrivate }: { readonly allowPrivate: boolean }): Agent {
  return new Agent({
    pipelining: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // The caller's own deadline counts: a picture may take minutes.
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(allowPrivate ? {} : { connect: { lookup: publicLookup } }),
  });
}

/** Addresses in a URL are never looked up. @throws PrivateAddressError */
export function requirePublicHost({ hostname }: URL): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isPrivateAddress(host)) throw new PrivateAddressError(`${host} is a private address`);
}

const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return callback(error, '');
    const hidden = addresses.find(({ address }) => isPrivateAddress(address));
    const [first] = addresses;
    if (hidden !== undefined || first === undefined) {
      return callback(new PrivateAddressError(`${hostname} leads to a private address`), '');
    }
    if (options.all === true) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};
