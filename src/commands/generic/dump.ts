/** DUMP and RESTORE: values as bytes that any server of Valkey's or Redis' kind reads and writes. */
import { keyDifference } from '../../keyspace/difference.ts';
import type { Effect } from '../../keyspace/effect.ts';
import type { Value } from '../../keyspace/value.ts';
import { checkDump, decodeSealed, type SealedDump } from '../../rdb/dump.ts';
import { MemoryBudget } from '../../rdb/memory-budget.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { ok } from '../../resp/reply.ts';
import { defineData } from '../command.ts';
import { CommandError, syntaxError } from '../command-error.ts';
import { oneKey } from '../key-spec.ts';
import { integerOf } from '../numbers.ts';
import { payloadOf } from './payload.ts';
import { fromRdbValue } from './rdb-value.ts';

export const dump = defineData({
  name: 'DUMP',
  group: 'generic',
  arity: 2,
  flags: ['readonly'],
  categories: ['keyspace'],
  keys: [oneKey(['RO', 'ACCESS'])],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Returns the value of a key in the form that RESTORE takes.',
    since: '2.6.0',
    complexity:
      'O(1) to access the key and additional O(N*M) to serialize it, where N is the number of objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1).',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: ({ view, server }, key) => {
    const value = view.get(key);
    if (value === undefined) return null;
    return payloadOf(value, server.configuration.encodingLimits);
  },
});

export const restore = defineData({
  name: 'RESTORE',
  group: 'generic',
  arity: -4,
  flags: ['write', 'denyoom'],
  categories: ['keyspace', 'dangerous'],
  keys: [oneKey(['OW', 'UPDATE'])],
  doc: {
    summary: 'Makes a key of what DUMP has returned.',
    since: '2.6.0',
    complexity:
      'O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, where N is the number of objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1). However for sorted set values the complexity is O(N*M*log(N)) because inserting values into sorted sets is O(log(N)).',
    history: [
      ['3.0.0', 'Takes `REPLACE`.'],
      ['5.0.0', 'Takes `ABSTTL`.'],
      ['5.0.0', 'Takes `IDLETIME` and `FREQ`.'],
    ],
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'ttl', type: 'integer' },
      { name: 'serialized-value', type: 'string' },
      { name: 'replace', type: 'pure-token', token: 'REPLACE', optional: true, since: '3.0.0' },
      { name: 'absttl', type: 'pure-token', token: 'ABSTTL', optional: true, since: '5.0.0' },
      { name: 'seconds', type: 'integer', token: 'IDLETIME', optional: true, since: '5.0.0' },
      { name: 'frequency', type: 'integer', token: 'FREQ', optional: true, since: '5.0.0' },
    ],
  },
  parse: (argv) => ({
    ...parseOptions(argv),
    key: argv[1] as ByteString,
    ttlWord: argv[2] as ByteString,
    sealed: checkDump(argv[3] as ByteString),
  }),
  execute: ({ view, server }, { key, ttlWord, sealed, replace, isAbsolute, idleSeconds }) => {
    if (!replace && view.has(key)) throw new CommandError('BUSYKEY Target key name already exists.');
    const ttl = checked(ttlWord, Infinity, 'ERR Invalid TTL value, must be >= 0');
    const value = valueOf(sealed, server.memoryRoom);
    const expireAt = ttl === 0 ? undefined : Math.min(ttl + (isAbsolute ? 0 : view.now), Number.MAX_SAFE_INTEGER);
    const isLate = expireAt !== undefined && expireAt <= view.now;
    // What is there goes as a part of this, unless nothing comes in its place.
    if (view.has(key)) view.apply({ kind: 'delete', key, ...(isLate ? {} : { event: '' }) });
    if (isLate) return ok;
    const effects = keyDifference({ db: view.db, key }, undefined, { value, expireAt });
    for (const [i, effect] of effects.entries()) {
      const event = i === effects.length - 1 ? 'restore' : '';
      view.keyspace.apply({ ...effect, event } as Effect);
    }
    const entry = view.peek(key);
    if (entry !== undefined && idleSeconds !== undefined)
      entry.accessedAtSeconds = Math.floor(view.now / 1000) - idleSeconds;
    return ok;
  },
});

interface RestoreOptions {
  replace: boolean;
  isAbsolute: boolean;
  idleSeconds: number | undefined;
}

function parseOptions(argv: readonly ByteString[]): RestoreOptions {
  const options: RestoreOptions = { replace: false, isAbsolute: false, idleSeconds: undefined };
  let frequency: number | undefined;
  for (let i = 4; i < argv.length; i++) {
    const option = (argv[i] as ByteString).toUpperCase();
    const next = argv[i + 1];
    if (option === 'REPLACE') options.replace = true;
    else if (option === 'ABSTTL') options.isAbsolute = true;
    else if (option === 'IDLETIME' && next !== undefined && frequency === undefined) {
      options.idleSeconds = checked(next, Infinity, 'ERR Invalid IDLETIME value, must be >= 0');
      i++;
    } else if (option === 'FREQ' && next !== undefined && options.idleSeconds === undefined) {
      frequency = checked(next, 255, 'ERR Invalid FREQ value, must be >= 0 and <= 255');
      i++;
    } else throw new CommandError(syntaxError);
  }
  return options;
}

function checked(word: ByteString, max: number, refusal: string): number {
  const value = integerOf(word);
  if (value < 0 || value > max) throw new CommandError(refusal);
  return Number(value);
}

/** What a payload may always become, as a few small commands could do as much. */
const freeBytes = 2 ** 20;
/** And for each of its bytes: a small integer takes three of a set, and 43 once it is read. */
const freeBytesPerByte = 16;
/** Of the room that is left: what is read becomes a collection, and a commit, before the next is looked at. */
const roomShare = 1 / 4;
/** Whatever room is left: elements that take so much hold the others up for about two seconds. */
const sharedBytesMax = 2 ** 28;

/**
 * Decoded only when the command runs, behind all that may refuse it, and again where it runs again: it may take a
 * thousand times the memory of the payload.
 */
function valueOf(sealed: SealedDump | undefined, roomBytes: number): Value {
  if (sealed === undefined) throw new CommandError('ERR DUMP payload version or checksum are wrong');
  const share = Math.min(roomShare * roomBytes, sharedBytesMax);
  const memoryMax = Math.max(freeBytes, freeBytesPerByte * sealed.content.length, share);
  const decoded = decodeSealed(sealed, new MemoryBudget(memoryMax));
  if (decoded.kind === 'badValue') throw new CommandError('ERR Bad data format');
  if (decoded.value.kind === 'stream') throw new CommandError('ERR streams are not known to this release');
  return fromRdbValue(decoded.value);
}
