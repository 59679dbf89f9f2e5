/** `CLIENT UNBLOCK`: ends the wait of a connection that is blocked (`BLPOP`). */
import type { ByteString } from '../../resp/bytes.ts';
import { defineSession } from '../command.ts';
import { CommandError, wrongSubcommand } from '../command-error.ts';
import { integerOf } from '../numbers.ts';

export const clientUnblock = defineSession({
  name: 'UNBLOCK',
  group: 'connection',
  arity: -3,
  flags: ['admin', 'noscript', 'loading', 'stale'],
  categories: ['connection'],
  doc: {
    summary: 'Ends the wait of a connection that is blocked.',
    since: '5.0.0',
    complexity: 'O(log N) where N is the number of client connections',
    arguments: [
      { name: 'client-id', type: 'integer' },
      {
        name: 'unblock-type',
        type: 'oneof',
        optional: true,
        arguments: [
          { name: 'timeout', type: 'pure-token', token: 'TIMEOUT' },
          { name: 'error', type: 'pure-token', token: 'ERROR' },
        ],
      },
    ],
  },
  parse: (argv) => {
    if (argv.length > 4) throw new CommandError(wrongSubcommand('CLIENT', argv[1] as ByteString));
    const how = argv[3]?.toLowerCase() ?? 'timeout';
    if (how !== 'timeout' && how !== 'error')
      throw new CommandError('ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR');
    return { id: Number(integerOf(argv[2] as ByteString)), how } as const;
  },
  run: ({ server }, { id, how }) => (server.findSession(id)?.unblock(how) === true ? 1 : 0),
});
