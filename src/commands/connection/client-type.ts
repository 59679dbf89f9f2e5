/** The types of clients that `CLIENT LIST` and `CLIENT KILL` choose by. There are no replicas here, and no primary. */
import type { ByteString } from '../../resp/bytes.ts';
import { CommandError, shown } from '../command-error.ts';
import type { Session } from '../session.ts';

const clientTypes = ['normal', 'replica', 'slave', 'pubsub', 'master', 'primary'];

export function clientTypeOf(word: ByteString): string {
  const type = word.toLowerCase();
  if (!clientTypes.includes(type)) throw new CommandError(`ERR Unknown client type '${shown(word)}'`);
  return type;
}

export function isOfType({ subscriptions }: Session, type: string): boolean {
  return type === (subscriptions.total > 0 ? 'pubsub' : 'normal');
}
