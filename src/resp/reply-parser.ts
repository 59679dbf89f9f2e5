/**
 * Parses what servers answer, in RESP2 and RESP3: for the tests, the bench and whatever talks to a server. The replies
 * are those that `encode` writes; where RESP2 has one form for several, the plain one comes back.
 *
 * Everything from a socket is untrusted: it is checked strictly, nesting is bounded and kept on a stack of our own, an
 * announced length allocates nothing, and no byte is looked at again when more arrive (see `incoming.ts`, also for who
 * owns the chunks).
 */
import { byteStringLengthMax, type ByteString } from './bytes.ts';
import { Incoming, lineTooLong, lineUnfinished } from './incoming.ts';
import { parseInteger } from './integer.ts';
import { nullArray, type Reply } from './reply.ts';

/** Valkey's own replies nest a handful of levels. */
const depthMax = 128;
/** Lines are short but for the texts of errors. */
const lineLengthMax = 1024 * 1024;

/** What arrived is not RESP: the connection is of no more use. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
}

/** A reply that holds others, while they are arriving. */
interface Open {
  readonly kind: 'array' | 'map' | 'set' | 'push' | 'attributes' | 'attributed';
  /** Of the open reply; of `attributed`: the attributes. */
  readonly items: Reply[];
  left: number;
}

const aggregates: Readonly<Record<string, Open['kind']>> = {
  '*': 'array',
  '%': 'map',
  '~': 'set',
  '>': 'push',
  '|': 'attributes',
};

/** Nothing that is a reply. */
const none = Symbol('none');
type None = typeof none;

export class ReplyParser {
  readonly #incoming = new Incoming();
  readonly #open: Open[] = [];
  /** The bulk string that is being read: its first byte and length. */
  #bulkType = '';
  #bulkLength = 0;
  #error: ReplyError | undefined;

  push(chunk: Uint8Array): void {
    if (this.#error === undefined) this.#incoming.push(chunk);
  }

  /** Gives the chunk back to whoever pushed it: what is left of it is copied. `next` does so when it wants more. */
  detach(): void {
    this.#incoming.detach();
  }

  /**
   * The next reply in a box, as null is a reply; `undefined`: more bytes are needed.
   * @throws ReplyError where it is not RESP, and from then on
   */
  next(): { readonly reply: Reply } | undefined {
    if (this.#error !== undefined) throw this.#error;
    try {
      const reply = this.#next();
      if (reply !== none) return { reply };
      this.#incoming.detach();
      return undefined;
    } catch (error) {
      if (error instanceof ReplyError) this.#error = error;
      throw error;
    }
  }

  #next(): Reply | None {
    for (;;) {
      const depth = this.#open.length;
      const reply = this.#readOne();
      if (reply !== none) {
        const complete = this.#close(reply);
        if (complete !== none) return complete;
      } else if (this.#open.length === depth) {
        return none;
      }
    }
  }

  /** Puts a complete reply where it belongs; answers the outermost one when that is complete. */
  #close(reply: Reply): Reply | None {
    let inner = reply;
    for (;;) {
      const open = this.#open.at(-1);
      if (open === undefined) return inner;
      if (open.kind === 'attributed') {
        inner = { kind: 'attributed', attributes: open.items, reply: inner };
      } else {
        open.items.push(inner);
        if (--open.left > 0) return none;
        if (open.kind === 'attributes') {
          this.#open[this.#open.length - 1] = { kind: 'attributed', items: open.items, left: 1 };
          return none;
        }
        inner = open.kind === 'array' ? open.items : { kind: open.kind, items: open.items };
      }
      this.#open.pop();
    }
  }

  /** A reply that holds no others; `none`: more bytes are needed, or one that holds others was opened. */
  #readOne(): Reply | None {
    if (this.#bulkType !== '') return this.#readBulk();
    const line = this.#readLine();
    if (line === none) return none;
    const type = line.charAt(0);
    const rest = line.slice(1);
    const aggregate = aggregates[type];
    if (aggregate !== undefined) return type === '*' && rest === '-1' ? nullArray : this.#openOne(aggregate, rest);
    if (type !== '$' && type !== '=' && type !== '!') return scalar(type, rest);
    if (type === '$' && rest === '-1') return null;
    this.#bulkLength = length(rest);
    this.#bulkType = type;
    return this.#readBulk();
  }

  #openOne(kind: Open['kind'], count: string): Reply | None {
    const left = length(count) * (kind === 'map' || kind === 'attributes' ? 2 : 1);
    if (this.#open.length >= depthMax) throw new ReplyError('reply is nested too deeply');
    if (left > 0) this.#open.push({ kind, items: [], left });
    else if (kind === 'attributes') this.#open.push({ kind: 'attributed', items: [], left: 1 });
    else return kind === 'array' ? [] : ({ kind, items: [] } as Reply);
    return none;
  }

  #readLine(): ByteString | None {
    const incoming = this.#incoming;
    const { at } = incoming;
    const end = incoming.lineEnd(13, lineLengthMax, false);
    if (end === lineTooLong) throw new ReplyError(`line is too long: lengthMax=${lineLengthMax}`);
    if (end === lineUnfinished || end + 1 === incoming.end) return none;
    if (incoming.chunk[end + 1] !== 10) throw new ReplyError('CR without LF in a line');
    const line = incoming.slice(at, end);
    incoming.consume(end + 2 - at);
    return line;
  }

  #readBulk(): Reply | None {
    const incoming = this.#incoming;
    const text = incoming.bulk(this.#bulkLength);
    if (text === undefined) return none;
    if (incoming.chunk[incoming.at - 2] !== 13 || incoming.chunk[incoming.at - 1] !== 10) {
      throw new ReplyError(`bulk string does not end where announced: length=${this.#bulkLength}`);
    }
    const type = this.#bulkType;
    this.#bulkType = '';
    if (type === '$') return text;
    if (type === '!') return { kind: 'error', text };
    if (text.charAt(3) !== ':') throw new ReplyError('verbatim string without a format');
    return { kind: 'verbatim', format: text.slice(0, 3), text: text.slice(4) };
  }
}

function scalar(type: string, rest: ByteString): Reply {
  switch (type) {
    case '+':
      return { kind: 'simple', text: rest };
    case '-':
      return { kind: 'error', text: rest };
    case ':':
      return integer(rest);
    case ',':
      return { kind: 'double', value: double(rest) };
    case '#':
      if (rest === 't' || rest === 'f') return rest === 't';
      break;
    case '(':
      if (/^-?\d+$/.test(rest)) return { kind: 'bigNumber', digits: rest };
      break;
    case '_':
      if (rest === '') return null;
      break;
  }
  throw new ReplyError(`not a RESP reply: line=${JSON.stringify((type + rest).slice(0, 64))}`);
}

function integer(text: string): number | bigint {
  const value = parseInteger(text);
  if (value === undefined) throw new ReplyError(`not an integer: text=${JSON.stringify(text.slice(0, 64))}`);
  return value;
}

function length(text: string): number {
  const value = integer(text);
  if (typeof value === 'number' && value >= 0 && value <= byteStringLengthMax) return value;
  throw new ReplyError(`not a length: value=${value}`);
}

function double(text: string): number {
  if (text === 'inf') return Infinity;
  if (text === '-inf') return -Infinity;
  if (text === 'nan' || text === '-nan') return NaN;
  if (/^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  throw new ReplyError(`not a double: text=${JSON.stringify(text.slice(0, 64))}`);
}
