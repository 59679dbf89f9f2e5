/** Why a command may not even be queued, in Valkey's order of reasons. */
import { outOfMemory } from '../commands/command-error.ts';
import type { ExecutableCommand } from '../commands/command.ts';
import { isAllowedWhileSubscribed, isSubscribedInResp2, notWhileSubscribed } from '../commands/pubsub/subscribed.ts';
import type { Session } from '../commands/session.ts';
import { error, type ErrorReply } from '../resp/reply.ts';
import type { SessionHost } from './session-host.ts';

const notInTransaction = error('ERR Command not allowed inside a transaction');
const loading = error('LOADING Valkey is loading the dataset in memory');
const noMemory = error(outOfMemory);
const notAuthenticated = error('NOAUTH Authentication required.');

/** `undefined`: it may. */
export function refusalOf(command: ExecutableCommand, session: Session, host: SessionHost): ErrorReply | undefined {
  const { flags } = command;
  if (!session.authenticated && !flags.includes('no_auth')) {
    // The password may have been taken away since this client came.
    session.authenticated = !host.server.passwordRequired;
    if (!session.authenticated) return notAuthenticated;
  }
  if (session.transaction !== undefined && flags.includes('no_multi')) return notInTransaction;
  if (isSubscribedInResp2(session) && !isAllowedWhileSubscribed(command))
    return notWhileSubscribed(host.nameOf(command));
  if (host.isLoading && !flags.includes('loading')) return loading;
  // Only of what is queued: what runs at once is refused when it runs.
  if (session.transaction !== undefined && flags.includes('denyoom') && host.server.isOutOfMemory) {
    host.learnNews();
    return noMemory;
  }
  return undefined;
}
