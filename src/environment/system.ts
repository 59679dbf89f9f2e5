/** The environment of a real process: the machine's clock, its source of randomness and Node's timers. */
import { randomFillSync } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
// The global of this name is a getter, which costs more than the clock.
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Environment, Random, Timer } from './environment.ts';
import type { Watcher } from './properties.ts';

const gzipAsync: (bytes: Uint8Array, options: object) => Promise<Uint8Array> = promisify(gzip);
const gunzipAsync: (bytes: Uint8Array, options: object) => Promise<Uint8Array> = promisify(gunzip);

export function systemEnvironment(watcher?: Watcher): Environment {
  return {
    watcher,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    random: systemRandom(),
    collectYoung: youngCollector(),
    compression: {
      compress: (bytes) => gzipAsync(bytes, { level: constants.Z_BEST_SPEED }),
      decompress: (bytes, maxOutputLength) => {
        // In one piece, and one byte: where a piece is full, another is begun.
        const chunkSize = Math.max(constants.Z_MIN_CHUNK, maxOutputLength + 1);
        return gunzipAsync(bytes, { maxOutputLength, chunkSize });
      },
    },
    timers: {
      set: (callback, delayMs): Timer => setTimeout(callback, delayMs),
      clear: (timer) => {
        clearTimeout(timer as NodeJS.Timeout);
      },
      soon: (callback) => {
        setImmediate(callback);
      },
    },
  };
}

/** V8 shows its function only to contexts that are made while the flag is set; where it does not, it is left alone. */
function youngCollector(): (() => void) | undefined {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('globalThis.gc') as NodeJS.GCFunction | undefined;
  setFlagsFromString('--no-expose-gc');
  if (collect === undefined) return undefined;
  return () => {
    collect({ type: 'minor' });
  };
}

/** Random numbers are drawn from the system a page at a time: a call per number would cost a microsecond. */
function systemRandom(): Random {
  const pool = new Uint32Array(1024);
  let used = pool.length;
  return {
    uint32: () => {
      if (used === pool.length) {
        randomFillSync(pool);
        used = 0;
      }
      return pool[used++] as number;
    },
  };
}
