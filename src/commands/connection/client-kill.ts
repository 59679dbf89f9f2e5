/** The arguments of `CLIENT KILL`: an address, as in old times, or filters that all must match. */
import type { ByteString } from '../../resp/bytes.ts';
import { parseInteger } from '../../resp/integer.ts';
import type { Arguments } from '../command.ts';
import { CommandError, shown, syntaxError } from '../command-error.ts';
import type { Session } from '../session.ts';

type Filter = (session: Session, nowMs: number) => boolean;

export interface KillArguments {
  readonly matches: Filter;
  readonly skipMe: boolean;
  /** The old form answers OK or an error, the new one a number. */
  readonly legacy: boolean;
}

export function parseKill(argv: Arguments): KillArguments {
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

/** All clients of this node are normal ones. */
function typeFilter(value: ByteString): Filter {
  const type = value.toLowerCase();
  if (!['normal', 'replica', 'slave', 'pubsub', 'master', 'primary'].includes(type)) {
    throw new CommandError(`ERR Unknown client type '${shown(value)}'`);
  }
  return () => type === 'normal';
}

function yesOrNo(word: ByteString): boolean {
  const value = word.toLowerCase();
  if (value !== 'yes' && value !== 'no') throw new CommandError(syntaxError);
  return value === 'yes';
}
