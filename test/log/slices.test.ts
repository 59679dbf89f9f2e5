/** Long work in slices: how much of it happens in one turn of the event loop, and what is copied when garbage is collected. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import type { Environment } from '../../src/environment/environment.ts';
import { systemEnvironment } from '../../src/environment/system.ts';
import { Slices } from '../../src/log/journal/slices.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';

const sliceMs = 2;
const lastingBytesMax = 3 << 19;

interface Step {
  readonly ms: number;
  readonly bytes: number;
}

/** What happened in one turn of the event loop. */
interface Turn {
  readonly workers: Set<number>;
  ms: number;
  longest: number;
  collections: number;
}

/** An event loop whose clock goes on only as work is done. */
class Loop {
  readonly turns: Turn[] = [];
  /** Since the young were collected. */
  lasting = 0;
  /** What the collections found. */
  readonly collected: number[] = [];
  #now = 1;
  readonly #due: (() => void)[] = [];
  readonly environment: Environment = {
    random: new VirtualEnvironment(1).random,
    compression: new VirtualEnvironment(1).compression,
    clock: { now: () => this.#now, monotonic: () => this.#now },
    timers: {
      set: () => ({}),
      clear: () => undefined,
      soon: (callback: () => void) => {
        this.#due.push(callback);
      },
    },
    collectYoung: () => {
      this.#turn.collections++;
      this.collected.push(this.lasting);
      this.lasting = 0;
    },
  };

  get #turn(): Turn {
    return this.turns.at(-1)!;
  }

  work(worker: number, { ms, bytes }: Step): void {
    this.#turn.workers.add(worker);
    this.#turn.ms += ms;
    this.#turn.longest = Math.max(this.#turn.longest, ms);
    this.#now += ms;
    this.lasting += bytes;
  }

  async run(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = this.#due.shift();
      if (next === undefined) return;
      this.turns.push({ workers: new Set(), ms: 0, longest: 0, collections: 0 });
      next();
    }
  }
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  ms: fc.double({ min: 0, max: 3, noNaN: true }),
  bytes: fc.oneof(fc.nat(1000), fc.nat(lastingBytesMax)),
});

describe('slices', () => {
  it('hold a turn for their time and one step, of one piece of work, and collect before too much lasts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anyStep, { maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        async (workers) => {
          const loop = new Loop();
          const slices = new Slices(loop.environment);
          const largest = Math.max(0, ...workers.flat().map(({ bytes }) => bytes));
          const all = workers.map(async (steps, worker) => {
            await slices.next();
            for (const step of steps) {
              if (slices.isOver) await slices.next();
              expect(loop.lasting).toBeLessThanOrEqual(lastingBytesMax);
              loop.work(worker, step);
              slices.noteLasting(step.bytes);
            }
          });
          await loop.run();
          await Promise.all(all);
          for (const { workers: together, ms, longest, collections } of loop.turns) {
            expect(together.size).toBeLessThanOrEqual(1);
            expect(ms).toBeLessThan(sliceMs + longest + 1e-6);
            if (collections > 0) expect({ collections, ms }).toEqual({ collections: 1, ms: 0 });
          }
          for (const found of loop.collected) {
            expect(found).toBeGreaterThan(lastingBytesMax);
            expect(found).toBeLessThanOrEqual(lastingBytesMax + largest);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('go on where nobody can collect', async () => {
    const environment = new VirtualEnvironment(1);
    const slices = new Slices(environment);
    slices.noteLasting(2 * lastingBytesMax);
    let isOver: boolean | undefined;
    void slices.next().then(() => (isOver = slices.isOver));
    expect(await environment.run(() => isOver !== undefined)).toBe(true);
    expect(isOver).toBe(false);
  });
});

describe('work beside commands', () => {
  it('has the young collected in a turn of its own, once for what has been noted by then', async () => {
    const loop = new Loop();
    const slices = new Slices(loop.environment);
    slices.noteLastingInPassing(lastingBytesMax);
    await loop.run();
    expect(loop.turns).toEqual([]);
    for (let i = 0; i < 3; i++) slices.noteLastingInPassing(1000);
    await loop.run();
    slices.noteLastingInPassing(lastingBytesMax + 1);
    await loop.run();
    expect(loop.turns.map(({ collections }) => collections).filter((count) => count > 0)).toEqual([1, 1]);
  });

  it('that is in no hurry rests five times as long as a slice', async () => {
    const world = new VirtualEnvironment(1);
    const slices = new Slices(world);
    const beganMs = world.clock.monotonic();
    let turns = 0;
    const work = async (): Promise<void> => {
      for (; turns < 10; turns++) await slices.nextAfterRest();
    };
    void work();
    expect(await world.run(() => turns === 10)).toBe(true);
    expect(world.clock.monotonic() - beganMs).toBeGreaterThanOrEqual(100);
  });
});

it('collects the young of a real process', async () => {
  const { collectYoung } = systemEnvironment();
  const kinds = new Promise<unknown>((resolve) => {
    const observer = new PerformanceObserver((list) => {
      observer.disconnect();
      resolve(list.getEntries().map((entry) => (entry as { detail?: { kind: number } }).detail?.kind));
    });
    observer.observe({ entryTypes: ['gc'] });
  });
  collectYoung!();
  expect(await kinds).toContain(constants.NODE_PERFORMANCE_GC_MINOR);
  expect(globalThis.gc).toBeUndefined();
});
