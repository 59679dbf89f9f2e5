/** DEBUG: what the test suites of clients and of Valkey itself rely on. */
import type { ByteString } from '../../resp/bytes.ts';
import { error, ok, type Reply } from '../../resp/reply.ts';
import { defineSession, type Arguments, type SessionContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { matchesGlob } from '../glob.ts';
import { helpReply } from '../help.ts';

export const debug = defineSession({
  name: 'DEBUG',
  group: 'server',
  arity: -2,
  flags: ['admin', 'noscript', 'loading', 'stale'],
  doc: { summary: 'Helps to test clients and this node.', since: '1.0.0', complexity: 'Depends on subcommand.' },
  parse: (argv) => {
    const name = (argv[1] as ByteString).toUpperCase();
    const subcommand = subcommands.get(name);
    if (subcommand === undefined || !subcommand.words.includes(argv.length)) {
      throw new CommandError(
        `ERR unknown subcommand or wrong number of arguments for '${argv[1] as ByteString}'. Try DEBUG HELP.`,
      );
    }
    return { subcommand, argv };
  },
  run: (context, { subcommand, argv }) => subcommand.run(context, argv),
});

interface DebugSubcommand {
  /** Numbers of words that it may have, with DEBUG itself. */
  readonly words: readonly number[];
  run(context: SessionContext, argv: Arguments): Reply | Promise<Reply>;
}

/** Settings of Valkey's data structures that have no counterpart here: tests set them and go on. */
const noOperation: DebugSubcommand = { words: [2, 3, 4], run: () => ok };

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
  ['JMAP', noOperation],
  ['QUICKLIST-PACKED-THRESHOLD', noOperation],
  ['CHANGE-REPL-ID', noOperation],
  ['REPLYBUFFER', noOperation],
  ['DICT-RESIZING', noOperation],
  ['STRINGMATCH-LEN', { words: [4], run: (_, argv) => stringMatch(argv) }],
  ['ERROR', { words: [3], run: (_, argv) => error(argv[2] as ByteString) }],
  ['PROTOCOL', { words: [3], run: (_, argv) => protocolExample((argv[2] as ByteString).toLowerCase()) }],
  ['HELP', { words: [2], run: help }],
]);

/** Holds this connection only: the others of this node go on, unlike in Valkey, which has one thread for all. */
function sleep({ environment }: SessionContext, word: ByteString): Promise<Reply> {
  const seconds = Number(word);
  const delayMs = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, 2 ** 31 - 1) : 0;
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
  push: { kind: 'push', items: ['server-cpu-usage', 42] },
  verbatim: { kind: 'verbatim', format: 'txt', text: 'This is a verbatim\nstring' },
  true: true,
  false: false,
  bignum: { kind: 'bigNumber', digits: '1234567999999999999999999999999999999' },
};

function protocolExample(name: string): Reply {
  const example = Object.hasOwn(examples, name) ? examples[name] : undefined;
  if (example !== undefined) return example;
  throw new CommandError(
    'ERR Wrong protocol type name. Please use one of the following: string|integer|double|null|array|set|map|attrib|push|verbatim|true|false',
  );
}

function help(): Reply {
  return helpReply('DEBUG', [
    ['ERROR <string>', 'Answers with this error.'],
    [
      'PROTOCOL <type>',
      'Answers with a value of this type: string, integer, double, null, array, set, map, attrib, push, verbatim, true, false, bignum.',
    ],
    ['SET-ACTIVE-EXPIRE <0|1>', 'Whether expired keys are deleted that nobody asks for.'],
    ['SLEEP <seconds>', 'Holds this connection for a time.'],
    ['STRINGMATCH-LEN <len> <pattern>', 'Matches the pattern with as many letters a.'],
    [
      'JMAP, QUICKLIST-PACKED-THRESHOLD, CHANGE-REPL-ID, REPLYBUFFER, DICT-RESIZING',
      'Accepted; they have nothing to act on here.',
    ],
  ]);
}
