/**
 * Parses what clients send: RESP arrays of bulk strings, and inline commands. Pure: bytes in, words out.
 *
 * Ownership: the parser reads straight out of the chunk that was pushed. When `next` has answered `undefined`, or
 * after `detach`, it holds its own copy of what is left and the chunk may be used for something else.
 *
 * Memory: nothing is allocated for a length that was only announced; an unfinished command costs what has arrived of
 * it. A bulk string that spans chunks is gathered and joined once, so that the work is linear however it is cut.
 *
 * Rules and texts are those of Valkey's `networking.c` (`processInlineBuffer`, `processMultibulkBuffer`).
 */
import { byteStringLengthMax, type ByteString } from './bytes.ts';
import { splitInline } from './inline.ts';
import { parseInteger } from './integer.ts';
import { WordCache } from './word-cache.ts';

export interface ProtocolError {
  readonly kind: 'protocolError';
  /** As it is sent to the client, without its code: `Protocol error: …`. */
  readonly message: string;
}

export interface ParserLimits {
  /** `proto-max-bulk-len`. */
  bulkLengthMax: number;
  /** `client-query-buffer-limit`: bytes of one unfinished command. */
  queryBufferBytesMax: number;
  /** Whether the client may send more than a few short words. */
  authenticated: boolean;
}

/** A line that has no end after so many bytes is refused. */
const lineLengthMax = 64 * 1024;
const multibulkLengthMax = 2 ** 31 - 1;
const unauthenticatedWordsMax = 10;
const unauthenticatedBulkLengthMax = 16_384;
/** Longer bulk strings are gathered in parts; shorter ones are cheaper to copy again. */
const gatherBytesMin = 32 * 1024;

const empty: Latin1Buffer = Buffer.alloc(0) as Latin1Buffer;

/** Node's fast path behind `toString('latin1')`, which its types do not mention. */
type Latin1Buffer = Buffer & { latin1Slice(start: number, end: number): string };

export class RequestParser {
  readonly limits: ParserLimits;
  readonly #names = new WordCache();
  #chunk = empty;
  #at = 0;
  /** Words of the unfinished command that are still to come. */
  #wordsLeft = 0;
  #words: ByteString[] = [];
  #wordsBytes = 0;
  /** Length of the bulk string that is being read; -1: its length line is not read yet. */
  #bulkLength = -1;
  #parts: Buffer[] = [];
  #partsBytes = 0;
  #error: ProtocolError | undefined;

  constructor(limits: ParserLimits) {
    this.limits = limits;
  }

  /** Bytes that have arrived and are not part of a command that was handed out. */
  get bufferedBytes(): number {
    return this.#chunk.length - this.#at + this.#partsBytes + this.#wordsBytes;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) as Latin1Buffer;
    if (this.#at === this.#chunk.length) {
      this.#chunk = bytes;
    } else {
      this.#chunk = Buffer.concat([this.#chunk.subarray(this.#at), bytes]) as Latin1Buffer;
    }
    this.#at = 0;
  }

