/** Commands that concern the node. */
import { memoryOf } from '../../keyspace/memory.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { ok, type Reply } from '../../resp/reply.ts';
import { defineContainer, defineData, defineSession } from '../command.ts';
import { CommandError, syntaxError } from '../command-error.ts';
import { helpReply } from '../help.ts';
import { oneKey } from '../key-spec.ts';
import { boundedIntegerOf, integerOf, rangedIntegerOf, timeoutMsOf } from '../numbers.ts';
import { drawing } from './lolwut.ts';

export const info = defineSession({
  name: 'INFO',
  group: 'server',
  arity: -1,
  flags: ['loading', 'stale'],
  categories: ['dangerous'],
  tips: ['nondeterministic_output', 'request_policy:all_shards', 'response_policy:special'],
  doc: {
    summary: 'Describes the node.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'section', type: 'string', optional: true, multiple: true }],
  },
  parse: (argv) => argv.slice(1).map((section) => section.toLowerCase()),
  run: ({ server }, sections) => ({ kind: 'verbatim', format: 'txt', text: server.info(sections) }),
});

export const time = defineSession({
  name: 'TIME',
  group: 'server',
  arity: 1,
  flags: ['loading', 'stale', 'fast'],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Returns the time of this node: seconds since 1970, and microseconds.',
    since: '2.6.0',
    complexity: 'O(1)',
  },
  parse: () => undefined,
  run: ({ environment }) => {
    const ms = environment.clock.now();
    return [String(Math.floor(ms / 1000)), String((ms % 1000) * 1000)];
  },
});

export const lolwut = defineSession({
  name: 'LOLWUT',
  group: 'server',
  arity: -1,
  flags: ['readonly', 'fast'],
  doc: {
    summary: 'Draws something, and tells the version.',
    since: '5.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'version', type: 'integer', token: 'VERSION', optional: true }],
  },
  parse: (argv) => (argv[1]?.toUpperCase() === 'VERSION' && argv[2] !== undefined ? integerOf(argv[2]) : undefined),
  run: ({ server, environment }): Reply => ({
    kind: 'verbatim',
    format: 'txt',
    text: drawing(environment.random, server.valkeyVersion),
  }),
});

export const shutdown = defineSession({
  name: 'SHUTDOWN',
  group: 'server',
  arity: -1,
  flags: ['admin', 'noscript', 'loading', 'stale', 'no_multi', 'allow_busy'],
  doc: {
    summary: 'Stops the node, when everything that waits has been settled.',
    since: '1.0.0',
    complexity:
      'O(N) when saving, where N is the total number of keys in all databases when saving data, otherwise O(1)',
    arguments: [
      {
        name: 'abort-selector',
        type: 'oneof',
        optional: true,
        arguments: [
          {
            name: 'save-selector-block',
            type: 'block',
            arguments: [
              {
                name: 'save-selector',
                type: 'oneof',
                optional: true,
                arguments: [
                  { name: 'nosave', type: 'pure-token', token: 'NOSAVE' },
                  { name: 'save', type: 'pure-token', token: 'SAVE' },
                ],
              },
              { name: 'now', type: 'pure-token', token: 'NOW', optional: true, since: '7.0.0' },
              { name: 'force', type: 'pure-token', token: 'FORCE', optional: true, since: '7.0.0' },
            ],
          },
          { name: 'abort', type: 'pure-token', token: 'ABORT', since: '7.0.0' },
        ],
      },
    ],
  },
  parse: (argv) => {
    const options = new Set(argv.slice(1).map((word) => word.toUpperCase()));
    for (const option of options) {
      if (!['SAVE', 'NOSAVE', 'NOW', 'FORCE', 'ABORT'].includes(option)) throw new CommandError(syntaxError);
    }
    if ((options.has('ABORT') && options.size > 1) || (options.has('SAVE') && options.has('NOSAVE'))) {
      throw new CommandError(syntaxError);
    }
    return options;
  },
  run: ({ server }, options): Reply | undefined => {
    if (options.has('ABORT')) throw new CommandError('ERR No shutdown in progress.');
    server.shutdown({ now: options.has('NOW') });
    return undefined;
  },
});

export const wait = defineSession({
  name: 'WAIT',
  group: 'generic',
  arity: 3,
  flags: ['blocking'],
  categories: ['connection'],
  tips: ['request_policy:all_shards', 'response_policy:agg_min'],
  doc: {
    summary:
      'Waits until writes have reached replicas; there are none, as the object store has every acknowledged write.',
    since: '3.0.0',
    complexity: 'O(1)',
    arguments: [
      { name: 'numreplicas', type: 'integer' },
      { name: 'timeout', type: 'integer' },
    ],
  },
  parse: (argv, { environment }) => {
    integerOf(argv[1] as ByteString);
    timeoutMsOf(argv[2] as ByteString, environment.clock.now());
  },
  run: () => 0,
});

export const waitaof = defineSession({
  name: 'WAITAOF',
  group: 'generic',
  arity: 4,
  flags: ['blocking'],
  categories: ['connection'],
  tips: ['request_policy:all_shards', 'response_policy:agg_min'],
  doc: {
    summary: 'Waits until writes are durable; every acknowledged write is.',
    since: '7.2.0',
    complexity: 'O(1)',
    arguments: [
      { name: 'numlocal', type: 'integer' },
      { name: 'numreplicas', type: 'integer' },
      { name: 'timeout', type: 'integer' },
    ],
  },
  parse: (argv, { environment }) => {
    rangedIntegerOf(argv[1] as ByteString, { min: 0, max: 1 });
    boundedIntegerOf(argv[2] as ByteString, 0, Infinity, 'ERR value is out of range, must be positive');
    timeoutMsOf(argv[3] as ByteString, environment.clock.now());
  },
  run: () => [1, 0],
});

