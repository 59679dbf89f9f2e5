/** PUBSUB: who listens to what, on this node. */
import type { ByteString } from '../../resp/bytes.ts';
import { defineContainer, defineSession, type Arguments, type SessionCommand } from '../command.ts';
import { CommandError, wrongSubcommand } from '../command-error.ts';
import { matchesGlob } from '../glob.ts';
import { helpReply } from '../help.ts';
import type { Topic } from './broker.ts';

type Row = Pick<SessionCommand, 'name' | 'doc'>;

function namesRow(topic: Topic, row: Row): SessionCommand {
  return defineSession({
    ...row,
    group: 'pubsub',
    arity: -2,
    flags: ['pubsub', 'loading', 'stale'],
    parse: (argv) => patternOf(argv),
    run: ({ server: { channels } }, pattern) => {
      const names = [...channels.names(topic)];
      return pattern === undefined ? names : names.filter((name) => matchesGlob(pattern, name));
    },
  });
}

function patternOf(argv: Arguments): ByteString | undefined {
  if (argv.length > 3) throw new CommandError(wrongSubcommand('PUBSUB', argv[1] as ByteString));
  return argv[2];
}

function countsRow(topic: Topic, row: Row): SessionCommand {
  return defineSession({
    ...row,
    group: 'pubsub',
    arity: -2,
    flags: ['pubsub', 'loading', 'stale'],
    parse: (argv) => argv.slice(2),
    run: ({ server: { channels } }, names) => names.flatMap((name) => [name, channels.subscriberCount(topic, name)]),
  });
}

const pubsubChannels = namesRow('channel', {
  name: 'CHANNELS',
  doc: {
    summary: 'Lists the channels that somebody listens to.',
    since: '2.8.0',
    complexity:
      'O(N) where N is the number of active channels, and assuming constant time pattern matching (relatively short channels and patterns)',
    arguments: [{ name: 'pattern', type: 'pattern', optional: true }],
  },
});

const pubsubNumsub = countsRow('channel', {
  name: 'NUMSUB',
  doc: {
    summary: 'Counts those who listen to channels.',
    since: '2.8.0',
    complexity: 'O(N) for the NUMSUB subcommand, where N is the number of requested channels',
    arguments: [{ name: 'channel', type: 'string', optional: true, multiple: true }],
  },
});

const pubsubNumpat = defineSession({
  name: 'NUMPAT',
  group: 'pubsub',
  arity: 2,
  flags: ['pubsub', 'loading', 'stale'],
  doc: { summary: 'Counts the patterns that somebody listens by.', since: '2.8.0', complexity: 'O(1)' },
  parse: () => undefined,
  run: ({ server }) => server.channels.count('pattern'),
});

const pubsubShardchannels = namesRow('shardChannel', {
  name: 'SHARDCHANNELS',
  doc: {
    summary: 'Lists the shard channels that somebody listens to.',
    since: '7.0.0',
    complexity:
      'O(N) where N is the number of active shard channels, and assuming constant time pattern matching (relatively short shard channels).',
    arguments: [{ name: 'pattern', type: 'pattern', optional: true }],
  },
});

const pubsubShardnumsub = countsRow('shardChannel', {
  name: 'SHARDNUMSUB',
  doc: {
    summary: 'Counts those who listen to shard channels.',
    since: '7.0.0',
    complexity: 'O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard channels',
    arguments: [{ name: 'shardchannel', type: 'string', optional: true, multiple: true }],
  },
});

const pubsubHelp = defineSession({
  name: 'HELP',
  group: 'pubsub',
  arity: 2,
  flags: ['loading', 'stale'],
  doc: { summary: 'Lists the subcommands.', since: '6.2.0', complexity: 'O(1)' },
  parse: () => undefined,
  run: () =>
    helpReply('PUBSUB', [
      ['CHANNELS [<pattern>]', 'The channels that somebody listens to; those whose names match.'],
      ['NUMPAT', 'The number of patterns that somebody listens by.'],
      ['NUMSUB [<channel> ...]', 'How many listen to these channels; who listens by a pattern is not counted.'],
      ['SHARDCHANNELS [<pattern>]', 'The shard channels that somebody listens to; those whose names match.'],
      ['SHARDNUMSUB [<shardchannel> ...]', 'How many listen to these shard channels.'],
    ]),
});

export const pubsub = defineContainer({
  name: 'PUBSUB',
  group: 'pubsub',
  arity: -2,
  flags: [],
  doc: { summary: 'Tells who listens to what.', since: '2.8.0', complexity: 'Depends on subcommand.' },
  subcommands: [pubsubChannels, pubsubHelp, pubsubNumpat, pubsubNumsub, pubsubShardchannels, pubsubShardnumsub],
});
