/** A report in a browser, as tests ask of it: what its canvas shows is found by colour. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { renderReport } from '../../../src/verify/report/html.ts';
import type { HistoryVerdict } from '../../../src/verify/verdict.ts';

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export class ReportPage {
  readonly page: Page;
  /** What the browser complained of, and whatever the page asked of the network. */
  readonly complaints: string[] = [];
  readonly #folder: string;

  static open(browser: Browser, verdict: HistoryVerdict, options?: BrowserContextOptions): Promise<ReportPage> {
    return ReportPage.openHtml(browser, renderReport(verdict, { title: 'A report', notes: ['seed 42'] }), options);
  }

  static async openHtml(browser: Browser, html: string, options: BrowserContextOptions = {}): Promise<ReportPage> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options });
    const report = new ReportPage(await context.newPage());
    await report.#load(html);
    return report;
  }

  private constructor(page: Page) {
    this.page = page;
    this.#folder = mkdtempSync(join(tmpdir(), 'valthree-report-'));
    page.on('console', (message) => this.complaints.push(message.text()));
    page.on('pageerror', (error) => this.complaints.push(error.stack ?? String(error)));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) this.complaints.push(request.url());
    });
  }

  async #load(html: string): Promise<void> {
    const file = join(this.#folder, 'report.html');
    writeFileSync(file, html);
    await this.page.goto(pathToFileURL(file).href);
    await this.nextFrame();
  }

  async close(): Promise<void> {
    await this.page.context().close();
    rmSync(this.#folder, { recursive: true });
    expect(this.complaints).toEqual([]);
  }

  /** What has been changed is drawn in the next frame; the one after it begins when that is done. */
  nextFrame(): Promise<unknown> {
    return this.page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  }

  text(selector: string): Promise<string> {
    return this.page.locator(selector).innerText();
  }

  /** How many points of the canvas have the colour, and one in the midst of a patch of it, relative to the canvas. */
  async find(colour: string): Promise<{ readonly count: number; readonly spot: Spot }> {
    await this.nextFrame();
    return this.page.evaluate(`(() => {
      const probe = document.body.appendChild(document.createElement('span'));
      probe.style.color = 'var(--${colour})';
      const wanted = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
      probe.remove();
      const canvas = document.querySelector('canvas');
      const { width, height } = canvas;
      const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const points = new Uint32Array(copy.getImageData(0, 0, width, height).data.buffer);
      const [colour] = new Uint32Array(Uint8Array.of(...wanted, 255).buffer);
      const has = (x, y) => points[y * width + x] === colour;
      let count = 0;
      let spot = { x: -1, y: -1 };
      for (let y = 3; y < height - 3; y++) for (let x = 3; x < width - 3; x++) {
        if (!has(x, y)) continue;
        count++;
        if (has(x - 3, y) && has(x + 3, y) && has(x, y - 3) && has(x, y + 3)) spot = { x, y };
      }
      return { count, spot };
    })()`);
  }

  async click(spot: Spot): Promise<void> {
    await this.page.locator('canvas').click({ position: spot });
    await this.nextFrame();
  }

  async press(...keys: readonly string[]): Promise<void> {
    await this.page.locator('.timeline').focus();
    for (const key of keys) await this.page.keyboard.press(key);
    await this.nextFrame();
  }
}
