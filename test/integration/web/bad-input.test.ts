import { request } from 'node:http';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGate } from '../../support/web/gate.ts';
import { createPaintingEngine } from '../../support/web/painting-engine.ts';
import { drawPicture } from '../../support/web/pictures.ts';
import { createWebClient, type WebMessage } from '../../support/web/web-client.ts';
import { startWebEasel, type WebEasel } from '../../support/web/web-easel.ts';

let easel: WebEasel;
let client: ReturnType<typeof createWebClient>;
let bag: Uint8Array;

beforeAll(async () => {
  easel = await startWebEasel();
  client = createWebClient(easel.url);
  bag = await drawPicture({ shape: 'bag', color: '#c8553d', background: '#f3e9dc' });
});
afterAll(() => easel.stop());

async function refusal(message: WebMessage): Promise<{ readonly status: number; readonly body: unknown }> {
  const id = await client.createConversation();
  const response = await client.post(id, message);
  const body: unknown = await response.json();
  // Nothing of a refused message is recorded, and what is wrong never shows where in the code.
  expect((await client.read(id)).turns).toEqual([]);
  expect(JSON.stringify(body)).not.toMatch(/at \w+ \(|node_modules|\.ts:/);
  return { status: response.status, body };
}

/** A PNG that says it is enormous; its pixels are not there. */
async function bomb(): Promise<Uint8Array> {
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  png.writeUInt32BE(60_000, 16);
  png.writeUInt32BE(60_000, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}

describe('bad input gets a code and a clear sentence', () => {
  it('no image', async () => {
    expect(await refusal({ text: 'make it red' })).toMatchObject({
      status: 400,
      body: { code: 'NO_IMAGE', message: expect.stringContaining("don't see an image") },
    });
  });

  it('an unknown number', async () => {
    expect(await refusal({ text: 'make image 4 red', images: [bag] })).toMatchObject({
      status: 400,
      body: { code: 'UNKNOWN_IMAGE', message: 'You mentioned image 4, but I only have image 1 here.' },
    });
  });

  it('no words', async () => {
    expect(await refusal({ images: [bag] })).toMatchObject({ status: 400, body: { code: 'TEXT_EMPTY' } });
    expect(await refusal({ text: '   ', images: [bag] })).toMatchObject({ status: 400, body: { code: 'TEXT_EMPTY' } });
  });

  it.each([10_000, 200_000])('%i characters', async (count) => {
    expect(await refusal({ text: 'a'.repeat(count), images: [bag] })).toMatchObject({
      status: 400,
      body: { code: 'TEXT_TOO_LONG', message: expect.stringContaining(String(count)) },
    });
  });

  it('more than ten images', async () => {
    expect(await refusal({ text: 'make it red', images: Array.from({ length: 11 }, () => bag) })).toMatchObject({
      status: 400,
      body: { code: 'TOO_MANY_IMAGES', message: expect.stringContaining('11') },
    });
  });

  it('a file that is not an image', async () => {
    expect(await refusal({ text: 'make it red', images: [Buffer.from('%PDF-1.7 hello')] })).toMatchObject({
      status: 415,
      body: { code: 'IMAGE_UNREADABLE', message: expect.stringContaining('PDF') },
    });
  });

  it('a truncated image', async () => {
    expect(await refusal({ text: 'make it red', images: [bag.subarray(0, bag.length / 2)] })).toMatchObject({
      status: 415,
      body: { code: 'IMAGE_UNREADABLE' },
    });
  });

  it('a decompression bomb', async () => {
    expect(await refusal({ text: 'make it red', images: [await bomb()] })).toMatchObject({
      status: 413,
      body: { code: 'IMAGE_TOO_LARGE', message: expect.stringContaining('60000 × 60000') },
    });
  });

  it('a file over 25 MB', async () => {
    expect(await refusal({ text: 'make it red', images: [new Uint8Array(26_000_000)] })).toMatchObject({
      status: 413,
      body: { code: 'IMAGE_TOO_LARGE', message: expect.stringContaining('26 MB') },
    });
  });

  it('a mode that there is not', async () => {
    expect(await refusal({ text: 'make it red', images: [bag], mode: 'paint' })).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID' },
    });
  });

  it('a number of a known image that is none', async () => {
    expect(await refusal({ text: 'make it red', imageNumbers: [0] })).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID' },
    });
  });

  it.each([
    ['multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nhello'],
    ['multipart/form-data; boundary=b', ''],
    ['application/json', '{"text":"make it red"}'],
  ])('a body that is no form (%s)', async (contentType, body) => {
    const id = await client.createConversation();
    const response = await fetch(`${easel.url}/api/conversations/${id}/messages`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it.each(['0'.repeat(32), 'nonsense', `${'0'.repeat(32)}/..`])('an unknown conversation (%s)', async (id) => {
    const response = await fetch(`${easel.url}/api/conversations/${encodeURIComponent(id)}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'CONVERSATION_UNKNOWN' });
    expect((await client.post(encodeURIComponent(id), { text: 'make it red', images: [bag] })).status).toBe(404);
  });

  it('an upload that breaks off, and the server goes on', async () => {
    const id = await client.createConversation();
    await new Promise<void>((resolve) => {
      const upload = request(`${easel.url}/api/conversations/${id}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=b', 'content-length': '1000000' },
      });
      upload.on('error', () => resolve());
      upload.write('--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\nhalf', () =>
        upload.destroy(new Error('gone')),
      );
    });
    expect((await client.read(id)).turns).toEqual([]);
  });

  it('a store that is down is answered with "later" and no inner detail', async () => {
    const id = await client.createConversation();
    easel.documents.failNext(1);
    const response = await fetch(`${easel.url}/api/conversations/${id}`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).not.toBeNull();
    expect(await response.json()).toEqual({
      code: 'STORE_UNAVAILABLE',
      message: "I can't reach a part of myself right now. Please try again in a minute.",
    });
  });
});

describe('the requests of one conversation', () => {
  it('are limited to what may wait at once, with a sentence that says so', async () => {
    const gate = createGate();
    const slow = await startWebEasel({ engine: createPaintingEngine({ beforeStep: () => gate.pass() }) });
    const slowClient = createWebClient(slow.url);
    const id = await slowClient.createConversation();
    for (let count = 0; count < 10; count += 1) {
      await slowClient.send(id, { text: 'make image 1 red', images: count === 0 ? [bag] : [] });
    }
    const response = await slowClient.post(id, { text: 'make image 1 red' });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).not.toBeNull();
    expect(await response.json()).toMatchObject({ code: 'LIMIT', message: expect.stringContaining('10 requests') });
    gate.open();
    await slow.stop();
  });
});
