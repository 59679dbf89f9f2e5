/** Durations as the original program takes them: `60s`, `500ms`, `1m30s`, `1h`, `7d`; a plain number is seconds. */
import { InvalidArgumentError } from 'commander';

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What a timer of Node can wait: about 24 days. */
const durationMaxMs = 2 ** 31 - 1;

/** What nobody waits for by a timer. In whole milliseconds. */
export function parseLongDuration(text: string): number {
  const ms = durationMs(text);
  if (!Number.isSafeInteger(ms)) throw new InvalidArgumentError('It is too long.');
  return ms;
}

/** In whole milliseconds. */
export function parseDuration(text: string): number {
  const ms = durationMs(text);
  if (ms > durationMaxMs) throw new InvalidArgumentError('It must be at most 596h (24 days).');
  return ms;
}

function durationMs(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new InvalidArgumentError('It must be a duration such as 60s, 500ms or 1m30s.');
  }
  return Math.round(
    parts.reduce((sum, [, value, unit]) => sum + Number(value) * (unitsMs[unit as string] as number), 0),
  );
}
