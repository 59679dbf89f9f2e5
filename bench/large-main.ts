/** One-off driver while the real one is made. */
import { ObservedNode } from './support/observed-node.ts';
import { fill, keepBusy } from './support/fill.ts';
const [store, keysText, mode] = process.argv.slice(2) as [string, string, string];
const keys = Number(keysText);
const flags = ['--store', store, '--layout', 'journal', '--grace', '30s'];
if (mode.includes('fill')) {
  const node = await ObservedNode.start(flags);
  const t = performance.now();
  await fill(node.port, keys, 100);
  console.log('fill', ((performance.now() - t) / 1000).toFixed(1), 's', await node.ask('report'));
  await node.stop();
}
if (mode.includes('start')) {
  const extra = (process.env['NODE_EXTRA'] ?? '').split(' ').filter(Boolean);
  const node = await ObservedNode.start(flags, extra);
  const r = await node.ask('report');
  const c = await node.ask('collect');
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const d = await node.ask('collect');
  console.log('start', node.startMs, r, 'steady', d.rss, d.heapUsed, 'ratio', r.rssPeak / d.rss, c.rss);
  if (mode.includes('busy')) {
    await node.ask('reset');
    const end = keepBusy(node.port, keys, 100);
    await new Promise((resolve) => setTimeout(resolve, 30000));
    console.log('busy', await end(), await node.ask('report'));
  }
  await node.stop();
}
