/**
 * The text of INFO: Valkey's sections and fields where they mean something here, and a section of our own, `Store`.
 * `docs/operations.md` explains the fields of that one.
 */
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { RequestKind } from '../store/counting-store.ts';
import { loadingEstimate } from './loading-estimate.ts';
import { formatMemorySize } from './memory-size.ts';
import type { NodeServer } from './node-server.ts';
import { memoryPolicy } from './settings.ts';

type Fields = readonly (readonly [name: string, value: string | number])[];

const sections: Readonly<Record<string, (node: NodeServer) => Fields>> = {
  server: serverFields,
  clients: (node) => [
    ['connected_clients', node.sessionCount],
    ['maxclients', node.configuration.values.clientsMax],
    ['blocked_clients', node.blockedCount],
    ['pubsub_clients', node.subscriberCount],
  ],
  memory: memoryFields,
  persistence: (node) => [
    ['loading', node.isLoading ? 1 : 0],
    ['async_loading', 0],
    ['rdb_changes_since_last_save', 0],
    ['rdb_bgsave_in_progress', node.engine.snapshots?.isUnderWay === true ? 1 : 0],
    ['rdb_saves', node.engine.snapshots?.written ?? 0],
    ['aof_enabled', 0],
    ...(node.isLoading ? loadingFields(node) : []),
  ],
  stats: statsFields,
  store: storeFields,
  replication: (node) => [
    ['role', 'master'],
    ['connected_slaves', 0],
    ['master_replid', node.runId],
    ['master_repl_offset', 0],
  ],
  cpu: cpuFields,
  commandstats: commandFields,
  errorstats: (node) => [...node.counters.errors].map(([code, count]) => [`errorstat_${code}`, `count=${count}`]),
  cluster: () => [['cluster_enabled', 0]],
  keyspace: keyspaceFields,
};

/** Left out unless asked for by name or by `all` or `everything`. */
const onRequest = new Set(['commandstats']);

/** @param names lower case; empty: the default ones */
export function renderInfo(node: NodeServer, names: readonly string[]): string {
  const wanted = new Set(names.length === 0 ? ['default'] : names);
  const everything = wanted.has('all') || wanted.has('everything');
  const parts: string[] = [];
  for (const [name, fields] of Object.entries(sections)) {
    const isDefault = wanted.has('default') && !onRequest.has(name);
    if (!everything && !isDefault && !wanted.has(name)) continue;
    const lines = fields(node).map(([field, value]) => `${field}:${value}\r\n`);
    parts.push(`# ${title(name)}\r\n${lines.join('')}`);
  }
  return parts.join('\r\n');
}

function title(name: string): string {
  return name === 'cpu' ? 'CPU' : name.charAt(0).toUpperCase() + name.slice(1);
}

function serverFields(node: NodeServer): Fields {
  const uptimeSeconds = Math.floor((node.environment.clock.now() - node.startedAt) / 1000);
  return [
    ['redis_version', '7.2.4'],
    ['server_name', 'valkey'],
    ['valkey_version', node.valkeyVersion],
    // As of a Valkey that was not built from its repository.
    ['redis_git_sha1', '00000000'],
    ['redis_git_dirty', 0],
    ['valthree_version', node.facts.version],
    ['redis_mode', 'standalone'],
    ['server_mode', 'standalone'],
    ['os', `${process.platform} ${process.arch}`],
    ['arch_bits', 64],
    ['node_version', process.version],
    ['process_id', process.pid],
    ['run_id', node.runId],
    ['tcp_port', node.facts.port],
    ['server_time_usec', node.environment.clock.now() * 1000],
    ['uptime_in_seconds', uptimeSeconds],
    ['uptime_in_days', Math.floor(uptimeSeconds / 86_400)],
  ];
}

function memoryFields(node: NodeServer): Fields {
  const { rss, heapUsed } = process.memoryUsage();
  const { usedMemory, memoryPeak, keyspace, configuration } = node;
  const { memoryMax } = configuration.values;
  const startup = keyspace.emptyMemory;
  const overhead = keyspace.memoryOverhead;
  const dataset = usedMemory - overhead;
  return [
    ['used_memory', usedMemory],
    ['used_memory_human', formatMemorySize(usedMemory)],
    ['used_memory_rss', rss],
    ['used_memory_rss_human', formatMemorySize(rss)],
    ['used_memory_peak', memoryPeak],
    ['used_memory_peak_human', formatMemorySize(memoryPeak)],
    ['used_memory_peak_perc', percent(usedMemory, memoryPeak)],
    ['used_memory_overhead', overhead],
    ['used_memory_startup', startup],
    ['used_memory_dataset', dataset],
    ['used_memory_dataset_perc', percent(dataset, usedMemory - startup)],
    ['total_system_memory', totalmem()],
    ['total_system_memory_human', formatMemorySize(totalmem())],
    ['heap_used', heapUsed],
    ['heap_limit', getHeapStatistics().heap_size_limit],
    ['maxmemory', memoryMax],
    ['maxmemory_human', formatMemorySize(memoryMax)],
    ['maxmemory_policy', memoryPolicy],
    ['mem_fragmentation_ratio', (rss / usedMemory).toFixed(2)],
  ];
}

