/**
 * Writes replies in RESP2 or RESP3, as a byte string: V8 joins short strings faster than it writes them into a Buffer
 * one by one, and a socket takes a byte string as it is.
 */
import { formatDouble } from './double.ts';
import type { ByteString } from './bytes.ts';
import type { Reply, TaggedReply } from './reply.ts';

export type Protocol = 2 | 3;

export function encode(reply: Reply, protocol: Protocol): ByteString {
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`;
  if (typeof reply === 'number' || typeof reply === 'bigint') return `:${reply}\r\n`;
  if (reply === null) return protocol === 3 ? '_\r\n' : '$-1\r\n';
  if (typeof reply === 'boolean') return protocol === 3 ? `#${reply ? 't' : 'f'}\r\n` : `:${reply ? 1 : 0}\r\n`;
  if (isArray(reply)) return encodeItems('*', reply.length, reply, protocol);
  return encodeTagged(reply, protocol);
}

function encodeTagged(reply: TaggedReply, protocol: Protocol): ByteString {
  const modern = protocol === 3;
  switch (reply.kind) {
    case 'simple':
      return `+${reply.text}\r\n`;
    case 'error':
      return `-${reply.text}\r\n`;
    case 'nullArray':
      return modern ? '_\r\n' : '*-1\r\n';
    case 'double': {
      const text = formatDouble(reply.value);
      return modern ? `,${text}\r\n` : `$${text.length}\r\n${text}\r\n`;
    }
    case 'bigNumber':
      return modern ? `(${reply.digits}\r\n` : encode(reply.digits, protocol);
    case 'verbatim':
      return modern ? `=${reply.text.length + 4}\r\n${reply.format}:${reply.text}\r\n` : encode(reply.text, protocol);
    case 'map':
      return modern
        ? encodeItems('%', reply.items.length / 2, reply.items, protocol)
        : encodeItems('*', reply.items.length, reply.items, protocol);
    case 'set':
      return encodeItems(modern ? '~' : '*', reply.items.length, reply.items, protocol);
    case 'push':
      return encodeItems(modern ? '>' : '*', reply.items.length, reply.items, protocol);
    case 'attributed': {
      const attributes = modern ? encodeItems('|', reply.attributes.length / 2, reply.attributes, protocol) : '';
      return attributes + encode(reply.reply, protocol);
    }
  }
}

function encodeItems(type: string, count: number, items: readonly Reply[], protocol: Protocol): ByteString {
  let text = `${type}${count}\r\n`;
  for (const item of items) text += encode(item, protocol);
  return text;
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(reply: Reply): reply is readonly Reply[] {
  return Array.isArray(reply);
}
