/**
 * Loaded into a node by `--import`: tells the bench, when asked by message, how long its event loop was held and what
 * memory it takes. Nothing of this is in the product.
 *
 * A timer of one millisecond notes how late it comes, by the clock, and how long this thread has computed meanwhile, by
 * the kernel's account: on a machine that others use as well only the latter says what the program itself has done.
 */
import { Buffer } from 'node:buffer';
import { openSync, readSync } from 'node:fs';
import { Server } from 'node:net';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setImmediate, setInterval } from 'node:timers';

const periodMs = 1;
const waits = [];
const turns = [];
let accountFile;
const account = Buffer.alloc(64);
const nothing = new Int32Array(new SharedArrayBuffer(4));
/** With what the kernel adds, a tenth of a millisecond; less is now and then over before the thread is off its processor. */
const restMs = 0.02;
let last = { now: performance.now(), computed: computedMs() };
let rssPeak = 0;

/**
 * Of the main thread, since it began; 0 where the kernel does not say. The account of a thread that is running lags by a
 * tick of the kernel, up to four milliseconds; it is brought up to date when the thread leaves its processor.
 */
function computedMs() {
  try {
    Atomics.wait(nothing, 0, 0, restMs);
    accountFile ??= openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
    const length = readSync(accountFile, account, 0, account.length, 0);
    return Number(account.toString('latin1', 0, length).split(' ')[0]) / 1e6;
  } catch {
    return 0;
  }
}

setInterval(() => {
  const now = performance.now();
  const computed = computedMs();
  waits.push(Math.max(0, now - last.now - periodMs));
  turns.push(computed - last.computed);
  last = { now, computed };
}, periodMs).unref();

setInterval(() => {
  rssPeak = Math.max(rssPeak, process.memoryUsage.rss());
}, 20).unref();

// Loading the program itself is not what is measured.
const { listen } = Server.prototype;
Server.prototype.listen = function (...args) {
  setImmediate(reset);
  return listen.apply(this, args);
};

function reset() {
  waits.length = turns.length = rssPeak = 0;
  last = { now: performance.now(), computed: computedMs() };
}

function summary(samples) {
  const sorted = Float64Array.from(samples).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p999Ms: at(0.999), maxMs: at(1) };
}

process.on('message', (message) => {
  if (message === 'collect') globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send?.({
    waits: summary(waits),
    turns: summary(turns),
    cpuMs: (user + system) / 1000,
    rss,
    rssPeak: Math.max(rss, rssPeak),
    heapUsed,
  });
  if (message === 'reset') reset();
});
process.channel?.unref();