const configGet = defineSession({
  name: 'GET',
  group: 'server',
  arity: -3,
  flags: ['admin', 'noscript', 'loading', 'stale'],
  doc: {
    summary: 'Returns settings.',
    since: '2.0.0',
    complexity: 'O(N) when N is the number of configuration parameters provided',
    arguments: [{ name: 'parameter', type: 'string', multiple: true }],
  },
  parse: (argv) => argv.slice(2),
  run: ({ server }, patterns) => ({ kind: 'map', items: server.configuration.get(patterns).flat() }),
});

const configSet = defineSession({
  name: 'SET',
  group: 'server',
  arity: -4,
  flags: ['admin', 'noscript', 'loading', 'stale'],
  tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
  doc: {
    summary: 'Changes settings, all or none.',
    since: '2.0.0',
    complexity: 'O(N) when N is the number of configuration parameters provided',
    arguments: [
      {
        name: 'data',
        type: 'block',
        multiple: true,
        arguments: [
          { name: 'parameter', type: 'string' },
          { name: 'value', type: 'string' },
        ],
      },
    ],
  },
  parse: (argv) => {
    if (argv.length % 2 === 1) throw new CommandError(syntaxError);
    const values: [ByteString, ByteString][] = [];
    for (let i = 2; i < argv.length; i += 2) values.push([argv[i] as ByteString, argv[i + 1] as ByteString]);
    return values;
  },
  run: ({ server }, values) => server.configuration.set(values),
});

const configResetstat = defineSession({
  name: 'RESETSTAT',
  group: 'server',
  arity: 2,
  flags: ['admin', 'noscript', 'loading', 'stale'],
  tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
  doc: { summary: 'Sets the statistics of INFO back to zero.', since: '2.0.0', complexity: 'O(1)' },
  parse: () => undefined,
  run: ({ server }) => {
    server.resetStatistics();
    return ok;
  },
});

const configRewrite = defineSession({
  name: 'REWRITE',
  group: 'server',
  arity: 2,
  flags: ['admin', 'noscript', 'loading', 'stale'],
  tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
  doc: { summary: 'Would write a configuration file; this node has none.', since: '2.8.0', complexity: 'O(1)' },
  parse: () => undefined,
  run: () => {
    throw new CommandError('ERR The server is running without a config file');
  },
});

const configHelp = defineSession({
  name: 'HELP',
  group: 'server',
  arity: 2,
  flags: ['loading', 'stale'],
  doc: { summary: 'Lists the subcommands.', since: '5.0.0', complexity: 'O(1)' },
  parse: () => undefined,
  run: () =>
    helpReply('CONFIG', [
      ['GET <pattern>', 'Settings whose names match the pattern, and their values.'],
      ['SET <directive> <value>', 'Changes settings until the node stops.'],
      ['RESETSTAT', 'Sets the statistics of INFO back to zero.'],
      ['REWRITE', 'Fails: there is no configuration file.'],
    ]),
});

export const config = defineContainer({
  name: 'CONFIG',
  group: 'server',
  arity: -2,
  flags: [],
  doc: { summary: 'Reads and changes the settings of the node.', since: '2.0.0', complexity: 'Depends on subcommand.' },
  subcommands: [configGet, configHelp, configResetstat, configRewrite, configSet],
});

const memoryUsage = defineData({
  name: 'USAGE',
  group: 'server',
  arity: -3,
  flags: ['readonly'],
  keys: [oneKey(['RO'], 2)],
  doc: {
    summary: 'Estimates the memory that a key and its value take on this node.',
    since: '4.0.0',
    complexity: 'O(N) where N is the number of samples.',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'count', type: 'integer', token: 'SAMPLES', optional: true },
    ],
  },
  parse: (argv) => {
    for (let i = 3; i < argv.length; i += 2) {
      if ((argv[i] as ByteString).toUpperCase() !== 'SAMPLES' || i + 1 >= argv.length)
        throw new CommandError(syntaxError);
      if (integerOf(argv[i + 1] as ByteString) < 0) throw new CommandError(syntaxError);
    }
    return argv[2] as ByteString;
  },
  execute: ({ view }, key) => {
    const entry = view.peek(key);
    return entry === undefined ? null : memoryOf(entry);
  },
});

const memoryHelp = defineSession({
  name: 'HELP',
  group: 'server',
  arity: 2,
  flags: ['loading', 'stale'],
  doc: { summary: 'Lists the subcommands.', since: '4.0.0', complexity: 'O(1)' },
  parse: () => undefined,
  run: () =>
    helpReply('MEMORY', [['USAGE <key> [SAMPLES <count>]', 'An estimate of the bytes that key and value take.']]),
});

export const memory = defineContainer({
  name: 'MEMORY',
  group: 'server',
  arity: -2,
  flags: [],
  doc: { summary: 'Tells what takes memory.', since: '4.0.0', complexity: 'Depends on subcommand.' },
  subcommands: [memoryHelp, memoryUsage],
});
