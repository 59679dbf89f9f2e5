/**
 * The trail: the ids of the newest commits, written as insignificant white space behind the JSON. It makes every body
 * unique, so that an ETag never comes back, and it lets a writer that lost a response learn what became of its commit:
 * if its id is in the trail it happened, if another id follows its base it did not. The original Go program ignores
 * the trail when it reads and drops it when it writes. Whoever edits the JSON by hand may leave the trail as it is: the
 * checksum in it is then wrong. Such a trail still tells which commits the edited body had seen, and nothing more.
 *
 * Form: a line feed, a marker of 16 characters, a checksum of the JSON of 32, then 32 characters an id, newest first:
 * two bits a character, most significant first, in the alphabet space, tab, line feed, carriage return; at last a line
 * feed. The checksum is two FNV-1a hashes over the UTF-16 units of the JSON, with the offset bases below.
 */
import type { Random } from '../../environment/environment.ts';

/** 64 bits, as the 32 characters of white space that stand for them. */
export type CommitId = string;

/** Commits that a trail remembers: a writer that falls further behind within one request must say `-UNCERTAIN`. */
export const trailLengthMax = 16;

const alphabet = ' \t\n\r';
const idLength = 32;
/** The characters of each byte. */
const bytes = Array.from({ length: 256 }, (_, byte) =>
  [6, 4, 2, 0].map((shift) => alphabet[(byte >> shift) & 3] as string).join(''),
);
const marker = toWhitespace(0x76336c68);
const offsetBases = [0x811c9dc5, 0x9747b28c] as const;

/** The base of the first commit: there was no object. */
export const absentId: CommitId = toWhitespace(0) + toWhitespace(0);

export function newCommitId(random: Random): CommitId {
  return toWhitespace(random.uint32()) + toWhitespace(random.uint32());
}

/** Stands in for the id of a body that somebody else wrote, without a trail. */
export function idOfForeign(etag: string): CommitId {
  return checksumOf(etag);
}

/** The white space behind this JSON. */
export function encodeTrail(ids: readonly CommitId[], json: string): string {
  return `\n${marker}${checksumOf(json)}${ids.slice(0, trailLengthMax).join('')}\n`;
}

export interface Trail {
  /** Newest first. */
  readonly ids: readonly CommitId[];
  /** Whether the JSON is the one that it was written behind. */
  readonly isIntact: boolean;
}

/** The trail behind the JSON of this body, if there is a whole one. */
export function decodeTrail(body: string): Trail | undefined {
  const found = /[ \t\n\r]*$/.exec(body.slice(-(3 + marker.length + idLength * (trailLengthMax + 1))));
  const space = found?.[0] ?? '';
  const length = space.length - marker.length - 2;
  const isWhole = length >= 2 * idLength && length % idLength === 0;
  if (!isWhole || !space.startsWith(`\n${marker}`) || !space.endsWith('\n')) return undefined;
  const [checksum, ...ids] = wordsOf(space.slice(1 + marker.length, -1));
  return { ids, isIntact: checksum === checksumOf(body.slice(0, -space.length)) };
}

function wordsOf(space: string): string[] {
  return Array.from({ length: space.length / idLength }, (_, i) => space.slice(i * idLength, (i + 1) * idLength));
}

function checksumOf(text: string): string {
  return offsetBases.map((base) => toWhitespace(fnv1a(text, base))).join('');
}

/** 32 bits, the most significant first. */
function toWhitespace(word: number): string {
  return [24, 16, 8, 0].map((shift) => bytes[(word >>> shift) & 255] as string).join('');
}

function fnv1a(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
