/**
 * The value of `notify-keyspace-events`: letters for the classes of events that are told, and for the channels on which.
 * Facts from Valkey's `notify.c`, whose way of writing them this is.
 */

/** All that `A` stands for, in Valkey's order. New keys (`n`) and misses (`m`) are not among them. */
const usual = 'g$lshzxetd';
/** The order of the others in `CONFIG GET`, behind those. */
const others = 'nKEm';

export interface EventClasses {
  /** Each letter once, in the order of `CONFIG GET`, but for the `A`. */
  readonly letters: string;
  /** Events are told on `__keyspace@0__:key`, on `__keyevent@0__:event`. */
  readonly keyspace: boolean;
  readonly keyevent: boolean;
}

export const noEventClasses: EventClasses = { letters: '', keyspace: false, keyevent: false };

/** `undefined`: it holds a letter that means nothing. */
export function parseEventClasses(text: string): EventClasses | undefined {
  const wanted = new Set(text.replaceAll('A', usual));
  const letters = Array.from(usual + others)
    .filter((letter) => wanted.delete(letter))
    .join('');
  if (wanted.size > 0) return undefined;
  return { letters, keyspace: letters.includes('K'), keyevent: letters.includes('E') };
}

/** As `CONFIG GET` has it: where `A` says all, Valkey does not mention new keys. */
export function formatEventClasses({ letters }: EventClasses): string {
  if (!letters.startsWith(usual)) return letters;
  return `A${letters.slice(usual.length).replace('n', '')}`;
}

export const eventClassRefusal = "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";
