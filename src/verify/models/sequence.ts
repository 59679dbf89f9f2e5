/**
 * An immutable text with its hash. JavaScript engines share the parts of concatenated strings, so a value that grows by
 * appending costs what is appended, not what it is. Lists use it too, with one or two code units an element.
 */
import { concatenatedHash, hashText, tailHash } from './hash.ts';

export interface Sequence {
  readonly text: string;
  readonly hash: number;
}

export const emptySequence: Sequence = { text: '', hash: 0 };

export function sequence(text: string): Sequence {
  return { text, hash: hashText(text) };
}

export function concatenate(left: Sequence, right: Sequence): Sequence {
  return { text: left.text + right.text, hash: concatenatedHash(left.hash, right.hash, right.text.length) };
}

export function withoutHead(whole: Sequence, length: number): Sequence {
  const head = hashText(whole.text.slice(0, length));
  return { text: whole.text.slice(length), hash: tailHash(whole.hash, whole.text.length, head, length) };
}

/** The last code units are hashed only to be taken away; the rest is hashed again, which is rare enough. */
export function withoutTail(whole: Sequence, length: number): Sequence {
  return sequence(whole.text.slice(0, whole.text.length - length));
}

function sequenceBytes({ text }: Sequence): number {
  return 80 + text.length;
}

export const sequenceIdentity = {
  hash: ({ hash }: Sequence): number => hash,
  equals: (left: Sequence, right: Sequence): boolean => left.hash === right.hash && left.text === right.text,
  bytes: sequenceBytes,
} as const;
