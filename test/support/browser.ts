/** A headless Chromium for tests of pages: the machine's own, since nothing that is installed here downloads one. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { requirement } from './requirement.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const executable = names.map(findInPath).find((path) => path !== undefined);

export const hasBrowser = requirement(executable !== undefined, 'pages in a browser: apt-get install chromium');

export function launchBrowser(): Promise<Browser> {
  if (executable === undefined) throw new Error(`none of these is installed: ${names.join(', ')}`);
  // Its sandbox needs rights that containers do not give; the pages are our own.
  return chromium.launch({ executablePath: executable, chromiumSandbox: false });
}

function findInPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
