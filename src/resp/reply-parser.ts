/**
 * Parses what servers answer, in RESP2 and RESP3: for the tests, the bench and whatever talks to a server. The replies
 * are those that `encode` writes; where RESP2 has one form for several, the plain one comes back. Attributes are
 * dropped. Everything from a socket is untrusted: depth and lengths are bounded.
 */
import { byteStringLengthMax, type ByteString } from './bytes.ts';
import { parseInteger } from './integer.ts';
import { nullArray, type Reply } from './reply.ts';

/** Valkey's own replies nest a handful of levels. */
const depthMax = 64;

export class ReplyError extends Error {}

/** Not enough bytes yet. */
const incomplete = Symbol('incomplete');

export class ReplyParser {
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;

  push(chunk: Uint8Array): void {
    this.#buffer = Buffer.concat([this.#buffer.subarray(this.#at), chunk]);
    this.#at = 0;
  }

  /**
   * The next reply in a box, as null is a reply; `undefined`: more bytes are needed.
   * @throws ReplyError where it is not RESP
   */
  next(): { readonly reply: Reply } | undefined {
    const start = this.#at;
    const reply = this.#read(0);
    if (reply !== incomplete) return { reply };
    this.#at = start;
    return undefined;
  }

  #read(depth: number): Reply | typeof incomplete {
    if (depth > depthMax) throw new ReplyError('reply is nested too deeply');
    const line = this.#line();
    if (line === incomplete) return incomplete;
    const rest = line.slice(1);
    switch (line[0]) {
      case '+':
        return { kind: 'simple', text: rest };
      case '-':
        return { kind: 'error', text: rest };
      case ':':
        return integer(rest);
      case '$':
        return rest === '-1' ? null : this.#bulk(integer(rest));
      case '=': {
        const text = this.#bulk(integer(rest));
        return text === incomplete ? text : { kind: 'verbatim', format: text.slice(0, 3), text: text.slice(4) };
      }
      case '!': {
        const text = this.#bulk(integer(rest));
        return text === incomplete ? text : { kind: 'error', text };
      }
      case '_':
        return null;
      case '#':
        return rest === 't';
      case ',':
        return { kind: 'double', value: double(rest) };
      case '(':
        return { kind: 'bigNumber', digits: rest };
      case '*':
        return rest === '-1' ? nullArray : this.#items(integer(rest), depth);
      case '%':
        return this.#tagged('map', 2 * length(integer(rest)), depth);
      case '~':
        return this.#tagged('set', integer(rest), depth);
      case '>':
        return this.#tagged('push', integer(rest), depth);
      case '|':
        return this.#items(2 * length(integer(rest)), depth) === incomplete ? incomplete : this.#read(depth);
      default:
        throw new ReplyError(`not a RESP reply: first=${JSON.stringify(line[0] ?? '')}`);
    }
  }

  #tagged(kind: 'map' | 'set' | 'push', count: number | bigint, depth: number): Reply | typeof incomplete {
    const items = this.#items(count, depth);
    return items === incomplete ? items : { kind, items };
  }

  #items(count: number | bigint, depth: number): Reply[] | typeof incomplete {
    const items: Reply[] = [];
    for (let left = length(count); left > 0; left--) {
      const item = this.#read(depth + 1);
      if (item === incomplete) return incomplete;
      items.push(item);
    }
    return items;
  }

  #line(): ByteString | typeof incomplete {
    const end = this.#buffer.indexOf('\r\n', this.#at, 'latin1');
    if (end < 0) return incomplete;
    const line = this.#buffer.toString('latin1', this.#at, end);
    this.#at = end + 2;
    return line;
  }

  #bulk(announced: number | bigint): ByteString | typeof incomplete {
    const bytes = length(announced);
    if (this.#buffer.length - this.#at < bytes + 2) return incomplete;
    const text = this.#buffer.toString('latin1', this.#at, this.#at + bytes);
    this.#at += bytes + 2;
    return text;
  }
}

function integer(text: string): number | bigint {
  const value = parseInteger(text);
  if (value === undefined) throw new ReplyError(`not an integer: text=${JSON.stringify(text)}`);
  return value;
}

function length(value: number | bigint): number {
  if (typeof value === 'number' && value >= 0 && value <= byteStringLengthMax) return value;
  throw new ReplyError(`not a length: value=${value}`);
}

function double(text: string): number {
  if (text === 'inf') return Infinity;
  if (text === '-inf') return -Infinity;
  return text === 'nan' ? NaN : Number(text);
}
