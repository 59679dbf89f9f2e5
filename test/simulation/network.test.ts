import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectSockets, type Link, type SimulatedSocket } from '../../src/simulation/network.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';

interface Wire {
  readonly environment: VirtualEnvironment;
  readonly link: Link;
  readonly client: SimulatedSocket;
  readonly node: SimulatedSocket;
  readonly events: string[];
  arrived: string;
}

function wire(seed = 1): Wire {
  const environment = new VirtualEnvironment(seed);
  const link = { forthCut: false, backCut: false };
  const sockets = connectSockets(environment, {
    link,
    delays: { minMs: 1, maxMs: 9 },
    client: 'c',
    node: 'n',
    deliverToNode: (run) => {
      run();
    },
  });
  const result: Wire = { environment, link, ...sockets, events: [], arrived: '' };
  sockets.node.on('data', (chunk) => {
    result.arrived += chunk.toString('latin1');
  });
  for (const event of ['end', 'error', 'close'] as const) {
    sockets.node.on(event, () => result.events.push(`node ${event}`));
    sockets.client.on(event, () => result.events.push(`client ${event}`));
  }
  return result;
}

describe('a simulated connection', () => {
  it('brings all bytes in order, however it cuts them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ minLength: 1 })), fc.nat(), async (texts, seed) => {
        const wired = wire(seed);
        for (const text of texts) wired.client.write(text);
        await wired.environment.run(() => false);
        expect(wired.arrived).toBe(texts.join(''));
      }),
    );
  });

  it('waits while its way is cut, and while nobody reads', async () => {
    const wired = wire();
    wired.link.forthCut = true;
    wired.client.write('one');
    await wired.environment.advance(1000);
    expect(wired.arrived).toBe('');
    wired.link.forthCut = false;
    await wired.environment.advance(1000);
    expect(wired.arrived).toBe('one');
    wired.node.pause();
    wired.client.write('two');
    await wired.environment.advance(1000);
    expect(wired.arrived).toBe('one');
    wired.node.resume();
    await wired.environment.advance(1);
    expect(wired.arrived).toBe('onetwo');
  });

  it('tells the writer of what has not left, and when it has', async () => {
    const { environment, client } = wire();
    let drained = 0;
    client.on('drain', () => drained++);
    expect(client.write('x'.repeat(100_000))).toBe(false);
    expect(client.writableLength).toBe(100_000 - 64 * 1024);
    await environment.run(() => drained > 0);
    expect(client.writableLength).toBe(0);
  });

  it('ends in order, and is reset out of order', async () => {
    const ended = wire();
    ended.client.write('last');
    ended.client.destroySoon();
    await ended.environment.run(() => false);
    expect(ended.arrived).toBe('last');
    expect(ended.events.slice(0, 2)).toEqual(['node end', 'client close']);
    const reset = wire();
    reset.client.write('lost');
    reset.client.destroy();
    await reset.environment.run(() => false);
    expect(reset.arrived).toBe('');
    expect(reset.events).toEqual(['client close', 'node error', 'node close']);
  });
});
