/** Writes the pictures of reports in `docs/images`, by a Chromium of this machine: `npm run report:screenshots`. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { renderReport } from '../src/verify/report/html.ts';
import { cycleVerdict, staleReadVerdict } from './report-examples.ts';

const images = fileURLToPath(new URL('../docs/images/', import.meta.url));
const bytesMax = 150_000;

interface Shown {
  readonly name: string;
  readonly html: string;
  /** What to choose in the list beside the pictures; else it is shown as it opens. */
  readonly choose?: string;
}

const reports: readonly Shown[] = [
  {
    name: 'report-linearizability',
    html: renderReport(staleReadVerdict(), { title: 'A stale read' }),
  },
  {
    name: 'report-cycle',
    html: renderReport(cycleVerdict(), { title: 'Transactions in a circle' }),
    choose: 'T1 T2 T3',
  },
];

const folder = mkdtempSync(join(tmpdir(), 'valthree-screenshots-'));
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  chromiumSandbox: false,
});
try {
  mkdirSync(images, { recursive: true });
  for (const { name, html, choose } of reports) {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, html);
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ colorScheme, viewport: { width: 1200, height: 780 } });
      await page.goto(pathToFileURL(file).href);
      if (choose !== undefined) await page.locator('nav').getByRole('button', { name: choose }).click();
      await page.evaluate('document.activeElement.blur()');
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
      const picture = await page.screenshot({ path: join(images, `${name}-${colorScheme}.png`) });
      if (picture.length > bytesMax)
        throw new Error(`${name}-${colorScheme}.png is too large: ${picture.length} bytes`);
      await page.close();
    }
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
