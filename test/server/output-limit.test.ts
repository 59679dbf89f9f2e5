import { describe, expect, it } from 'vitest';
import {
  formatOutputLimits,
  outputLimitsDefault,
  OutputWatch,
  parseOutputLimits,
  type OutputLimit,
} from '../../src/server/output-limit.ts';

describe('the limit of what waits for a client', () => {
  const limit: OutputLimit = { hardBytes: 100, softBytes: 10, softSeconds: 5 };

  it('is passed at once where it is hard', () => {
    const watch = new OutputWatch();
    expect([99, 100].map((bytes) => watch.isPassed(bytes, limit, 0))).toEqual([false, true]);
  });

  it('is passed after a time without a break where it is soft', () => {
    const watch = new OutputWatch();
    const looks: readonly (readonly [ms: number, bytes: number])[] = [
      [0, 10],
      [5000, 50],
      [5001, 9],
      [5002, 10],
      [10_001, 10],
      [10_002, 10],
      [10_003, 10],
    ];
    expect(looks.map(([ms, bytes]) => watch.isPassed(bytes, limit, ms))).toEqual([
      ...Array<boolean>(6).fill(false),
      true,
    ]);
  });

  it('may be none', () => {
    const watch = new OutputWatch();
    const none: OutputLimit = { hardBytes: 0, softBytes: 0, softSeconds: 0 };
    expect([undefined, none].map((each) => watch.isPassed(1e12, each, 1e12))).toEqual([false, false]);
    // Who has left its class begins anew when it comes back.
    expect(watch.isPassed(10, limit, 0)).toBe(false);
    expect(watch.isPassed(10, undefined, 6000)).toBe(false);
    expect(watch.isPassed(10, limit, 6001)).toBe(false);
  });

  it('is printed so that it can be read again', () => {
    const text = formatOutputLimits(outputLimitsDefault);
    expect(text).toBe('normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60');
    expect(parseOutputLimits(text)).toEqual(outputLimitsDefault);
  });
});
