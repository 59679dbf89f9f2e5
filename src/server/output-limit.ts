/**
 * How much may wait for a client that does not read: `client-output-buffer-limit`. Of the classes only `pubsub` acts:
 * messages come whether the client reads or not, so a subscriber that falls too far behind is closed. Other clients get
 * what they ask for, and are not asked while they do not read (`client-session.ts`); there are no replicas.
 */
import type { ByteString } from '../resp/bytes.ts';
import { parseMemorySize } from './memory-size.ts';

export interface OutputLimit {
  /** Reached: the client is closed at once. 0: no limit. */
  readonly hardBytes: number;
  /** Reached for longer than `softSeconds` without a break: the client is closed. 0: no limit. */
  readonly softBytes: number;
  readonly softSeconds: number;
}

type ClientClass = 'normal' | 'replica' | 'pubsub';

export type OutputLimits = Readonly<Record<ClientClass, OutputLimit>>;

const mebibyte = 1024 * 1024;

/** Valkey's. */
export const outputLimitsDefault: OutputLimits = {
  normal: { hardBytes: 0, softBytes: 0, softSeconds: 0 },
  replica: { hardBytes: 256 * mebibyte, softBytes: 64 * mebibyte, softSeconds: 60 },
  pubsub: { hardBytes: 32 * mebibyte, softBytes: 8 * mebibyte, softSeconds: 60 },
};

/** What `CONFIG` calls the classes. */
const classesByName: ReadonlyMap<string, ClientClass> = new Map([
  ['normal', 'normal'],
  ['slave', 'replica'],
  ['replica', 'replica'],
  ['pubsub', 'pubsub'],
]);

/** `normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60`, as Valkey prints it. */
export function formatOutputLimits({ normal, replica, pubsub }: OutputLimits): string {
  const format = (name: string, { hardBytes, softBytes, softSeconds }: OutputLimit): string =>
    `${name} ${hardBytes} ${softBytes} ${softSeconds}`;
  return [format('normal', normal), format('slave', replica), format('pubsub', pubsub)].join(' ');
}

/** The limits of the classes that are named, `pubsub 32mb 8mb 60`, or, as a string, why they are refused. */
export function parseOutputLimits(text: ByteString): Partial<OutputLimits> | string {
  const words = text === '' ? [] : text.split(' ');
  if (words.length % 4 !== 0) return 'Wrong number of arguments in buffer limit configuration.';
  const limits: Partial<Record<ClientClass, OutputLimit>> = {};
  for (let i = 0; i < words.length; i += 4) {
    const [name, hard, soft, seconds] = words.slice(i, i + 4) as [string, string, string, string];
    const clientClass = classesByName.get(name.toLowerCase());
    if (clientClass === undefined) return 'Invalid client class specified in buffer limit configuration.';
    const [hardBytes, softBytes] = [parseMemorySize(hard), parseMemorySize(soft)];
    if (hardBytes === undefined || softBytes === undefined || !/^\d{1,9}$/.test(seconds))
      return 'Error in hard, soft or soft_seconds setting in buffer limit configuration.';
    limits[clientClass] = { hardBytes, softBytes, softSeconds: Number(seconds) };
  }
  return limits;
}

/** Sees whether one client passes its limit. */
export class OutputWatch {
  /** On `clock.monotonic`. */
  #aboveSoftSinceMs: number | undefined;

  /** @param limit `undefined`: the client has none */
  isPassed(bytes: number, limit: OutputLimit | undefined, nowMs: number): boolean {
    if (limit === undefined || limit.softBytes === 0 || bytes < limit.softBytes) this.#aboveSoftSinceMs = undefined;
    else this.#aboveSoftSinceMs ??= nowMs;
    if (limit === undefined) return false;
    if (limit.hardBytes > 0 && bytes >= limit.hardBytes) return true;
    return this.#aboveSoftSinceMs !== undefined && nowMs - this.#aboveSoftSinceMs > limit.softSeconds * 1000;
  }
}
