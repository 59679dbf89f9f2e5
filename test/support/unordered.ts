/** Replies whose order is nobody's business: fields of a hash, members of a set. */
import { encode } from '../../src/resp/encode.ts';
import type { Reply } from '../../src/resp/reply.ts';

/** Equal for replies that are the same but for the order of their items. */
export function unordered(reply: Reply): string {
  if (Array.isArray(reply)) return `[${(reply as Reply[]).map(unordered).sort().join()}]`;
  if (typeof reply !== 'object' || reply === null || !('items' in reply)) return JSON.stringify(encode(reply, 3));
  if (reply.kind !== 'map' && reply.kind !== 'pairs') return reply.kind + unordered(reply.items);
  const pairs: string[] = [];
  for (let i = 0; i < reply.items.length; i += 2)
    pairs.push(
      reply.items
        .slice(i, i + 2)
        .map(unordered)
        .join(':'),
    );
  return `${reply.kind}[${pairs.sort().join()}]`;
}
