/**
 * The trail: the ids of the newest commits, written as insignificant white space behind the JSON. It makes every body
 * unique, so that an ETag never comes back, and it lets a writer that lost a response learn what became of its commit:
 * if its id is in the trail it happened, if another id follows its base it did not. The original Go program ignores
 * the trail when it reads and drops it when it writes.
 *
 * Form: a line feed, a marker of 16 characters, then 32 characters an id, newest first: two bits a character, most
 * significant first, in the alphabet space, tab, line feed, carriage return; at last a line feed.
 */
import type { Random } from '../../environment/environment.ts';

/** 64 bits as 16 lower-case hexadecimal digits. */
export type CommitId = string;

/** The base of the first commit: there was no object. */
export const absentId: CommitId = '0'.repeat(16);

/** Commits that a trail remembers: a writer that falls further behind within one request must say `-UNCERTAIN`. */
export const trailLengthMax = 16;

const alphabet = ' \t\n\r';
const marker = toWhitespace('76336c67');

export function newCommitId(random: Random): CommitId {
  return hexadecimal(random.uint32()) + hexadecimal(random.uint32());
}

/** Stands in for the id of a body that somebody else wrote, without a trail. */
export function idOfForeign(etag: string): CommitId {
  return hexadecimal(fnv1a(etag, 0x811c9dc5)) + hexadecimal(fnv1a(etag, 0x9747b28c));
}

export function encodeTrail(ids: readonly CommitId[]): string {
  return `\n${marker}${ids.slice(0, trailLengthMax).map(toWhitespace).join('')}\n`;
}

/** The ids behind the JSON of this body, newest first; `undefined` where there is no whole trail. */
export function decodeTrail(body: string): readonly CommitId[] | undefined {
  const found = /[ \t\n\r]*$/.exec(body.slice(-(3 + marker.length + 32 * trailLengthMax)));
  const space = found?.[0] ?? '';
  const length = space.length - marker.length - 2;
  if (length < 32 || length % 32 !== 0 || !space.startsWith(`\n${marker}`) || !space.endsWith('\n')) return undefined;
  const ids: CommitId[] = [];
  for (let at = 1 + marker.length; at < space.length - 1; at += 32) ids.push(fromWhitespace(space.slice(at, at + 32)));
  return ids;
}

function toWhitespace(hexDigits: string): string {
  let space = '';
  for (const digit of hexDigits) {
    const bits = parseInt(digit, 16);
    space += (alphabet[bits >> 2] as string) + (alphabet[bits & 3] as string);
  }
  return space;
}

function fromWhitespace(space: string): string {
  let digits = '';
  for (let i = 0; i < space.length; i += 2) {
    const high = alphabet.indexOf(space[i] as string);
    const low = alphabet.indexOf(space[i + 1] as string);
    digits += ((high << 2) | low).toString(16);
  }
  return digits;
}

function hexadecimal(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function fnv1a(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
