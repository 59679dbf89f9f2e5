/**
 * Writes replies in RESP2 or RESP3, as byte strings: V8 joins short strings faster than it writes them into a Buffer
 * one by one, and a socket takes a byte string as it is. What RESP2 lacks becomes what Valkey sends instead.
 *
 * Replies are the server's own, so nothing is checked; their nesting has to be bounded where they are made.
 */
import { formatDouble } from './double.ts';
import type { ByteString } from './bytes.ts';
import type { Reply, SharedReply, TaggedReply } from './reply.ts';

export type Protocol = 2 | 3;

/** Pieces hold about so much; a longer bulk string is a piece of its own. */
const pieceLength = 1024 * 1024;

/**
 * The whole reply.
 * @throws RangeError where it is longer than a string can be: `encodePieces` writes those
 */
export function encode(reply: Reply, protocol: Protocol): ByteString {
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`;
  if (typeof reply === 'number' || typeof reply === 'bigint') return `:${reply}\r\n`;
  if (reply === null) return protocol === 3 ? '_\r\n' : '$-1\r\n';
  if (typeof reply === 'boolean') return protocol === 3 ? `#${reply ? 't' : 'f'}\r\n` : `:${reply ? 1 : 0}\r\n`;
  if (isArray(reply)) return encodeItems(`*${reply.length}\r\n`, reply, protocol);
  if (reply.kind === 'shared') return encodeShared(reply, protocol);
  const aggregate = aggregateOf(reply, protocol);
  return aggregate === undefined
    ? encodeScalar(reply as Scalar, protocol)
    : encodeItems(aggregate.header, aggregate.items, protocol);
}

/**
 * The same bytes in pieces, to be sent one after the other: for replies that are too long for one string, as an `MGET`
 * of large values can be, and so that large values are not copied.
 */
export function encodePieces(reply: Reply, protocol: Protocol): ByteString[] {
  const pieces: ByteString[] = [];
  let piece = '';
  const add = (text: ByteString): void => {
    if (piece.length + text.length > pieceLength && piece !== '') {
      pieces.push(piece);
      piece = '';
    }
    piece += text;
  };
  const write = (part: Reply): void => {
    if (typeof part === 'string') {
      add(`$${part.length}\r\n`);
      add(part);
      add('\r\n');
      return;
    }
    const aggregate = typeof part === 'object' && part !== null ? aggregateOf(part, protocol) : undefined;
    if (aggregate === undefined) {
      add(encode(part, protocol));
    } else {
      add(aggregate.header);
      for (const item of aggregate.items) write(item);
    }
  };
  write(reply);
  pieces.push(piece);
  return pieces;
}

function encodeItems(header: ByteString, items: readonly Reply[], protocol: Protocol): ByteString {
  let text = header;
  for (const item of items) text += encode(item, protocol);
  return text;
}

function encodeShared({ reply, encoded }: SharedReply, protocol: Protocol): ByteString {
  let text = encoded.get(protocol);
  if (text === undefined) encoded.set(protocol, (text = encode(reply, protocol)));
  return text;
}

interface Aggregate {
  readonly header: ByteString;
  readonly items: readonly Reply[];
}

type Scalar = Extract<
  TaggedReply,
  { readonly kind: 'simple' | 'error' | 'nullArray' | 'double' | 'bigNumber' | 'verbatim' }
>;

/** `undefined` where the reply holds no other replies. */
function aggregateOf(reply: readonly Reply[] | TaggedReply, protocol: Protocol): Aggregate | undefined {
  if (isArray(reply)) return { header: `*${reply.length}\r\n`, items: reply };
  const modern = protocol === 3;
  switch (reply.kind) {
    case 'map': {
      const { items } = reply;
      return { header: modern ? `%${items.length / 2}\r\n` : `*${items.length}\r\n`, items };
    }
    case 'pairs': {
      const items = modern ? inPairs(reply.items) : reply.items;
      return { header: `*${items.length}\r\n`, items };
    }
    case 'set':
      return { header: `${modern ? '~' : '*'}${reply.items.length}\r\n`, items: reply.items };
    case 'push':
      return { header: `${modern ? '>' : '*'}${reply.items.length}\r\n`, items: reply.items };
    case 'withPush':
      return { header: '', items: modern ? [reply.reply, { kind: 'push', items: reply.push }] : [reply.reply] };
    case 'pushes':
      return { header: '', items: reply.items.map((items): Reply => ({ kind: 'push', items })) };
    case 'shared':
      return { header: '', items: [reply.reply] };
    case 'attributed': {
      const { attributes } = reply;
      if (!modern) return { header: '', items: [reply.reply] };
      return { header: `|${attributes.length / 2}\r\n`, items: [...attributes, reply.reply] };
    }
    default:
      return undefined;
  }
}

function inPairs(items: readonly Reply[]): Reply[] {
  const pairs: Reply[] = [];
  for (let i = 0; i < items.length; i += 2) pairs.push(items.slice(i, i + 2));
  return pairs;
}

function encodeScalar(reply: Scalar, protocol: Protocol): ByteString {
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
      return modern ? `,${text}\r\n` : encode(text, protocol);
    }
    case 'bigNumber':
      return modern ? `(${reply.digits}\r\n` : encode(reply.digits, protocol);
    case 'verbatim':
      return modern ? `=${reply.text.length + 4}\r\n${reply.format}:${reply.text}\r\n` : encode(reply.text, protocol);
  }
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(reply: readonly Reply[] | TaggedReply): reply is readonly Reply[] {
  return Array.isArray(reply);
}
