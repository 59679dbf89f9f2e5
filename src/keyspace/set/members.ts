/** What the forms in which a set holds its members have in common. */
import type { Random } from '../../environment/environment.ts';
import type { ByteString } from '../../resp/bytes.ts';

export interface Members extends Iterable<ByteString> {
  readonly size: number;
  /** With more members than this the set takes another form. */
  readonly sizeMax: number;
  /** In bytes. @param strings what the members would take as strings */
  memory(strings: number): number;
  /** Whether it can hold this member: integers hold nothing else. */
  accepts(member: ByteString): boolean;
  has(member: ByteString): boolean;
  /** This member is about to be added or deleted. */
  beforeChange(member: ByteString): void;
  /** @returns whether it is new */
  add(member: ByteString): boolean;
  /** @returns whether it was there */
  delete(member: ByteString): boolean;
  random(random: Random): ByteString | undefined;
  /** See `Dictionary.scan`. */
  scan(cursor: number, visit: (member: ByteString) => void): number;
  clone(): Members;
}
