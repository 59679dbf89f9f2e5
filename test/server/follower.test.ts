/** When a node asks for news, in virtual time. */
import { expect, it } from 'vitest';
import type { Task } from '../../src/engine/task.ts';
import { error, ok } from '../../src/resp/reply.ts';
import { Follower } from '../../src/server/blocking/follower.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';

function newFollower() {
  const environment = new VirtualEnvironment(1);
  const askedAtMs: number[] = [];
  const state = { isNeeded: false, answers: 0, tasks: [] as Task[] };
  const follower = new Follower({
    environment,
    intervalMs: 200,
    isNeeded: () => state.isNeeded,
    onAnswer: () => state.answers++,
    submit: (task) => {
      askedAtMs.push(environment.clock.monotonic());
      state.tasks.push(task);
    },
  });
  return { environment, follower, askedAtMs, state };
}

it('asks while somebody waits, about once an interval, one question at a time, and is then idle', async () => {
  const { environment, follower, askedAtMs, state } = newFollower();
  follower.update();
  expect(await environment.run(() => false)).toBe(false);
  state.isNeeded = true;
  follower.update();
  follower.update();
  for (const reply of [ok, error('UNAVAILABLE nothing was written: no store'), ok]) {
    expect(await environment.run(() => state.tasks.length === 1)).toBe(true);
    follower.update();
    expect(await environment.run(() => state.tasks.length === 2)).toBe(false);
    state.tasks.pop()?.settle(reply);
  }
  expect(state.answers).toBe(2);
  for (const [index, atMs] of askedAtMs.entries()) {
    const passedMs = atMs - (askedAtMs[index - 1] ?? 0);
    expect(passedMs).toBeGreaterThanOrEqual(180);
    expect(passedMs).toBeLessThanOrEqual(220);
  }
  state.isNeeded = false;
  follower.update();
  expect(await environment.run(() => state.tasks.length > 0)).toBe(false);
  expect(askedAtMs).toHaveLength(3);
});
