/** What a store that is 20 ms away costs: as little as one request, however many clients there are. */
import { runInProcess } from '../support/run-load.ts';
import { startValthree } from '../support/servers.ts';
import { atLeast, atMostMs, median, type Figure } from '../support/figure.ts';

const latencyMs = 20;
const rounds = 5;

export async function measureLatency(quick: boolean): Promise<Figure[]> {
  const far = await startValthree(['--store', `memory:?latency=${latencyMs}ms`]);
  const near = await startValthree(['--store', 'memory:']);
  const load = { port: far.port, readShare: 0, keys: 1000, valueBytes: 100, durationMs: quick ? 1000 : 4000 };
  const share = async (pipeline: number): Promise<{ ratio: number; perSecond: number }> => {
    const ratios: number[] = [];
    const rates: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const there = await runInProcess({ ...load, clients: 50, pipeline });
      const here = await runInProcess({ ...load, port: near.port, clients: 50, pipeline });
      if (round === 0) continue;
      ratios.push(there.perSecond / here.perSecond);
      rates.push(there.perSecond);
    }
    return { ratio: median(ratios), perSecond: median(rates) };
  };
  try {
    await runInProcess({ ...load, clients: 1000, pipeline: 1 });
    const alone = await runInProcess({ ...load, clients: 1, pipeline: 1 });
    const open = await runInProcess({ ...load, clients: 50, pipeline: 1, perSecond: 200 });
    const crowd = await runInProcess({ ...load, clients: 1000, pipeline: 1 });
    const narrow = await share(32);
    const wide = await share(256);
    const perSecondMax = (50 * 32 * 1000) / latencyMs;
    const goal = { text: 'at least 25,000', isReached: crowd.perSecond >= 25_000 };
    return [
      { what: '20 ms: one SET alone, p50', ...atMostMs(alone.p50Ms, 1.1 * latencyMs + 1) },
      { what: '20 ms: 200 SETs per second, open loop, p50', ...atMostMs(open.p50Ms, 1.15 * latencyMs + 1) },
      {
        what: '20 ms: SETs per second of 1000 clients',
        measured: Math.round(crowd.perSecond).toLocaleString('en'),
        goal,
      },
      { what: '20 ms: their p50', ...atMostMs(crowd.p50Ms, 45) },
      { what: '20 ms against memory: SET, 50 clients pipelined by 32', ...atLeast(narrow.ratio, 0.8) },
      {
        what: '  of what 1,600 SETs under way, each for 20 ms, can be',
        measured: `${(narrow.perSecond / perSecondMax).toFixed(2)} × (${Math.round(narrow.perSecond).toLocaleString('en')} per second)`,
      },
      { what: '20 ms against memory: SET, 50 clients pipelined by 256', ...atLeast(wide.ratio, 0.8) },
    ];
  } finally {
    await far.stop();
    await near.stop();
  }
}
