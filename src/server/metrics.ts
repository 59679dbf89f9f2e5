/** What `/metrics` tells Prometheus. Every name is explained in `docs/metrics.md`; a test holds the two together. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { RequestKind } from '../store/counting-store.ts';
import type { NodeServer } from './node-server.ts';

type Samples = readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  read(node: NodeServer): Samples;
}

const requestKinds: readonly RequestKind[] = ['get', 'put', 'list', 'delete'];

function single(name: string, help: string, value: (node: NodeServer) => number): Metric {
  return { name, help, read: (node) => [[{}, value(node)]] };
}

export const metrics: readonly Metric[] = [
  single('valthree_keys', 'Keys in all databases.', ({ keyspace }) => keyspace.size),
  single('valthree_used_memory_bytes', 'What keys and values take in memory.', (node) => node.usedMemory),
  single('valthree_loading', '1 while the database is loaded, else 0.', (node) => (node.isLoading ? 1 : 0)),
  single('valthree_connected_clients', 'Open client connections.', (node) => node.sessionCount),
  single(
    'valthree_rejected_connections_total',
    'Connections refused over --max-clients.',
    (node) => node.connectionsRejected,
  ),
  single('valthree_subscribers', 'Connections that listen to channels or patterns.', (node) => node.subscriberCount),
  single(
    'valthree_slow_subscribers_total',
    'Subscribers closed by client-output-buffer-limit.',
    (node) => node.outputLimitDisconnections,
  ),
  single('valthree_commands_total', 'Commands executed.', (node) => node.commandsProcessed),
  single('valthree_waiting_commands', 'Commands that wait for a round.', ({ engine }) => engine.waitingTaskCount),
  single('valthree_commits_total', 'Write rounds that have committed.', ({ engine }) => engine.statistics.writeRounds),
  single(
    'valthree_committed_commands_total',
    'Commands settled by write rounds.',
    ({ engine }) => engine.statistics.writeRoundTasks,
  ),
  single(
    'valthree_read_rounds_total',
    'Read rounds that have proven the state current.',
    ({ engine }) => engine.statistics.readRounds,
  ),
  single(
    'valthree_conflicts_total',
    "Times that another node's commit made this one roll back.",
    ({ engine }) => engine.statistics.conflicts,
  ),
  single('valthree_reexecutions_total', 'Commands executed again.', ({ engine }) => engine.statistics.reexecutions),
  single(
    'valthree_uncertain_commands_total',
    'Commands answered with -UNCERTAIN.',
    ({ engine }) => engine.statistics.uncertainTasks,
  ),
  single(
    'valthree_unavailable_commands_total',
    'Commands answered with -UNAVAILABLE.',
    ({ engine }) => engine.statistics.unavailableTasks,
  ),
  {
    name: 'valthree_store_requests_total',
    help: 'Requests to the object store, by kind and outcome.',
    labels: ['kind', 'outcome'],
    read: ({ store }) =>
      requestKinds.flatMap((kind) =>
        [...store.statistics(kind).outcomes].map(([outcome, count]) => [{ kind, outcome }, count] as const),
      ),
  },
  {
    name: 'valthree_store_latency_seconds',
    help: 'Latency of requests to the object store since the start, by kind and quantile.',
    labels: ['kind', 'quantile'],
    read: ({ store }) =>
      requestKinds.flatMap((kind) => {
        const { count, latency } = store.statistics(kind);
        if (count === 0) return [];
        return [0.5, 0.99].map(
          (share) => [{ kind, quantile: String(share) }, latency.percentileMs(share) / 1000] as const,
        );
      }),
  },
  single('valthree_snapshot_under_way', '1 while this node writes a snapshot, else 0.', ({ engine }) =>
    engine.snapshots?.isUnderWay === true ? 1 : 0,
  ),
  single(
    'valthree_snapshots_total',
    'Snapshots by this node that have become the newest.',
    ({ engine }) => engine.snapshots?.written ?? 0,
  ),
  single('valthree_store_retries_total', 'Requests sent again because one had failed.', ({ engine }) => engine.retries),
  single(
    'valthree_store_received_bytes_total',
    'Bytes of bodies that came from the store.',
    ({ store }) => store.bytesIn,
  ),
  single('valthree_store_sent_bytes_total', 'Bytes of bodies sent to the store.', ({ store }) => store.bytesOut),
  single(
    'valthree_store_cost_usd_total',
    'Estimated price of the requests so far, at those of S3 Standard.',
    ({ store }) => store.costUsd,
  ),
];

export function metricsRegistry(node: NodeServer): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const metric of metrics) {
    new Gauge({
      name: metric.name,
      help: metric.help,
      labelNames: [...(metric.labels ?? [])],
      registers: [registry],
      collect() {
        this.reset();
        for (const [labels, value] of metric.read(node)) this.set(labels, value);
      },
    });
  }
  return registry;
}
