import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Ballot } from './ballot.ts';

/** One HTML file with everything in it: it asks no server for anything, and its policy forbids it to. */
export function ballotPage(ballot: Ballot): string {
  const [style, script] = [readPart('page.css'), readPart('page.js')];
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  // In a script element only the end tag and comments mean something.
  const data = JSON.stringify(ballot).replaceAll('<', '\\u003c');
  return readPart('page.html')
    .replace('POLICY', () => policy)
    .replace('<!-- style -->', () => `<style>${style}</style>`)
    .replace('<!-- ballot -->', () => `<script type="application/json" id="ballot">${data}</script>`)
    .replace('<!-- script -->', () => `<script>${script}</script>`);
}

function readPart(name: string): string {
  return readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
