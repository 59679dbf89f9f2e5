/**
 * Reads an RDB file as its bytes come, one item after another, and checks the CRC-64 of all of them that stands at its
 * end (since version 5; zero where the server was told to make none).
 *
 * No value is split: it is held as bytes until it has come whole, and nothing else is. One that is cut off is read
 * again from its start when twice as much has come, so that the cost is linear however the file is cut. Nothing
 * is allocated for a length that was only announced. Whoever wrote the file is not trusted; errors say at which byte.
 */
import { Incoming } from '../resp/incoming.ts';
import { ByteReader } from './byte-reader.ts';
import { crc64, crc64OfNothing, type Crc64 } from './crc64.ts';
import { readHeader, readItem, type RdbItem } from './file-item.ts';
import { RdbFormatError, UnexpectedEnd } from './format-error.ts';

/** A value of more bytes is refused: twice as much is waited for, in a buffer that grows by doubling up to 4 GiB. */
const itemBytesMax = 2 ** 30;

const checksumVersionMin = 5;

export class RdbFileReader {
  readonly #incoming = new Incoming();
  #version: number | undefined;
  #db = 0;
  #checksum = crc64OfNothing;
  #consumedBytes = 0;
  /** With fewer bytes it is of no use to try. */
  #wantedBytes = 0;
  #isFinished = false;
  #hasEnded = false;
  #error: RdbFormatError | undefined;

  /** How many bytes of the file the items take that `next` has answered. */
  get consumedBytes(): number {
    return this.#consumedBytes;
  }

  /** More of the file. The chunk must not change until `next` has answered `undefined`. */
  push(chunk: Uint8Array): void {
    if (this.#error === undefined) this.#incoming.push(chunk);
  }

  /** That was all of the file: `next` throws where it is not whole. */
  finish(): void {
    this.#isFinished = true;
  }

  /**
   * The next item; `undefined`: more bytes are needed, or the end has been answered.
   * @throws RdbFormatError where it is no RDB file that can be read, and from then on
   */
  next(): RdbItem | undefined {
    if (this.#error !== undefined) throw this.#error;
    const available = this.#incoming.bytes;
    if (this.#hasEnded && available === 0) return undefined;
    if (available < this.#wantedBytes && !this.#isFinished) {
      this.#incoming.detach();
      return undefined;
    }
    const reader = new ByteReader(this.#incoming.chunk.subarray(this.#incoming.at, this.#incoming.end));
    try {
      if (this.#hasEnded) throw new RdbFormatError('there is more behind its end');
      return this.#read(reader);
    } catch (error) {
      if (!(error instanceof RdbFormatError)) throw error;
      const isCutOff = error instanceof UnexpectedEnd && error.reader === reader;
      if (!isCutOff) throw this.#fail(error.message, reader.at);
      if (this.#isFinished) throw this.#fail('it was cut off', available);
      if (available > itemBytesMax) throw this.#fail(`a value is too long: bytesMax=${itemBytesMax}`, 0);
      this.#wantedBytes = Math.max(available + error.missingBytes, 2 * available);
      this.#incoming.detach();
      return undefined;
    }
  }

  #read(reader: ByteReader): RdbItem {
    const version = this.#version ?? readHeader(reader);
    const item = readItem(reader, version, this.#db);
    const checksum = crc64(
      this.#incoming.chunk.subarray(this.#incoming.at, this.#incoming.at + reader.at),
      this.#checksum,
    );
    if (item.kind === 'end' && version >= checksumVersionMin) verify(reader, checksum);
    // All that can fail has been done.
    this.#version = version;
    this.#checksum = checksum;
    this.#wantedBytes = 0;
    this.#incoming.consume(reader.at);
    this.#consumedBytes += reader.at;
    if (item.kind === 'selectDb') this.#db = item.db;
    if (item.kind === 'end') this.#hasEnded = true;
    return item;
  }

  #fail(message: string, at: number): RdbFormatError {
    this.#error = new RdbFormatError(`${message}: offset=${this.#consumedBytes + at}`);
    this.#incoming.clear();
    return this.#error;
  }
}

function verify(reader: ByteReader, { low, high }: Crc64): void {
  const stored = { low: reader.integer(4), high: reader.integer(4) };
  if (stored.low === 0 && stored.high === 0) return;
  if (stored.low !== low || stored.high !== high) throw new RdbFormatError('its checksum is wrong');
}
