/** What became of reading an upload or download with a limit. */
export type LimitedBytes =
  | { readonly kind: 'complete'; readonly bytes: Uint8Array }
  /** Nothing of it was kept; `sizeBytes` is what was counted until the end. */
  | { readonly kind: 'too-large'; readonly sizeBytes: number };

/**
 * Collect a stream of bytes, holding at most `limitBytes` in memory. What goes beyond is counted and dropped, so that the
 * reader can say how large it was and go on with what follows in the same stream.
 */
export async function readBytes(chunks: AsyncIterable<Uint8Array>, limitBytes: number): Promise<LimitedBytes> {
  let kept: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    if (sizeBytes <= limitBytes) kept.push(chunk);
    else kept = [];
  }
  return sizeBytes <= limitBytes
    ? { kind: 'complete', bytes: Buffer.concat(kept, sizeBytes) }
    : { kind: 'too-large', sizeBytes };
}
