/**
 * The report's page as a module: `src/verify` reads no files, so the script and the style sheet of the page are strings
 * in one of its modules, with the hashes by which the page's policy names them. The tests hold it against its sources.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { linkBrowserScript } from './link-browser-script.ts';

const folder = new URL('../src/verify/report/', import.meta.url);
export const generatedPageFile = fileURLToPath(new URL('generated-page.ts', folder));

export function generatePageModule(): string {
  const script = linkBrowserScript(fileURLToPath(new URL('browser/main.ts', folder)));
  const style = readFileSync(new URL('browser/page.css', folder), 'utf8');
  return [
    '/* eslint-disable max-lines */',
    '/** Made by `npm run report:page` of the files in `browser`; not to be edited. */',
    `export const scriptHash = '${hashOf(script)}';`,
    `export const styleHash = '${hashOf(style)}';`,
    `export const script = ${linesOf(script)};`,
    `export const style = ${linesOf(style)};`,
    '',
  ].join('\n');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** A line of its own for each line, so that a change shows as what it is. */
function linesOf(text: string): string {
  return `[\n${text
    .split('\n')
    .map((line) => `  ${JSON.stringify(line)},\n`)
    .join('')}].join('\\n')`;
}