function percent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (part / whole) * 100).toFixed(2)}%`;
}

function loadingFields(node: NodeServer): Fields {
  const { totalBytes, loadedBytes, percent, secondsLeft } = loadingEstimate(node);
  return [
    ['loading_start_time', Math.floor(node.loadingSince / 1000)],
    ['loading_total_bytes', totalBytes],
    ['loading_rdb_used_mem', 0],
    ['loading_loaded_bytes', loadedBytes],
    ['loading_loaded_perc', percent.toFixed(2)],
    ['loading_eta_seconds', secondsLeft],
  ];
}

function statsFields(node: NodeServer): Fields {
  return [
    ['total_connections_received', node.connectionsReceived],
    ['total_commands_processed', node.commandsProcessed],
    ['instantaneous_ops_per_sec', node.commandRate.perSecond],
    ['total_net_input_bytes', node.bytesIn],
    ['total_net_output_bytes', node.bytesOut],
    ['rejected_connections', node.connectionsRejected],
    ['expired_keys', node.engine.statistics.expiredKeys],
    ['expired_fields', node.engine.statistics.expiredFields],
    ['pubsub_channels', node.channels.count('channel')],
    ['pubsub_patterns', node.channels.count('pattern')],
    ['pubsubshard_channels', node.channels.count('shardChannel')],
    ['client_output_buffer_limit_disconnections', node.outputLimitDisconnections],
    ['total_error_replies', [...node.counters.errors.values()].reduce((sum, count) => sum + count, 0)],
  ];
}

const requestKinds: readonly RequestKind[] = ['get', 'put', 'list', 'delete'];

function storeFields(node: NodeServer): Fields {
  const { store, engine, facts } = node;
  const { statistics } = engine;
  const commits = statistics.writeRounds;
  return [
    ['store', store.location],
    ['store_database', facts.databaseName],
    ['store_layout', facts.layout],
    ...requestKinds.flatMap((kind): Fields => {
      const { count, outcomes, latency } = store.statistics(kind);
      if (count === 0) return [[`store_requests_${kind}`, 0]];
      const results = [...outcomes].map(([outcome, times]) => `${outcome}=${times}`).join(',');
      return [
        [`store_requests_${kind}`, count],
        [`store_outcomes_${kind}`, results],
        [
          `store_latency_ms_${kind}`,
          `p50=${latency.percentileMs(0.5).toFixed(2)},p99=${latency.percentileMs(0.99).toFixed(2)},max=${latency.maxMs.toFixed(2)}`,
        ],
      ];
    }),
    ['store_bytes_in', store.bytesIn],
    ['store_bytes_out', store.bytesOut],
    ['store_requests_under_way', store.underWay],
    ['store_retries', engine.retries],
    ['store_clock_skew_ms', store.clockSkewMs ?? 'unknown'],
    ['store_estimated_cost_usd', store.costUsd.toFixed(6)],
    ['commits', commits],
    ['commands_per_commit', commits === 0 ? 0 : (statistics.writeRoundTasks / commits).toFixed(2)],
    ['read_rounds', statistics.readRounds],
    ['effects', statistics.effects],
    ['conflicts', statistics.conflicts],
    ['turns_claimed', engine.turns?.claims ?? 0],
    ['turns_yielded', engine.turns?.yields ?? 0],
    ['reexecutions', statistics.reexecutions],
    ['uncertain_commands', statistics.uncertainTasks],
    ['unavailable_commands', statistics.unavailableTasks],
    ['waiting_commands', engine.waitingTaskCount],
  ];
}

function cpuFields(): Fields {
  const { user, system } = process.cpuUsage();
  return [
    ['used_cpu_sys', (system / 1e6).toFixed(6)],
    ['used_cpu_user', (user / 1e6).toFixed(6)],
  ];
}

function commandFields(node: NodeServer): Fields {
  return [...node.counters.used()].map(({ name, calls, meanMs, rejectedCalls, failedCalls }) => {
    const perCall = meanMs * 1000;
    const microseconds = Math.round(perCall * calls);
    return [
      `cmdstat_${name}`,
      `calls=${calls},usec=${microseconds},usec_per_call=${perCall.toFixed(2)},rejected_calls=${rejectedCalls},failed_calls=${failedCalls}`,
    ];
  });
}

function keyspaceFields(node: NodeServer): Fields {
  const fields: [string, string][] = [];
  for (let db = 0; db < node.keyspace.databaseCount; db++) {
    const { size, expiringCount, fieldExpiringCount } = node.keyspace.database(db);
    if (size === 0) continue;
    const counts = `keys=${size},expires=${expiringCount},avg_ttl=0,keys_with_volatile_items=${fieldExpiringCount}`;
    fields.push([`db${db}`, counts]);
  }
  return fields;
}
