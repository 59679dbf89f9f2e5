/** What says that bytes are not of the RDB format. All input of this layer is hostile until it is read. */

/** Bytes that are not what they claim to be. The message says what is wrong with them, not where they come from. */
export class RdbFormatError extends Error {
  override readonly name: string = 'RdbFormatError';
}

/** A reader of bytes came to their end before the end of what it read. */
export class UnexpectedEnd extends RdbFormatError {
  /** The reader that came to its end, which tells a part of a file that is yet to come from a damaged value in it. */
  readonly reader: object;
  /** At least so many bytes more. */
  readonly missingBytes: number;

  constructor(reader: object, missingBytes: number) {
    super('a value ends too early');
    this.reader = reader;
    this.missingBytes = missingBytes;
  }
}
