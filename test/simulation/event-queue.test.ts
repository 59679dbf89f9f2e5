import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventQueue, type SimulatedEvent } from '../../src/simulation/event-queue.ts';

it('hands events out by time, then in the order in which they came, without those that were cancelled', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), atMs: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ kind: fc.constant('take' as const) }),
    fc.record({ kind: fc.constant('cancel' as const), index: fc.nat(50) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const queue = new EventQueue();
      let model: SimulatedEvent[] = [];
      for (const one of steps) {
        if (one.kind === 'add') {
          model.push(queue.add(one.atMs, () => undefined));
          // Stable, so that those of one time stay in order.
          model.sort((a, b) => a.atMs - b.atMs);
        } else if (one.kind === 'cancel') {
          const event = model[one.index];
          if (event !== undefined) event.isCancelled = true;
        } else {
          model = model.filter(({ isCancelled }) => !isCancelled);
          expect(queue.take()).toBe(model.shift());
        }
      }
    }),
  );
});
