/** What is sent of a reply where `CLIENT REPLY` says that there be none: pushes are not replies. */
import type { Reply } from '../resp/reply.ts';

/** `undefined`: nothing. */
export function silentReply(reply: Reply | undefined): Reply | undefined {
  const items = pushesIn(reply);
  return items.length > 0 ? { kind: 'pushes', items } : undefined;
}

/** Also those inside a transaction. */
function pushesIn(reply: Reply | undefined): readonly (readonly Reply[])[] {
  if (typeof reply !== 'object' || reply === null) return [];
  if ('kind' in reply) return reply.kind === 'pushes' ? reply.items : [];
  return reply.flatMap(pushesIn);
}
