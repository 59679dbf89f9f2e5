/**
 * How much a day of writes leaves in the store, in simulated time: several nodes in turns and at once, with the limits and
 * the grace period that they have where nobody says anything else (`test/support/long-run.ts`).
 */
import {
  excess,
  longRunDefaults,
  runLong,
  type LongRunOptions,
  type LongRunResult,
  type Stock,
} from '../../test/support/long-run.ts';
import type { Figure } from '../support/figure.ts';

/** Beside what must be kept, against the live data. */
const excessMax = 3;
const retainHours = 6;
const hourMs = 3_600_000;
/** Nodes that write one command after another, alone and at once; all that is obsolete goes within minutes. */
const fast = { hours: 3, writesPerSecond: Infinity, turnMs: hourMs / 12, graceMs: hourMs / 6 };

export async function measureGrowth(quick: boolean): Promise<Figure[]> {
  const hours = quick ? 6 : 24;
  const retained = quick ? 2 : retainHours;
  return [
    ...figuresOf(`${hours} h of writes`, await run({ hours })),
    ...figuresOf(`${hours} h, --retain ${retained}h`, await run({ hours, retainMs: retained * hourMs })),
    ...figuresOf('as fast as nodes can', await run(quick ? { ...fast, hours: 1 } : fast)),
  ];
}

async function run(options: Partial<LongRunOptions>): Promise<LongRunResult> {
  const { hours, retainMs, writesPerSecond, ...more } = { ...longRunDefaults, ...options };
  const retained = retainMs === 0 ? 'nothing retained' : `the past of ${retainMs / hourMs} hours retained`;
  const pace = writesPerSecond === Infinity ? 'without a rest' : `${writesPerSecond} a second`;
  console.log(`  ${hours} simulated hours of writes, ${pace}, ${retained}: at the end of each hour`);
  console.log(row(['hour', 'live', 'stored', 'to be kept', 'beside it', 'objects', 'to be kept', 'beside it']));
  return runLong({ hours, retainMs, writesPerSecond, ...more }, (hour, stock) => {
    console.log(row(cells(hour, stock)));
  });
}

function cells(hour: number, stock: Stock): readonly string[] {
  const { live, stored, kept } = stock;
  const { bytes, objects } = excess(stock);
  return [
    String(hour),
    ...[live.bytes, stored.bytes, kept.bytes].map((count) => `${(count / 1e6).toFixed(1)} MB`),
    `${bytes.toFixed(2)} ×`,
    ...[stored.objects, kept.objects].map((count) => count.toLocaleString('en')),
    `${objects.toFixed(2)} ×`,
  ];
}

function row(texts: readonly string[]): string {
  return `    ${texts.map((text) => text.padStart(11)).join('')}`;
}

function figuresOf(what: string, { worst, writes, snapshots, parts, usedParts }: LongRunResult): Figure[] {
  const inVain = 1 - usedParts.bytes / parts.bytes;
  return [
    { what: `${what}: bytes stored beside what must be kept`, ...atMostLive(worst.bytes) },
    { what: `${what}: objects stored beside what must be kept`, ...atMostLive(worst.objects) },
    {
      what: `  ${writes.toLocaleString('en')} writes, ${snapshots} snapshots: written in vain`,
      measured: `${(inVain * 100).toFixed(1)} % of their bytes`,
    },
  ];
}

function atMostLive(ratio: number): Pick<Figure, 'measured' | 'goal'> {
  return {
    measured: `${ratio.toFixed(2)} × the live data`,
    goal: { text: `at most ${excessMax} ×`, isReached: ratio <= excessMax },
  };
}
