/**
 * What a command costs in memory while it is unanswered: its words and its reply, estimated. Values that the keyspace
 * shares are counted as if they were copies: the bound that this serves may be reached early, never late.
 */
import type { ByteString } from '../resp/bytes.ts';
import type { Reply } from '../resp/reply.ts';

/** What a word, or a part of a reply, takes beyond its bytes. */
const overheadBytes = 32;

export function wordsBytes(argv: readonly ByteString[]): number {
  let bytes = 0;
  for (const word of argv) bytes += word.length + overheadBytes;
  return bytes;
}

export function replyBytes(reply: Reply | undefined): number {
  if (typeof reply === 'string') return reply.length + overheadBytes;
  if (typeof reply !== 'object' || reply === null) return overheadBytes;
  if ('kind' in reply) return taggedBytes(reply);
  let bytes = overheadBytes;
  for (const part of reply) bytes += replyBytes(part);
  return bytes;
}

function taggedBytes(reply: Extract<Reply, { readonly kind: string }>): number {
  switch (reply.kind) {
    case 'map':
    case 'pairs':
    case 'set':
    case 'push':
      return replyBytes(reply.items);
    case 'pushes':
      return replyBytes(reply.items);
    case 'shared':
      return replyBytes(reply.reply);
    case 'withPush':
      return replyBytes(reply.reply) + replyBytes(reply.push);
    case 'attributed':
      return replyBytes(reply.reply) + replyBytes(reply.attributes);
    case 'verbatim':
    case 'simple':
    case 'error':
      return reply.text.length + overheadBytes;
    case 'bigNumber':
      return reply.digits.length + overheadBytes;
    case 'nullArray':
    case 'double':
      return overheadBytes;
  }
}
