/**
 * SUBSCRIBE, UNSUBSCRIBE and their variants for patterns and shard channels. They answer by pushes, one for each name,
 * which are sent even where CLIENT REPLY is off; each says how many subscriptions there are then: channels and
 * patterns are counted together, shard channels by themselves.
 *
 * They run in turn and hold the connection: no message may come before the confirmation, and what may follow (in RESP2
 * hardly anything while there are subscriptions) depends on them.
 */
import type { ByteString } from '../../resp/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { defineSession, type SessionCommand } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { keysFrom } from '../key-spec.ts';
import type { Subscriptions, Topic } from './broker.ts';

type Row = Pick<SessionCommand, 'name' | 'keys' | 'doc'>;

function subscribeRow(topic: Topic, row: Row): SessionCommand {
  return defineSession({
    ...row,
    group: 'pubsub',
    arity: -2,
    flags: ['pubsub', 'noscript', 'loading', 'stale'],
    runsInTurn: true,
    holdsConnection: true,
    parse: (argv) => argv.slice(1),
    run: ({ session: { subscriptions }, insideTransaction }, names): Reply => {
      // The two older ones may, for the sake of old clients.
      if (topic === 'shardChannel' && insideTransaction === true)
        throw new CommandError(`ERR ${row.name} isn't allowed for a DENY BLOCKING client`);
      const items = names.map((name) => {
        subscriptions.add(topic, name);
        return confirmation(row, topic, name, subscriptions);
      });
      return { kind: 'pushes', items };
    },
  });
}

function unsubscribeRow(topic: Topic, row: Row): SessionCommand {
  return defineSession({
    ...row,
    group: 'pubsub',
    arity: -1,
    flags: ['pubsub', 'noscript', 'loading', 'stale'],
    runsInTurn: true,
    holdsConnection: true,
    parse: (argv) => argv.slice(1),
    run: ({ session: { subscriptions } }, words): Reply => {
      const names = words.length > 0 ? words : subscriptions.names(topic);
      const items = names.map((name) => {
        subscriptions.remove(topic, name);
        return confirmation(row, topic, name, subscriptions);
      });
      // There is always an answer.
      return { kind: 'pushes', items: items.length > 0 ? items : [confirmation(row, topic, null, subscriptions)] };
    },
  });
}

function confirmation(
  { name: command }: Row,
  topic: Topic,
  name: ByteString | null,
  subscriptions: Subscriptions,
): readonly Reply[] {
  const { channel, pattern, shardChannel } = subscriptions.counts;
  return [command.toLowerCase(), name, topic === 'shardChannel' ? shardChannel : channel + pattern];
}

export const subscribe = subscribeRow('channel', {
  name: 'SUBSCRIBE',
  doc: {
    summary: 'Listens to channels.',
    since: '2.0.0',
    complexity: 'O(N) where N is the number of channels to subscribe to.',
    arguments: [{ name: 'channel', type: 'string', multiple: true }],
  },
});

export const unsubscribe = unsubscribeRow('channel', {
  name: 'UNSUBSCRIBE',
  doc: {
    summary: 'Stops listening to channels, or to all.',
    since: '2.0.0',
    complexity: 'O(N) where N is the number of channels to unsubscribe.',
    arguments: [{ name: 'channel', type: 'string', optional: true, multiple: true }],
  },
});

export const psubscribe = subscribeRow('pattern', {
  name: 'PSUBSCRIBE',
  doc: {
    summary: 'Listens to all channels whose names match patterns.',
    since: '2.0.0',
    complexity: 'O(N) where N is the number of patterns to subscribe to.',
    arguments: [{ name: 'pattern', type: 'pattern', multiple: true }],
  },
});

export const punsubscribe = unsubscribeRow('pattern', {
  name: 'PUNSUBSCRIBE',
  doc: {
    summary: 'Stops listening by patterns, or by all.',
    since: '2.0.0',
    complexity: 'O(N) where N is the number of patterns to unsubscribe.',
    arguments: [{ name: 'pattern', type: 'pattern', optional: true, multiple: true }],
  },
});

export const ssubscribe = subscribeRow('shardChannel', {
  name: 'SSUBSCRIBE',
  keys: [keysFrom(['not_key'])],
  doc: {
    summary: 'Listens to shard channels.',
    since: '7.0.0',
    complexity: 'O(N) where N is the number of shard channels to subscribe to.',
    arguments: [{ name: 'shardchannel', type: 'string', multiple: true }],
  },
});

export const sunsubscribe = unsubscribeRow('shardChannel', {
  name: 'SUNSUBSCRIBE',
  keys: [keysFrom(['not_key'])],
  doc: {
    summary: 'Stops listening to shard channels, or to all.',
    since: '7.0.0',
    complexity: 'O(N) where N is the number of shard channels to unsubscribe.',
    arguments: [{ name: 'shardchannel', type: 'string', optional: true, multiple: true }],
  },
});
