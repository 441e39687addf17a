#!/usr/bin/env node
// Plain JavaScript that any Node can read: says which versions work before anything newer is parsed.

const [major, minor] = process.versions.node.split('.').map(Number);
const isSupported = (major === 20 && minor >= 19) || (major === 22 && minor >= 18) || major > 22;

if (isSupported) {
  const { register } = await import('tsx/esm/api');
  register();
  await import(new URL('main.ts', import.meta.url).href);
} else {
  process.stderr.write(
    `Easel needs Node 20.19 or newer of 20, or 22.18 or newer; this is ${process.versions.node}. See https://nodejs.org\n`,
  );
  process.exitCode = 1;
}
