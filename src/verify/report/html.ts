/**
 * The report of a verdict: one HTML file that needs nothing else. Its policy forbids it the network and every script and
 * style but the two that `scripts/write-report-page.ts` has made, named by their hashes; so even what slips through
 * the escaping cannot run. Verdict and findings stand in the HTML; the pictures are drawn by the script.
 */
import type { HistoryVerdict } from '../verdict.ts';
import { visible } from '../visible-text.ts';
import { encodeVerdict } from './encode-verdict.ts';
import { escapeHtml, jsonForScript } from './escape.ts';
import { findings, summarize, type Finding } from './findings.ts';
import { script, scriptHash, style, styleHash } from './generated-page.ts';

export interface ReportOptions {
  readonly title: string;
  /** What else is worth knowing: the seed, the version, the command that replays it. */
  readonly notes?: readonly string[];
}

/** More than a person reads; all of them are in the pictures. */
const findingsMax = 200;

const policy = [
  `default-src 'none'`,
  `script-src '${scriptHash}'`,
  `style-src '${styleHash}'`,
  `img-src data:`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `require-trusted-types-for 'script'`,
  `trusted-types 'none'`,
].join('; ');

export function renderReport(verdict: HistoryVerdict, options: ReportOptions): string {
  const data = encodeVerdict(verdict);
  const notes = [...(options.notes ?? []), ...(verdict.kind === 'transactions' ? (verdict.notes ?? []) : [])];
  const title = escapeHtml(visible(options.title));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="valthree">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="summary"><span class="badge ${verdict.verdict}">${verdict.verdict}</span> ${escapeHtml(summarize(verdict))}</p>
${list('notes', notes)}
</header>
<main id="pictures"><noscript>The pictures need scripts; all that is wrong is listed below.</noscript></main>
${renderFindings(findings(data))}
<script type="application/json" id="data">${jsonForScript(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

function list(name: string, texts: readonly string[]): string {
  if (texts.length === 0) return '';
  return `<ul class="${name}">${texts.map((text) => `<li>${escapeHtml(visible(text))}</li>`).join('')}</ul>`;
}

function renderFindings(found: readonly Finding[]): string {
  const items = found
    .slice(0, findingsMax)
    .map(
      ({ text, because, target }) =>
        `<li data-target="${target.join(' ')}"><span class="finding">${escapeHtml(text)}</span>${list('because', because)}</li>`,
    );
  const more = found.length > findingsMax ? `<p>… and ${found.length - findingsMax} more.</p>` : '';
  const body = items.length === 0 ? '<p>Nothing.</p>' : `<ol>${items.join('\n')}</ol>${more}`;
  return `<section id="findings" aria-labelledby="findings-title"><h2 id="findings-title">What is wrong</h2>${body}</section>`;
}
