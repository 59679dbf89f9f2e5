/**
 * What a subscriber may do in RESP2, where a client could not tell a reply from a message that arrives before it. In
 * RESP3 messages have a type of their own, and everything may be done.
 */
import { error, type ErrorReply } from '../../resp/reply.ts';
import type { ExecutableCommand } from '../command.ts';
import type { Session } from '../session.ts';

const allowed: ReadonlySet<string> = new Set([
  'PING',
  'QUIT',
  'RESET',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'PSUBSCRIBE',
  'PUNSUBSCRIBE',
  'SSUBSCRIBE',
  'SUNSUBSCRIBE',
]);

/** Whether replies could be taken for messages. */
export function isSubscribedInResp2({ protocol, subscriptions }: Session): boolean {
  return protocol === 2 && subscriptions.total > 0;
}

export function isAllowedWhileSubscribed({ name }: ExecutableCommand): boolean {
  return allowed.has(name);
}

/** @param fullName `get`, `client|list` */
export function notWhileSubscribed(fullName: string): ErrorReply {
  return error(
    `ERR Can't execute '${fullName}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
  );
}
