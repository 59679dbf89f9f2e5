/** OBJECT: how a value is held. */
import type { ByteString } from '../../resp/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import type { Entry } from '../../keyspace/database.ts';
import { defineContainer, defineData, defineSession, type Context } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { helpReply } from '../help.ts';
import { oneKey } from '../key-spec.ts';
import { encodingOf } from './encoding.ts';
import { idleSeconds, referenceCount } from './object-facts.ts';

const objectEncoding = defineData({
  name: 'ENCODING',
  group: 'generic',
  arity: 3,
  flags: ['readonly'],
  categories: ['keyspace'],
  keys: [oneKey(['RO'], 2)],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Names the representation that Valkey would choose for a value.',
    since: '2.2.3',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[2] as ByteString,
  execute: (context, key) =>
    ofEntry(context, key, ({ value }) => encodingOf(value, context.server.configuration.encodingLimits)),
});

const objectFreq = defineData({
  name: 'FREQ',
  group: 'generic',
  arity: 3,
  flags: ['readonly'],
  categories: ['keyspace'],
  keys: [oneKey(['RO'], 2)],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Would return how often a key is used, under an LFU policy.',
    since: '4.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[2] as ByteString,
  execute: (context, key) =>
    ofEntry(context, key, () => {
      throw new CommandError(
        'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
      );
    }),
});

const objectIdletime = defineData({
  name: 'IDLETIME',
  group: 'generic',
  arity: 3,
  flags: ['readonly'],
  categories: ['keyspace'],
  keys: [oneKey(['RO'], 2)],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Returns the seconds since a key was used on this node.',
    since: '2.2.3',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[2] as ByteString,
  execute: (context, key) => ofEntry(context, key, (entry) => idleSeconds(context.view, entry)),
});

const objectRefcount = defineData({
  name: 'REFCOUNT',
  group: 'generic',
  arity: 3,
  flags: ['readonly'],
  categories: ['keyspace'],
  keys: [oneKey(['RO'], 2)],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Returns the number of references to a value.',
    since: '2.2.3',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[2] as ByteString,
  execute: (context, key) => ofEntry(context, key, ({ value }) => referenceCount(value)),
});

const objectHelp = defineSession({
  name: 'HELP',
  group: 'generic',
  arity: 2,
  flags: ['loading', 'stale'],
  categories: ['keyspace'],
  doc: { summary: 'Lists the subcommands.', since: '6.2.0', complexity: 'O(1)' },
  parse: () => undefined,
  run: () =>
    helpReply('OBJECT', [
      ['ENCODING <key>', 'The representation that Valkey would choose for the value.'],
      ['FREQ <key>', 'How often the key is used: only under an LFU policy, so never here.'],
      ['IDLETIME <key>', 'Seconds since the key was last used on this node.'],
      ['REFCOUNT <key>', 'References to the value.'],
    ]),
});

export const object = defineContainer({
  name: 'OBJECT',
  group: 'generic',
  arity: -2,
  flags: [],
  doc: { summary: 'Tells how values are held.', since: '2.2.3', complexity: 'Depends on subcommand.' },
  subcommands: [objectEncoding, objectFreq, objectHelp, objectIdletime, objectRefcount],
});

function ofEntry({ view }: Context, key: ByteString, answer: (entry: Entry) => Reply): Reply {
  const entry = view.peek(key);
  return entry === undefined ? null : answer(entry);
}
