import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedPageFile, generatePageModule } from '../../../scripts/report-page.ts';
import { cycleVerdict } from '../../../scripts/report-examples.ts';
import { renderReport } from '../../../src/verify/report/html.ts';
import { hostileText, hostileTransactions, hostileVerdict } from './hostile-verdict.ts';

describe('the report as a text', () => {
  it('is made of the browser files as they are now (else: npm run report:page)', () => {
    expect(readFileSync(generatedPageFile, 'utf8')).toBe(generatePageModule());
  });

  it('names its script and its style by their hashes, and allows nothing else', () => {
    const html = renderReport(cycleVerdict(), { title: 'x' });
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    for (const [element, directive] of [
      ['script', 'script-src'],
      ['style', 'style-src'],
    ] as const) {
      const text = new RegExp(`<${element}>([^]*?)</${element}>`).exec(html)?.[1] ?? '';
      const hash = createHash('sha256').update(text).digest('base64');
      expect(policy).toContain(`${directive} 'sha256-${hash}';`);
    }
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).not.toContain('unsafe');
    expect(html).not.toMatch(/\b(?:src|href)="(?!data:)/);
  });

  it.each([
    ['operations', hostileVerdict()],
    ['transactions', hostileTransactions()],
  ])('escapes hostile %s, titles and notes', (_, verdict) => {
    const html = renderReport(verdict, { title: hostileText, notes: [hostileText] });
    const harmless = renderReport(cycleVerdict(), { title: 'x' });
    // As many elements end and begin as in any report.
    expect(html.split(/<\/script/i).length).toBe(harmless.split(/<\/script/i).length);
    expect(html).not.toMatch(/<!--|<img|<b>/i);
    const json = /<script type="application\/json" id="data">([^]*?)<\/script>/.exec(html)?.[1] ?? '';
    expect(JSON.stringify(JSON.parse(json))).toContain('</script>');
    expect(html).not.toMatch(/\p{Cs}/u);
  });

  it('says what the checker has noted', () => {
    const html = renderReport(
      { ...cycleVerdict(), notes: ['2 < 3 more were left out'] },
      { title: 'x', notes: ['seed'] },
    );
    expect(html).toContain('<ul class="notes"><li>seed</li><li>2 &lt; 3 more were left out</li></ul>');
  });

  it('tells how many findings it left out', () => {
    const [anomaly] = cycleVerdict().anomalies;
    const anomalies = Array.from({ length: 250 }, () => anomaly as NonNullable<typeof anomaly>);
    const html = renderReport({ ...cycleVerdict(), anomalies }, { title: 'x' });
    expect(html).toContain('… and 50 more.');
    expect(html.match(/data-target=/g)).toHaveLength(200);
  });
});
