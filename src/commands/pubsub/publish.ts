/**
 * PUBLISH and SPUBLISH. A message tells others what its sender has done, so it waits in turn until all commands before
 * it on its connection are settled; it needs no request to the store of its own.
 */
import type { ByteString } from '../../resp/bytes.ts';
import { defineSession, type SessionCommand } from '../command.ts';
import { oneKey } from '../key-spec.ts';

function publishRow(sharded: boolean, row: Pick<SessionCommand, 'name' | 'keys' | 'doc'>): SessionCommand {
  return defineSession({
    ...row,
    group: 'pubsub',
    arity: 3,
    flags: ['pubsub', 'loading', 'stale', 'fast', 'may_replicate'],
    runsInTurn: true,
    parse: (argv) => ({ channel: argv[1] as ByteString, text: argv[2] as ByteString, sharded }),
    run: ({ server }, message) => server.broker.publish(message),
  });
}

export const publish = publishRow(false, {
  name: 'PUBLISH',
  doc: {
    summary: 'Sends a message to all who listen to a channel.',
    since: '2.0.0',
    complexity:
      'O(N+M) where N is the number of clients subscribed to the receiving channel and M is the total number of subscribed patterns (by any client).',
    arguments: [
      { name: 'channel', type: 'string' },
      { name: 'message', type: 'string' },
    ],
  },
});

export const spublish = publishRow(true, {
  name: 'SPUBLISH',
  keys: [oneKey(['not_key'])],
  doc: {
    summary: 'Sends a message to all who listen to a shard channel.',
    since: '7.0.0',
    complexity: 'O(N) where N is the number of clients subscribed to the receiving shard channel.',
    arguments: [
      { name: 'shardchannel', type: 'string' },
      { name: 'message', type: 'string' },
    ],
  },
});
