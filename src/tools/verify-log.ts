/** Reads the log from its first record that is needed to its end, and whatever is stored behind that. */
import type { Effect } from '../keyspace/effect.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import { ownerOf, type Head } from '../log/journal/head.ts';
import { numberOf, recordName, recordPrefix, sidePrefix } from '../log/journal/names.ts';
import { isClaim, type Record } from '../log/journal/record.ts';
import type { Damage, DatabaseReader } from './database-reader.ts';

export interface LogOptions {
  readonly reader: DatabaseReader;
  readonly name: string;
  readonly head: Head;
  /** The first record, and the last valid id before it. */
  readonly from: number;
  readonly parent: string;
  readonly time: number;
  /** Becomes what the log leads to. */
  readonly keyspace: Keyspace;
  /** The keyspace is what it was after this record, of which the valid one is the last. */
  readonly onRecord: (number: number, id: string) => Promise<void>;
  readonly report: (object: string, what: string) => void;
  readonly onProgress: (number: number) => void;
}

export interface LogSummary {
  /** The number of the last record. */
  readonly end: number;
  readonly valid: number;
  readonly void: number;
  /** Claims of nodes behind the end: nothing is missing between it and them. */
  readonly claims: number;
}

/** Records that are asked for at once. */
const atOnce = 32;

export async function verifyLog(options: LogOptions): Promise<LogSummary> {
  const { reader, name, head, report } = options;
  const stored = (await reader.list(recordPrefix(name))).map((object) => numberOf(name, object.name) ?? 0);
  const last = Math.max(head.log.number - 1, ...head.origins.map(({ until }) => until), ...stored);
  const state = { parent: options.parent, time: options.time, valid: 0, void: 0 };
  let end = options.from - 1;
  let claims = 0;
  let hole: { readonly number: number; isDamage: boolean } | undefined;
  for (let from = options.from; ; from += atOnce) {
    const count = Math.min(atOnce, Math.max(1, last + 2 - from));
    const batch = await Promise.all(
      Array.from({ length: count }, (_, i) => reader.record(from + i, ownerOf(from + i, head, name))),
    );
    for (const [i, found] of batch.entries()) {
      const number = from + i;
      if (found.kind === 'read' && hole === undefined) {
        await take(found.content, state, options);
        end = number;
      } else if (found.kind === 'read') {
        if (isClaim(found.content)) claims++;
        else if (hole !== undefined) hole.isDamage = true;
      } else if (!found.isMissing) {
        report(found.object, found.what);
        state.parent = '';
      } else if (number <= last && hole === undefined) {
        hole = { number, isDamage: isNeeded(number, options) };
      }
      options.onProgress(number);
    }
    if (from + count > last) break;
  }
  if (hole?.isDamage === true) reportHole(hole.number, last, options);
  return { end, valid: state.valid, void: state.void, claims };
}

interface ChainState {
  /** The last valid id; empty: not known, as a record could not be read. */
  parent: string;
  time: number;
  valid: number;
  void: number;
}

async function take(record: Record, state: ChainState, options: LogOptions): Promise<void> {
  const { name, head, report } = options;
  const object = recordName(ownerOf(record.number, head, name).name, record.number);
  if (state.parent !== '' && record.parent !== state.parent) {
    state.void++;
    return;
  }
  state.parent = record.id;
  state.valid++;
  if (record.time < state.time) report(object, `its time is before that of the commit before it: ${record.time}`);
  state.time = Math.max(state.time, record.time);
  await apply(record, object, options);
  await options.onRecord(record.number, record.id);
}

async function apply(
  record: Record,
  object: string,
  { reader, name, head, keyspace, report }: LogOptions,
): Promise<void> {
  const prefix = sidePrefix(ownerOf(record.number, head, name).name);
  const sides = record.content.kind === 'sides' ? record.content.objects : [];
  for (const side of sides) {
    if (!side.name.startsWith(prefix)) report(object, `it names what is no side object of this database: ${side.name}`);
  }
  const effects: readonly Effect[] | Damage = await reader.effects(record);
  if ('kind' in effects) {
    report(effects.object, effects.what);
    return;
  }
  for (const effect of effects) {
    try {
      keyspace.apply(effect);
    } catch (cause) {
      report(object, `an effect of it cannot be applied: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
}

/** That the first number is missing is the end of the log, unless something needs it or comes after it. */
function reportHole(number: number, last: number, options: LogOptions): void {
  const { name, head, report } = options;
  const object = recordName(ownerOf(number, head, name).name, number);
  const after = `it is missing, although there are records up to ${last}`;
  report(
    object,
    isNeeded(number, options)
      ? after
      : `${after}: it is lost, or a node died while it wrote, and nobody has written since; then the next commit takes its place`,
  );
}

function isNeeded(number: number, { name, head }: LogOptions): boolean {
  return number < head.log.number || ownerOf(number, head, name).until !== Infinity;
}
