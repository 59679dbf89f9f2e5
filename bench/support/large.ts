/**
 * What a large database costs: memory for each key, the time and memory of a start, and how long the event loop is held
 * while a node loads, writes snapshots and collects what is obsolete.
 */
import { fill, keepBusy } from './fill.ts';
import { atLeast, atMost, atMostMs, printFigures, type Figure } from './figure.ts';
import { ObservedNode, type Observation } from './observed-node.ts';
import { PaceBesideSnapshots } from './pace-beside-snapshots.ts';
import { infoField } from './servers.ts';

export interface LargePlace {
  readonly name: string;
  /** Of a database that does not exist yet. */
  readonly flags: readonly string[];
}

export interface Large {
  readonly keys: number;
  readonly small: SmallStrings;
  readonly places: readonly LargeAtPlace[];
}

interface SmallStrings {
  /** Beyond the bytes of key and value. */
  readonly bytesPerKey: number;
  /** `used_memory` against what the heap has grown by, and against the memory of the process. */
  readonly usedToHeap: number;
  readonly usedToRss: number;
}

interface LargeAtPlace {
  readonly place: string;
  readonly startMs: number;
  readonly loading: Observation;
  readonly rssSteady: number;
  /** A node that does nothing, all the while: what the machine itself adds. */
  readonly idle: Observation;
  readonly busy: Observation;
  readonly writesPerSecond: number;
  /** While a snapshot is written, against while none is; `undefined`: there was none. */
  readonly paceDuringSnapshots: number | undefined;
  readonly collections: number;
  readonly deletes: number;
}

const keyBytes = 'key:000000000000'.length;
const smallBytes = 16;
const valueBytes = 100;
/** Obsolete objects go while it is measured. */
const graceFlags = ['--layout', 'journal', '--grace', '5s'];

export async function measureLarge(places: readonly LargePlace[], quick: boolean): Promise<Large> {
  const keys = quick ? 100_000 : 1_000_000;
  const small = await measureSmallStrings(keys);
  const measured: LargeAtPlace[] = [];
  for (const place of places) measured.push(await measureAt(place, keys, quick ? 10_000 : 40_000));
  return { keys, small, places: measured };
}

async function measureSmallStrings(keys: number): Promise<SmallStrings> {
  const node = await ObservedNode.start(['--store', 'memory:', '--layout', 'journal']);
  const before = await node.ask('collect');
  const usedBefore = Number(await infoField(node.port, 'used_memory'));
  await fill(node.port, keys, smallBytes);
  const { heapUsed } = await settled(node);
  const used = Number(await infoField(node.port, 'used_memory')) - usedBefore;
  const rss = Number(await infoField(node.port, 'used_memory_rss'));
  await node.stop();
  const grown = heapUsed - before.heapUsed;
  return { bytesPerKey: grown / keys - keyBytes - smallBytes, usedToHeap: used / grown, usedToRss: used / rss };
}

async function measureAt({ name, flags }: LargePlace, keys: number, busyMs: number): Promise<LargeAtPlace> {
  const first = await ObservedNode.start([...flags, ...graceFlags]);
  await fill(first.port, keys, valueBytes);
  await first.stop();
  const idler = await ObservedNode.start(['--store', 'memory:']);
  const node = await ObservedNode.start([...flags, ...graceFlags]);
  const loading = await node.ask('report');
  const { rss: rssSteady } = await settled(node);
  await node.ask('reset');
  await idler.ask('reset');
  const end = keepBusy(node.port, keys, valueBytes);
  const paces = new PaceBesideSnapshots(node.port);
  await new Promise((resolve) => setTimeout(resolve, busyMs));
  const paceDuringSnapshots = await paces.end();
  const writesPerSecond = await end();
  const [busy, idle] = [await node.ask('report'), await idler.ask('report')];
  const collections = Number(await infoField(node.port, 'store_requests_list')) / 3;
  const deletes = Number(await infoField(node.port, 'store_requests_delete'));
  const { startMs } = node;
  await node.stop();
  await idler.stop();
  const load = { writesPerSecond, paceDuringSnapshots, collections, deletes };
  return { place: name, startMs, loading, rssSteady, idle, busy, ...load };
}

/** When garbage has been collected and the memory that it took has been given back. */
async function settled(node: ObservedNode): Promise<Observation> {
  await node.ask('collect');
  await new Promise((resolve) => setTimeout(resolve, 2000));
  return node.ask('collect');
}

export function printLarge({ keys, small, places }: Large): void {
  const { bytesPerKey, usedToHeap, usedToRss } = small;
  console.log(`\na node with ${keys.toLocaleString('en')} keys:`);
  console.log(
    `  memory per key beyond key and value (${keyBytes} and ${smallBytes} bytes): ${bytesPerKey.toFixed(0)} bytes`,
  );
  console.log(
    `  used_memory is ${usedToHeap.toFixed(2)} × what the heap grew by, ${usedToRss.toFixed(2)} × the memory of the process`,
  );
  for (const measured of places) {
    const { place, startMs, loading, rssSteady, busy, idle, ...load } = measured;
    const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
    const { writesPerSecond, collections, deletes } = load;
    console.log(`  ${place}, values of ${valueBytes} bytes:`);
    console.log(
      `    start ${(startMs / 1000).toFixed(1)} s (${(loading.cpuMs / 1000).toFixed(1)} s computed), memory at most ` +
        `${megabytes(loading.rssPeak)}, ${(loading.rssPeak / rssSteady).toFixed(2)} × the ${megabytes(rssSteady)} it keeps`,
    );
    console.log(`    event loop while it loads: ${pauses(loading)}`);
    console.log(
      `    event loop under ${Math.round(writesPerSecond).toLocaleString('en')} SETs per second, ${collections} collections, ` +
        `${deletes} objects deleted: ${pauses(busy)}`,
    );
    console.log(`    event loop of an idle node at that time: ${pauses(idle)}`);
    printFigures(figuresOf(measured));
  }
}

/** Pauses are what the node computed in one go: how late it was has what others did on this machine. */
function figuresOf({ place, startMs, loading, rssSteady, busy, paceDuringSnapshots }: LargeAtPlace): Figure[] {
  const pausesOf = (when: string, { turns }: Observation): Figure[] => [
    { what: `${place}: event loop held, ${when}, p99.9`, ...atMostMs(turns.p999Ms, 10) },
    { what: `${place}: event loop held, ${when}, at most`, ...atMostMs(turns.maxMs, 50) },
  ];
  const pace = paceDuringSnapshots;
  return [
    { what: `${place}: start`, ...atMostMs(startMs, 8000) },
    { what: `${place}: memory while it starts, against what it keeps`, ...atMost(loading.rssPeak / rssSteady, 2) },
    ...pausesOf('loading', loading),
    ...pausesOf('under writes, snapshots and collection', busy),
    {
      what: `${place}: commands per second during a snapshot, against without`,
      ...(pace === undefined ? { measured: 'there was none, or nothing else' } : atLeast(pace, 0.7)),
    },
  ];
}

/** What it computed in one go, and how late it was, which has what others did on this machine. */
function pauses({ turns, waits }: Observation): string {
  const both = ({ p999Ms, maxMs }: Observation['turns']): string =>
    `p99.9 ${p999Ms.toFixed(1)}, max ${maxMs.toFixed(1)} ms`;
  return `computes ${both(turns)}; late by ${both(waits)}`;
}