  /** Copies what is left of the chunk. */
  detach(): void {
    this.#chunk = (
      this.#at === this.#chunk.length ? empty : Buffer.from(this.#chunk.subarray(this.#at))
    ) as Latin1Buffer;
    this.#at = 0;
  }

  /** The words of the next command; `undefined`: more bytes are needed. After an error there is only that error. */
  next(): ByteString[] | ProtocolError | undefined {
    if (this.#error !== undefined) return this.#error;
    const found = this.#next();
    if (found === undefined) {
      this.detach();
      if (this.bufferedBytes > this.limits.queryBufferBytesMax) return this.#fail('query buffer limit exceeded');
    }
    return found;
  }

  #next(): ByteString[] | ProtocolError | undefined {
    for (;;) {
      if (this.#wordsLeft > 0) return this.#readWords();
      if (this.#at === this.#chunk.length) return undefined;
      if (this.#chunk[this.#at] === 42) {
        const header = this.#readHeader();
        if (header !== 'read') return header;
      } else {
        const words = this.#readInline();
        if (words === undefined || 'kind' in words || words.length > 0) return words;
      }
    }
  }

  #readInline(): ByteString[] | ProtocolError | undefined {
    const end = this.#chunk.indexOf(10, this.#at);
    if (end < 0) {
      return this.#chunk.length - this.#at > lineLengthMax ? this.#fail('too big inline request') : undefined;
    }
    const lineEnd = end > this.#at && this.#chunk[end - 1] === 13 ? end - 1 : end;
    const words = splitInline(this.#chunk.latin1Slice(this.#at, lineEnd));
    if (words === undefined) return this.#fail('unbalanced quotes in request');
    this.#at = end + 1;
    return words;
  }

  /** Reads `*3\r\n`. */
  #readHeader(): 'read' | ProtocolError | undefined {
    const length = this.#readLength('too big mbulk count string');
    if (length === undefined || typeof length === 'object') return length;
    if (Number.isNaN(length) || length > multibulkLengthMax) return this.#fail('invalid multibulk length');
    if (length > unauthenticatedWordsMax && !this.limits.authenticated) {
      return this.#fail('unauthenticated multibulk length');
    }
    this.#wordsLeft = Math.max(0, length);
    this.#words = [];
    this.#wordsBytes = 0;
    return 'read';
  }

  #readWords(): ByteString[] | ProtocolError | undefined {
    while (this.#wordsLeft > 0) {
      if (this.#bulkLength < 0) {
        const failure = this.#readBulkHeader();
        if (failure !== 'read') return failure;
      }
      const word = this.#readBulk();
      if (word === undefined) return undefined;
      this.#words.push(word);
      this.#wordsBytes += word.length;
      this.#wordsLeft--;
      this.#bulkLength = -1;
    }
    const words = this.#words;
    this.#words = [];
    this.#wordsBytes = 0;
    return words;
  }

  /** Reads `$3\r\n`. */
  #readBulkHeader(): 'read' | ProtocolError | undefined {
    if (this.#at < this.#chunk.length && this.#chunk[this.#at] !== 36 && this.#lineEnd() >= 0) {
      return this.#fail(`expected '$', got '${String.fromCharCode(this.#chunk[this.#at] as number)}'`);
    }
    const length = this.#readLength('too big bulk count string');
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

  /** Where the CR of the next line stands, if its LF has arrived too; -1 otherwise. As Valkey, the LF is not looked at. */
  #lineEnd(): number {
    const chunk = this.#chunk;
    // The lines are a few bytes long: a loop beats a call of indexOf.
    for (let at = this.#at; at < chunk.length - 1; at++) if (chunk[at] === 13) return at;
    return -1;
  }

  /** The number behind the first byte of a line; NaN where it is none. */
  #readLength(tooBig: string): number | ProtocolError | undefined {
    const chunk = this.#chunk;
    const end = this.#lineEnd();
    if (end < 0) return chunk.length - this.#at > lineLengthMax ? this.#fail(tooBig) : undefined;
    const start = this.#at + 1;
    this.#at = end + 2;
    const first = (chunk[start] as number) - 48;
    if (end === start + 1 && first >= 0 && first <= 9) return first;
    return Number(parseInteger(chunk.latin1Slice(start, end)) ?? NaN);
  }

  /** The bulk string and its CR LF, which, as in Valkey, are not looked at. */
  #readBulk(): ByteString | undefined {
    const length = this.#bulkLength;
    const available = this.#chunk.length - this.#at;
    if (this.#partsBytes === 0 && available >= length + 2) {
      const start = this.#at;
      this.#at += length + 2;
      if (this.#words.length === 0) return this.#names.word(this.#chunk, start, length);
      return this.#chunk.latin1Slice(start, start + length);
    }
    return length < gatherBytesMin ? undefined : this.#gather(length, available);
  }

  #gather(length: number, available: number): ByteString | undefined {
    const take = Math.min(available, length + 2 - this.#partsBytes);
    if (take > 0) this.#parts.push(Buffer.from(this.#chunk.subarray(this.#at, this.#at + take)));
    this.#at += take;
    this.#partsBytes += take;
    if (this.#partsBytes < length + 2) return undefined;
    const joined = Buffer.concat(this.#parts) as Latin1Buffer;
    this.#parts = [];
    this.#partsBytes = 0;
    return joined.latin1Slice(0, length);
  }

  #fail(message: string): ProtocolError {
    this.#error = { kind: 'protocolError', message: `Protocol error: ${message}` };
    this.#parts = [];
    this.#words = [];
    this.#chunk = empty;
    this.#at = this.#partsBytes = this.#wordsBytes = 0;
    return this.#error;
  }
}
