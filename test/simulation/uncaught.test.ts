/** What goes wrong in the code of a node is a failure of the run, not the end of the simulator. */
import { expect, it } from 'vitest';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';

it('hands over what a timer throws, and goes on', async () => {
  const environment = new VirtualEnvironment(1);
  const uncaught: unknown[] = [];
  environment.onUncaught = (cause) => uncaught.push(cause);
  environment.timers.set(() => {
    throw new Error('oops');
  }, 10);
  await environment.advance(20);
  expect(uncaught).toEqual([new Error('oops')]);
  environment.onUncaught = undefined;
  environment.timers.soon(() => {
    throw new Error('oops');
  });
  await expect(environment.advance(1)).rejects.toThrow('oops');
});

it('notices that time stands still', async () => {
  const environment = new VirtualEnvironment(1);
  const uncaught: unknown[] = [];
  environment.onUncaught = (cause) => uncaught.push(cause);
  const again = (): void => {
    environment.timers.soon(again);
  };
  again();
  expect(await environment.run(() => uncaught.length > 0)).toBe(true);
  expect(String(uncaught[0])).toContain('time stands still');
}, 60_000);
