/**
 * Parses what clients send: RESP arrays of bulk strings, and inline commands. Pure: bytes in, words out.
 *
 * Ownership of the chunks: `next` may be called as often as wanted, also later; until it has answered `undefined`, or
 * `detach` has been called, the chunk that was pushed last belongs to the parser. Cost and memory: see `incoming.ts`.
 *
 * Rules and texts are those of Valkey 8's `networking.c` (`processInlineBuffer`, `processMultibulkBuffer`): the two
 * bytes behind a bulk string and the one behind a CR are not looked at, and a NUL in a line hides the rest of it. One
 * deliberate difference: after an inline line of white space alone, Valkey 8.0 reads the next command as inline too,
 * even if it begins with `*` (an oversight: Redis does not); here every command is judged by its own first byte.
 */
import { byteStringLengthMax, type ByteString } from './bytes.ts';
import { Incoming, lineTooLong, lineUnfinished } from './incoming.ts';
import { splitInline } from './inline.ts';
import { parseInteger } from './integer.ts';
import { WordCache } from './word-cache.ts';

export interface ProtocolError {
  readonly kind: 'protocolError';
  /** As it is sent to the client behind `ERR `: `Protocol error: …`. */
  readonly message: string;
  /** The connection is closed without an answer: the message is for the log only. */
  readonly silent: boolean;
}

/** They may be changed at any time and hold from the next call on. */
export interface ParserLimits {
  /** `proto-max-bulk-len`. */
  bulkLengthMax: number;
  /** `client-query-buffer-limit`: bytes of one unfinished command. */
  queryBufferBytesMax: number;
  /** Whether the client may send more than a few short words. */
  authenticated: boolean;
}

/** A line that has no end within so many bytes is refused. */
const lineLengthMax = 64 * 1024;
const multibulkLengthMax = 2 ** 31 - 1;
const unauthenticatedWordsMax = 10;
const unauthenticatedBulkLengthMax = 16_384;
/**
 * What a word costs in memory beside its bytes. It counts towards the limit of the query buffer: otherwise millions of
 * empty words, which Valkey does not count, would pass under it.
 */
const wordOverheadBytes = 32;
/** Room is made for the words of short commands at once: an array that grows from nothing makes room for seventeen. */
const shortCommandWords = 8;

const none: ByteString[] = [];

/** The first words of all connections. */
const names = new WordCache();

export class RequestParser {
  readonly limits: ParserLimits;
  readonly #incoming = new Incoming();
  /** Words of the unfinished command that are still to come, and those that have. */
  #wordsLeft = 0;
  #wordsRead = 0;
  #words = none;
  #wordsBytes = 0;
  /** Length of the bulk string that is being read; -1: its length line is not read yet. */
  #bulkLength = -1;
  #error: ProtocolError | undefined;

  constructor(limits: ParserLimits) {
    this.limits = limits;
  }

  /** Bytes that have arrived and are not part of a command that was handed out. */
  get bufferedBytes(): number {
    return this.#incoming.bytes + this.#wordsBytes;
  }

  /** Whoever pushes without asking for commands has to bound `bufferedBytes` by himself. */
  push(chunk: Uint8Array): void {
    if (this.#error === undefined) this.#incoming.push(chunk);
  }

  /** Gives the chunk back to whoever pushed it: what is left of it is copied. */
  detach(): void {
    this.#incoming.detach();
  }

  /** The words of the next command; `undefined`: more bytes are needed. After an error there is only that error. */
  next(): ByteString[] | ProtocolError | undefined {
    if (this.#error !== undefined) return this.#error;
    const found = this.#next();
    if (found !== undefined) return found;
    this.#incoming.detach();
    return this.#checkQueryBuffer();
  }

  #next(): ByteString[] | ProtocolError | undefined {
    const incoming = this.#incoming;
    for (;;) {
      if (this.#wordsLeft > 0) return this.#readWords();
      if (incoming.at === incoming.end) return undefined;
      if (incoming.chunk[incoming.at] === 42) {
        const header = this.#readHeader();
        if (header !== 'read') return header;
      } else {
        const words = this.#readInline();
        if (words === undefined || 'kind' in words || words.length > 0) return words;
      }
    }
  }

  #readInline(): ByteString[] | ProtocolError | undefined {
    const incoming = this.#incoming;
    const end = incoming.lineEnd(10, lineLengthMax, true);
    if (end === lineUnfinished) return undefined;
    if (end === lineTooLong) return this.#fail('too big inline request');
    const lineEnd = end > incoming.at && incoming.chunk[end - 1] === 13 ? end - 1 : end;
    const words = splitInline(incoming.chunk.latin1Slice(incoming.at, lineEnd));
    if (words === undefined) return this.#fail('unbalanced quotes in request');
    incoming.consume(end + 1 - incoming.at);
    return words;
  }

  /** Reads `*3\r\n`. */
  #readHeader(): 'read' | ProtocolError | undefined {
    const length = this.#readLength('*', 'too big mbulk count string');
    if (length === undefined || typeof length === 'object') return length;
    if (!(length <= multibulkLengthMax)) return this.#fail('invalid multibulk length');
    if (length > unauthenticatedWordsMax && !this.limits.authenticated) {
      return this.#fail('unauthenticated multibulk length');
    }
    this.#wordsLeft = Math.max(0, length);
    this.#words = this.#wordsLeft <= shortCommandWords ? new Array<ByteString>(this.#wordsLeft) : [];
    this.#wordsRead = 0;
    return 'read';
  }

