/** `CLIENT LIST`: all connections, or those with these numbers or of this type. */
import type { ByteString } from '../../resp/bytes.ts';
import { parseInteger } from '../../resp/integer.ts';
import { defineSession } from '../command.ts';
import { CommandError, syntaxError } from '../command-error.ts';
import { describeClient } from './client-description.ts';
import { clientTypeOf, isOfType } from './client-type.ts';

export const clientList = defineSession({
  name: 'LIST',
  group: 'connection',
  arity: -2,
  flags: ['admin', 'noscript', 'loading', 'stale'],
  categories: ['connection'],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Describes the connections.',
    since: '2.4.0',
    complexity: 'O(N) where N is the number of client connections',
    arguments: [
      {
        name: 'client-type',
        type: 'oneof',
        token: 'TYPE',
        optional: true,
        since: '5.0.0',
        arguments: [
          { name: 'normal', type: 'pure-token', token: 'normal' },
          { name: 'master', type: 'pure-token', token: 'master' },
          { name: 'replica', type: 'pure-token', token: 'replica' },
          { name: 'pubsub', type: 'pure-token', token: 'pubsub' },
        ],
      },
      { name: 'client-id', type: 'integer', token: 'ID', optional: true, multiple: true, since: '6.2.0' },
    ],
  },
  parse: (argv) => parseList(argv.slice(2)),
  run: ({ server, environment }, { ids, type }) => {
    const now = environment.clock.now();
    const candidates = ids?.flatMap((id) => server.findSession(id) ?? []) ?? [...server.sessions];
    const chosen = type === undefined ? candidates : candidates.filter((session) => isOfType(session, type));
    const text = chosen.map((session) => `${describeClient(session, now)}\n`).join('');
    return { kind: 'verbatim', format: 'txt', text };
  },
});

interface ListOptions {
  /** In this order, and as often as they are named. */
  readonly ids?: readonly number[];
  readonly type?: string;
}

function parseList(words: readonly ByteString[]): ListOptions {
  const option = words[0]?.toUpperCase();
  if (option === undefined) return {};
  if (option === 'TYPE' && words.length === 2) {
    return { type: clientTypeOf(words[1] as ByteString) };
  }
  if (option !== 'ID' || words.length < 2) throw new CommandError(syntaxError);
  const ids = words.slice(1).map((word) => {
    const id = parseInteger(word);
    if (id === undefined) throw new CommandError('ERR Invalid client ID');
    return Number(id);
  });
  return { ids };
}
