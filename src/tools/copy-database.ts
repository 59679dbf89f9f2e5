/** Makes a database, in whatever store and layout, what another one is or was: by one commit, and then by reading it again. */
import { countKeys, difference } from '../keyspace/difference.ts';
import { Keyspace } from '../keyspace/keyspace.ts';
import type { JournalLogOptions } from '../log/journal/journal-log.ts';
import { Requests } from '../log/journal/requests.ts';
import type { Failure } from '../log/log.ts';
import { RecognisingLog, type Layout } from '../log/recognising-log.ts';
import { transact, type Plan, type TransactOutcome } from '../log/transact.ts';
import { loadDatabase } from './load-database.ts';

export interface CopyOptions {
  /** What the destination is to hold. */
  readonly wanted: Keyspace;
  readonly destination: JournalLogOptions;
  /** Of a destination that is not there yet. */
  readonly layout: Layout;
  /** Keys that it holds by then are deleted or changed, where that is allowed. */
  readonly mayReplace: boolean;
  /** How long it waits for the store, beside reading and writing what takes its time. */
  readonly timeoutMs: number;
  readonly onStep: (what: CopyStep) => void;
}

export type CopyStep = 'reading the destination' | 'writing' | 'reading it again';

export interface Copied {
  /** Of the destination. */
  readonly layout: Layout;
  readonly set: number;
  readonly deleted: number;
}

export async function copyDatabase(options: CopyOptions): Promise<TransactOutcome<Copied>> {
  const { destination, timeoutMs, onStep } = options;
  const { clock } = destination.environment;
  const keyspace = new Keyspace(destination.databaseCount);
  const log = new RecognisingLog({ ...destination, layout: options.layout });
  onStep('reading the destination');
  const opened = await log.open(keyspace, clock.monotonic() + timeoutMs);
  if (opened.kind === 'unavailable') return opened;
  const plan = (): Plan<Copied> | Failure => planCopy(options, { keyspace, layout: log.layout, now: clock.now() });
  onStep('writing');
  const outcome = await transact({ log, keyspace, clock, timeoutMs, plan });
  await log.close();
  if (outcome.kind !== 'done') return outcome;
  onStep('reading it again');
  return (await verifyCopy(options)) ?? outcome;
}

function planCopy(
  { wanted, mayReplace, destination }: CopyOptions,
  { keyspace, layout, now }: { readonly keyspace: Keyspace; readonly layout: Layout; readonly now: number },
): Plan<Copied> | Failure {
  if (keyspace.size > 0 && !mayReplace) {
    const reason = `nothing was copied: ${destination.name} holds ${keyspace.size} keys already; --replace replaces them`;
    return { kind: 'unavailable', reason };
  }
  const effects = difference(keyspace, wanted, now);
  return { kind: 'plan', effects, summary: { layout, ...countKeys(effects) } };
}

/** What was written is what is there: the store, and all that wrote and reads, may be at fault. */
async function verifyCopy({ wanted, destination, timeoutMs }: CopyOptions): Promise<Failure | undefined> {
  const { name, environment, databaseCount } = destination;
  const requests = new Requests(destination);
  requests.patienceMs = timeoutMs;
  const copy = new Keyspace(databaseCount);
  const loaded = await loadDatabase({ requests, name, until: {} }, copy);
  if (loaded.kind === 'unavailable')
    return { ...loaded, reason: `it was copied, but not read again: ${loaded.reason}` };
  const { set, deleted } = countKeys(difference(copy, wanted, environment.clock.now()));
  if (set + deleted === 0) return undefined;
  const reason = `${name} was copied, but read again it is not the same: ${set + deleted} keys differ; did others write to it?`;
  return { kind: 'unavailable', reason };
}