  #readWords(): ByteString[] | ProtocolError | undefined {
    const words = this.#words;
    while (this.#wordsLeft > 0) {
      if (this.#bulkLength < 0) {
        const header = this.#readBulkHeader();
        if (header !== 'read') return header;
      }
      const word = this.#wordsRead === 0 ? this.#readName() : this.#incoming.bulk(this.#bulkLength);
      if (word === undefined) return undefined;
      words[this.#wordsRead++] = word;
      this.#wordsBytes += word.length;
      this.#wordsLeft--;
      this.#bulkLength = -1;
    }
    this.#words = none;
    this.#wordsRead = this.#wordsBytes = 0;
    return words;
  }

  /** Reads `$3\r\n`. */
  #readBulkHeader(): 'read' | ProtocolError | undefined {
    const length = this.#readLength('$', 'too big bulk count string');
    if (length === undefined || typeof length === 'object') return length;
    if (!(length >= 0 && length <= Math.min(this.limits.bulkLengthMax, byteStringLengthMax))) {
      return this.#fail('invalid bulk length');
    }
    if (length > unauthenticatedBulkLengthMax && !this.limits.authenticated) {
      return this.#fail('unauthenticated bulk length');
    }
    this.#bulkLength = length;
    return 'read';
  }

  /** The number in a line that begins with this character; NaN where it is none. */
  #readLength(type: '*' | '$', tooBig: string): number | ProtocolError | undefined {
    const incoming = this.#incoming;
    if (incoming.chunk[incoming.at] === type.charCodeAt(0)) {
      const length = incoming.quickLength();
      if (length >= 0) return length;
    }
    const end = incoming.lineEnd(13, lineLengthMax, true);
    if (end === lineTooLong) return this.#fail(tooBig);
    if (end === lineUnfinished || end + 1 === incoming.end) return undefined;
    const line = incoming.chunk.latin1Slice(incoming.at, end + 1);
    if (!line.startsWith(type)) return this.#fail(`expected '${type}', got '${line.charAt(0)}'`);
    incoming.consume(line.length + 1);
    return Number(parseInteger(line.slice(1, -1)) ?? NaN);
  }

  /** A command's first word: mostly one of a few. */
  #readName(): ByteString | undefined {
    const incoming = this.#incoming;
    const length = this.#bulkLength;
    if (incoming.end - incoming.at < length + 2 || length > WordCache.lengthMax) return incoming.bulk(length);
    const name = names.word(incoming.chunk, incoming.at, length);
    incoming.consume(length + 2);
    return name;
  }

  #checkQueryBuffer(): ProtocolError | undefined {
    const bytes = this.bufferedBytes + this.#wordsRead * wordOverheadBytes;
    return bytes > this.limits.queryBufferBytesMax ? this.#fail('query buffer limit exceeded', true) : undefined;
  }

  /** As in any error line, CR and LF become spaces. */
  #fail(reason: string, silent = false): ProtocolError {
    this.#error = { kind: 'protocolError', message: `Protocol error: ${reason.replace(/[\r\n]/g, ' ')}`, silent };
    this.#words = none;
    this.#wordsRead = this.#wordsBytes = 0;
    this.#incoming.clear();
    this.#incoming.dropPieces();
    return this.#error;
  }
}
