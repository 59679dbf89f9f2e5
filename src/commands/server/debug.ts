/** DEBUG: what the test suites of clients and of Valkey itself rely on. */
import type { ByteString } from '../../resp/bytes.ts';
import { error, ok, simple, type Reply } from '../../resp/reply.ts';
import { defineData, defineSession, type Arguments, type DataCommand, type SessionContext } from '../command.ts';
import { CommandError, wrongSubcommand } from '../command-error.ts';
import { describeObject } from '../generic/object-facts.ts';
import { matchesGlob } from '../glob.ts';
import { helpReply } from '../help.ts';
import { keyspaceDigest, valueDigest } from './digest.ts';

const facts = {
  name: 'DEBUG',
  group: 'server',
  arity: -2,
  flags: ['admin', 'noscript', 'loading', 'stale'],
  doc: { summary: 'Helps to test clients and this node.', since: '1.0.0', complexity: 'Depends on subcommand.' },
} as const;

/** Of those that look into the keyspace, which has to be there. */
const dataFacts = { ...facts, flags: ['admin', 'noscript'] } as const;

const digest = defineData({
  ...dataFacts,
  parse: (argv) => {
    if (argv.length > 2) throw new CommandError(wrongSubcommand('DEBUG', argv[1] as ByteString));
  },
  execute: ({ view }) => simple(keyspaceDigest(view)),
});

const digestValue = defineData({
  ...dataFacts,
  parse: (argv) => argv.slice(2),
  execute: ({ view }, keys) => keys.map((key) => simple(valueDigest(view.peek(key)))),
});

const objectFacts = defineData({
  ...dataFacts,
  parse: (argv) => {
    if (argv.length !== 3 && argv.length !== 4) throw new CommandError(wrongSubcommand('DEBUG', argv[1] as ByteString));
    return { key: argv[2] as ByteString, isFast: argv[3]?.toUpperCase() === 'FAST' };
  },
  execute: (context, { key, isFast }) => simple(describeObject(context, key, { isFast })),
});

export const debug = defineSession({
  ...facts,
  dataForms: new Map<string, DataCommand>([
    ['DIGEST', digest],
    ['DIGEST-VALUE', digestValue],
    ['OBJECT', objectFacts],
  ]),
  parse: (argv) => {
    const name = (argv[1] as ByteString).toUpperCase();
    const subcommand = subcommands.get(name);
    const known = subcommand?.words.includes(argv.length) === true && subcommand.accepts?.(argv) !== false;
    if (!known) throw new CommandError(wrongSubcommand('DEBUG', argv[1] as ByteString));
    return { subcommand, argv };
  },
  run: (context, { subcommand, argv }) => subcommand.run(context, argv),
});

interface DebugSubcommand {
  /** Numbers of words that it may have, with DEBUG itself. */
  readonly words: readonly number[];
  accepts?(argv: Arguments): boolean;
  run(context: SessionContext, argv: Arguments): Reply | Promise<Reply>;
}

/** Acts in Valkey on data structures that have no counterpart here: tests call it and go on. */
function noOperation(...words: number[]): DebugSubcommand {
  return { words, run: () => ok };
}

const replyBufferSettings = ['PEAK-RESET-TIME', 'RESIZING'];

const subcommands: ReadonlyMap<string, DebugSubcommand> = new Map<string, DebugSubcommand>([
  ['SLEEP', { words: [3], run: (context, argv) => sleep(context, argv[2] as ByteString) }],
  [
    'SET-ACTIVE-EXPIRE',
    {
      words: [3],
      run: ({ server }, argv) => {
        server.setActiveExpiry(argv[2] !== '0');
        return ok;
      },
    },
  ],
  ['RELOAD', noOperation(2, 3, 4)],
  ['JMAP', noOperation(2)],
  ['QUICKLIST-PACKED-THRESHOLD', noOperation(3)],
  ['CHANGE-REPL-ID', noOperation(2)],
  [
    'REPLYBUFFER',
    { ...noOperation(4), accepts: (argv) => replyBufferSettings.includes((argv[2] as ByteString).toUpperCase()) },
  ],
  ['DICT-RESIZING', noOperation(3)],
  ['STRINGMATCH-LEN', { words: [4], run: (_, argv) => stringMatch(argv) }],
  ['ERROR', { words: [3], run: (_, argv) => error(argv[2] as ByteString) }],
  [
    'PROTOCOL',
    {
      words: [3],
      run: ({ session }, argv) => protocolExample((argv[2] as ByteString).toLowerCase(), session.protocol),
    },
  ],
  ['HELP', { words: [2], run: help }],
]);

