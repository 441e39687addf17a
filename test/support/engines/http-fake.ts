import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a server goes wrong, once. */
export type Fault =
  /** Another answer in place of the picture; nothing was made. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    }
  /** The work is done, then this status comes. */
  | { readonly kind: 'status-after-effect'; readonly status: number }
  /** The work is done, and no answer comes until the client goes away. */
  | { readonly kind: 'silence' }
  /** The work is done, and the connection ends in the middle of the answer. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'html' }
  /** A text where the picture should be. */
  | { readonly kind: 'no-picture' }
  /** More bytes than anybody should take. */
  | { readonly kind: 'huge' }
  /** A good answer without any picture. */
  | { readonly kind: 'empty' };

export interface Reply {
  readonly status: number;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

const CUT = 'x-cut';

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The form of a request, read by the platform's own parser. */
export async function readForm(request: IncomingMessage, body: Buffer): Promise<FormData> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  return await new Response(new Uint8Array(body), { headers }).formData();
}

/** A loopback server. Work that waits for a client that went away sees it in `gone`. */
export async function startHttpFake(
  handle: (request: IncomingMessage, body: Buffer, gone: AbortSignal) => Promise<Reply>,
) {
  const failures: unknown[] = [];
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    readBody(request)
      .then((body) => handle(request, body, gone.signal))
      .then((reply) => send(response, reply))
      .catch((error: unknown) => {
        if (!gone.signal.aborted) failures.push(error);
        response.destroy();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    /** What went wrong in the fake itself: a test should see none. */
    failures,
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What is sent in place of a good reply. Faults of the picture itself are the caller's. */
export async function withFault(fault: Fault | undefined, good: Reply, gone: AbortSignal): Promise<Reply> {
  switch (fault?.kind) {
    case 'answer':
      return { status: fault.status, body: fault.body ?? '', headers: fault.headers ?? {} };
    case 'status-after-effect':
      return json(fault.status, { error: { message: 'internal', type: 'server_error', code: null } });
    case 'silence':
      return await new Promise((_, reject) => {
        gone.addEventListener('abort', () => reject(new Error('the client went away')));
      });
    case 'cut':
      return { ...good, headers: { ...good.headers, [CUT]: 'yes' } };
    case 'html':
      return { status: 200, body: '<!doctype html><h1>Log in</h1>', headers: { 'content-type': 'text/html' } };
    case 'huge':
      return { status: 200, body: Buffer.alloc(70_000_000, ' '), headers: { 'content-type': 'application/json' } };
    case 'no-picture':
    case 'empty':
    case undefined:
      return good;
  }
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  const isCut = headers[CUT] === 'yes';
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  if (!isCut) return void response.end(bytes);
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
}
