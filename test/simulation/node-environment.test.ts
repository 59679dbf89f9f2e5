/** What a node sees of a pause: of its process alone, or of the machine that it runs on. */
import { expect, it } from 'vitest';
import { NodeEnvironment } from '../../src/simulation/node-environment.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';

interface Paused {
  readonly world: VirtualEnvironment;
  readonly node: NodeEnvironment;
  /** What has run, and when by the world's clock. */
  readonly ran: [what: string, atMs: number][];
}

/** Of two timers one is due in a pause of 1000 ms that begins after 100, the other behind it. */
function newPaused(): Paused {
  const world = new VirtualEnvironment(1, 0);
  const node = new NodeEnvironment(world, { offsetMs: 0, drift: 0 });
  const ran: Paused['ran'] = [];
  const note = (what: string) => (): void => {
    ran.push([what, world.clock.monotonic()]);
  };
  node.timers.set(note('early'), 300);
  node.timers.set(note('late'), 2000);
  node.timers.clear(node.timers.set(note('cleared'), 400));
  world.timers.set(() => {
    node.deliver(note('arrived'));
  }, 200);
  return { world, node, ran };
}

it.each([
  { kind: 'process' as const, monotonic: 1100, early: 1100, late: 2000 },
  { kind: 'machine' as const, monotonic: 100, early: 1300, late: 3000 },
])('a pause of the $kind: its clock says $monotonic then', async ({ kind, monotonic, early, late }) => {
  const { world, node, ran } = newPaused();
  await world.advance(100);
  node.pause(kind);
  await world.advance(1000);
  expect(ran).toEqual([]);
  expect([node.clock.monotonic(), node.clock.now()]).toEqual([monotonic, 1100]);
  node.resume();
  await world.advance(5000);
  expect(ran).toEqual([
    ['arrived', 1100],
    ['early', early],
    ['late', late],
  ]);
  expect(node.clock.monotonic()).toBe(monotonic + 5000);
});

it('pauses of both kinds at once end together, and a machine may be suspended again', async () => {
  const { world, node, ran } = newPaused();
  await world.advance(100);
  node.pause('process');
  await world.advance(250);
  node.pause('machine');
  await world.advance(750);
  node.resume();
  node.resume();
  await world.advance(0);
  expect(ran).toEqual([['arrived', 1100]]);
  // It fell due while the clock went on, but nobody had set it off.
  await world.advance(50);
  expect(ran.slice(1)).toEqual([['early', 1100]]);
  node.pause('machine');
  await world.advance(10_000);
  node.resume();
  await world.advance(2000);
  expect(ran.slice(2)).toEqual([['late', 2000 + 750 + 10_000]]);
  expect(node.clock.monotonic()).toBe(350 + 50 + 2000);
});

it('nothing of a machine that has died in its sleep happens', async () => {
  const { world, node, ran } = newPaused();
  await world.advance(100);
  node.pause('machine');
  await world.advance(500);
  node.kill();
  node.resume();
  await world.advance(10_000);
  expect(ran).toEqual([]);
});