/** Holds this connection only: the others of this node go on, unlike in Valkey, which has one thread for all. */
function sleep({ environment }: SessionContext, word: ByteString): Reply | Promise<Reply> {
  const seconds = Number(word);
  if (!Number.isFinite(seconds) || seconds <= 0) return ok;
  const delayMs = Math.min(seconds * 1000, 2 ** 31 - 1);
  return new Promise((resolve) => {
    environment.timers.set(() => {
      resolve(ok);
    }, delayMs);
  });
}

function stringMatch(argv: Arguments): Reply {
  const [length, pattern] = [Number(argv[2]), argv[3] as ByteString];
  if (!Number.isSafeInteger(length) || length < 0 || length > 2 ** 24) throw new CommandError('ERR invalid length');
  matchesGlob(pattern, 'a'.repeat(length));
  return ok;
}

/** One reply of each type of the protocol. */
const examples: Readonly<Record<string, Reply>> = {
  string: 'Hello World',
  integer: 12345,
  double: { kind: 'double', value: 3.141 },
  null: null,
  array: [0, 1, 2],
  set: { kind: 'set', items: [0, 1, 2] },
  map: { kind: 'map', items: [0, false, 1, true, 2, false] },
  attrib: {
    kind: 'attributed',
    attributes: ['key-popularity', ['key:123', 90]],
    reply: 'Some real reply following the attribute',
  },
  push: { kind: 'withPush', reply: 'Some real reply following the push reply', push: ['server-cpu-usage', 42] },
  verbatim: { kind: 'verbatim', format: 'txt', text: 'This is a verbatim\nstring' },
  true: true,
  false: false,
  bignum: { kind: 'bigNumber', digits: '1234567999999999999999999999999999999' },
};

function protocolExample(name: string, protocol: 2 | 3): Reply {
  if (name === 'push' && protocol === 2) throw new CommandError('ERR RESP2 is not supported by this command');
  const example = Object.hasOwn(examples, name) ? examples[name] : undefined;
  if (example !== undefined) return example;
  throw new CommandError(
    'ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false',
  );
}

function help(): Reply {
  return helpReply('DEBUG', [
    ['DIGEST', 'A digest of all that all databases hold: equal for equal contents.'],
    ['DIGEST-VALUE <key> [<key> ...]', 'The same of single values, without their keys.'],
    [
      'OBJECT <key> [FAST]',
      'How a value is held: its representation in Valkey, its length in an RDB file, when it was used.',
    ],
    ['ERROR <string>', 'Answers with this error.'],
    [
      'PROTOCOL <type>',
      'Answers with a value of this type: string, integer, double, null, array, set, map, attrib, push, verbatim, true, false, bignum.',
    ],
    ['SET-ACTIVE-EXPIRE <0|1>', 'Whether expired keys are deleted that nobody asks for.'],
    ['SLEEP <seconds>', 'Holds this connection for a time.'],
    ['STRINGMATCH-LEN <len> <pattern>', 'Matches the pattern with as many letters a.'],
    [
      'RELOAD, JMAP, QUICKLIST-PACKED-THRESHOLD, CHANGE-REPL-ID, REPLYBUFFER, DICT-RESIZING',
      'Accepted; they have nothing to act on here.',
    ],
  ]);
}
