/** `CLIENT KILL`, and its arguments: an address, as in old times, or filters that all must match. */
import type { ByteString } from '../../resp/bytes.ts';
import { parseInteger } from '../../resp/integer.ts';
import { ok } from '../../resp/reply.ts';
import { defineSession, type Arguments } from '../command.ts';
import { CommandError, shown, syntaxError } from '../command-error.ts';
import type { Session } from '../session.ts';
import { clientTypeOf, isOfType } from './client-type.ts';

export const clientKill = defineSession({
  name: 'KILL',
  group: 'connection',
  arity: -3,
  flags: ['admin', 'noscript', 'loading', 'stale'],
  categories: ['connection'],
  doc: {
    summary: 'Closes connections.',
    since: '2.4.0',
    complexity: 'O(N) where N is the number of client connections',
    arguments: [
      {
        name: 'filter',
        type: 'oneof',
        arguments: [
          { name: 'old-format', type: 'string', displayText: 'ip:port', deprecatedSince: '2.8.12' },
          {
            name: 'new-format',
            type: 'oneof',
            multiple: true,
            arguments: [
              { name: 'client-id', type: 'integer', token: 'ID', optional: true, since: '2.8.12' },
              {
                name: 'client-type',
                type: 'oneof',
                token: 'TYPE',
                optional: true,
                since: '2.8.12',
                arguments: [
                  { name: 'normal', type: 'pure-token', token: 'normal' },
                  { name: 'master', type: 'pure-token', token: 'master', since: '3.2.0' },
                  { name: 'primary', type: 'pure-token', token: 'primary', since: '8.0.0' },
                  { name: 'slave', type: 'pure-token', token: 'slave' },
                  { name: 'replica', type: 'pure-token', token: 'replica', since: '5.0.0' },
                  { name: 'pubsub', type: 'pure-token', token: 'pubsub' },
                ],
              },
              { name: 'username', type: 'string', token: 'USER', optional: true },
              { name: 'addr', type: 'string', displayText: 'ip:port', token: 'ADDR', optional: true },
              { name: 'laddr', type: 'string', displayText: 'ip:port', token: 'LADDR', optional: true, since: '6.2.0' },
              {
                name: 'skipme',
                type: 'oneof',
                token: 'SKIPME',
                optional: true,
                arguments: [
                  { name: 'yes', type: 'pure-token', token: 'YES' },
                  { name: 'no', type: 'pure-token', token: 'NO' },
                ],
              },
              { name: 'maxage', type: 'integer', token: 'MAXAGE', optional: true, since: '8.0.0' },
            ],
          },
        ],
      },
    ],
  },
  parse: parseKill,
  run: ({ session, server, environment }, { matches, skipMe, legacy }) => {
    const now = environment.clock.now();
    const victims = [...server.sessions].filter((other) => matches(other, now) && !(skipMe && other === session));
    if (legacy && victims.length === 0) throw new CommandError('ERR No such client');
    for (const victim of victims) {
      if (victim === session) victim.closeAfterReplies();
      else victim.kill();
    }
    return legacy ? ok : victims.length;
  },
});

type Filter = (session: Session, nowMs: number) => boolean;

interface KillArguments {
  readonly matches: Filter;
  readonly skipMe: boolean;
  /** The old form answers OK or an error, the new one a number. */
  readonly legacy: boolean;
}

function parseKill(argv: Arguments): KillArguments {
  if (argv.length === 3) {
    const address = argv[2] as ByteString;
    return { matches: (session) => session.address === address, skipMe: false, legacy: true };
  }
  // Of each kind, the last one counts.
  const filters = new Map<string, Filter>();
  let skipMe = true;
  for (let i = 2; i < argv.length; i += 2) {
    const value = argv[i + 1];
    if (value === undefined) throw new CommandError(syntaxError);
    const option = (argv[i] as ByteString).toUpperCase();
    if (option === 'SKIPME') skipMe = yesOrNo(value);
    else filters.set(option, filterOf(option, value));
  }
  const all = [...filters.values()];
  return { matches: (session, nowMs) => all.every((filter) => filter(session, nowMs)), skipMe, legacy: false };
}

function filterOf(option: string, value: ByteString): Filter {
  switch (option) {
    case 'ID': {
      const id = parseInteger(value);
      if (id === undefined || id < 1) throw new CommandError('ERR client-id should be greater than 0');
      return (session) => session.id === id;
    }
    case 'MAXAGE': {
      const ageSeconds = parseInteger(value);
      if (ageSeconds === undefined) throw new CommandError('ERR maxage is not an integer or out of range');
      if (ageSeconds <= 0) throw new CommandError('ERR maxage should be greater than 0');
      return (session, nowMs) => Math.floor((nowMs - session.connectedAt) / 1000) >= ageSeconds;
    }
    case 'TYPE':
      return typeFilter(value);
    case 'ADDR':
      return (session) => session.address === value;
    case 'LADDR':
      return (session) => session.localAddress === value;
    case 'USER':
      if (value !== 'default') throw new CommandError(`ERR No such user '${shown(value)}'`);
      return () => true;
    default:
      throw new CommandError(syntaxError);
  }
}

function typeFilter(value: ByteString): Filter {
  const type = clientTypeOf(value);
  return (session) => isOfType(session, type);
}

function yesOrNo(word: ByteString): boolean {
  const value = word.toLowerCase();
  if (value !== 'yes' && value !== 'no') throw new CommandError(syntaxError);
  return value === 'yes';
}
