// What Easel is for, from the outside: `npm start`, two pictures and a sentence over HTTP, and the picture that comes back.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const DEADLINE_MS = 180_000;
const TEXT = 'Give image 1 the style of image 2.';
const IMAGES = ['first.png', 'second.png'].map(
  (name) => new URL(`../test/parity/goldens/images/${name}`, import.meta.url),
);

const home = await mkdtemp(join(tmpdir(), 'easel-main-job-'));
const started = performance.now();
// A group of its own, so that npm and what it runs hear a signal together, as from a terminal.
const npm = spawn('npm', ['start'], {
  detached: true,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, EASEL_HOME: home, PORT: '0' },
});
const exited = once(npm, 'exit');

try {
  const url = await addressOf(npm.stdout);
  console.log(`open after ${seconds()} s`);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  assert.match(await (await fetch(url)).text(), /<div id="app">/);
  await until(async () => (await fetch(`${url}/readyz`)).status === 200, 'ready');
  console.log(`ready after ${seconds()} s`);

  const { id } = await (await fetch(`${url}/api/conversations`, { method: 'POST' })).json();
  const pictures = await Promise.all(IMAGES.map((file) => readFile(file)));
  const form = new FormData();
  form.set('text', TEXT);
  for (const picture of pictures) form.append('image', new Blob([picture]), 'picture.png');
  const accepted = await fetch(`${url}/api/conversations/${id}/messages`, { method: 'POST', body: form });
  assert.equal(accepted.status, 202);

  const read = async () => (await fetch(`${url}/api/conversations/${id}`)).json();
  await until(async () => ['done', 'failed'].includes((await read()).turns[0].status), 'the picture');
  const { turns, images } = await read();
  assert.equal(turns[0].status, 'done', JSON.stringify(turns[0].error));
  assert.deepEqual(turns[0].resultNumbers, [3]);
  const made = Buffer.from(await (await fetch(url + images[2].url)).arrayBuffer());
  assert.equal(made.subarray(1, 4).toString(), 'PNG');
  for (const image of images.slice(0, 2)) {
    assert.notDeepEqual(made, Buffer.from(await (await fetch(url + image.url)).arrayBuffer()));
  }
  console.log(`picture of ${made.length} bytes after ${seconds()} s`);
} finally {
  process.kill(-npm.pid, 'SIGINT');
  await exited;
  await rm(home, { recursive: true });
}
console.log('1 passed, 0 failed');

function seconds() {
  return ((performance.now() - started) / 1000).toFixed(1);
}

async function addressOf(stream) {
  let said = '';
  // Not destroyed with the loop: a program that prints into nothing ends.
  for await (const part of stream.iterator({ destroyOnReturn: false })) {
    said += part;
    const url = /http:\/\/\S+/.exec(said)?.[0];
    if (url === undefined) continue;
    stream.resume();
    return url;
  }
  throw new Error(`npm start ended without an address:\n${said}`);
}

async function until(isSo, what) {
  while (performance.now() - started < DEADLINE_MS) {
    if (await isSo()) return;
    await sleep(200);
  }
  throw new Error(`waited too long for ${what}`);
}
