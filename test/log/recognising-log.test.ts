/** Which layout a database has: what is there decides, and what is not there any more decides nothing. */
import { describe, expect, it } from 'vitest';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import { snapshotLimitsDefault } from '../../src/log/journal/snapshotter.ts';
import type { OpenOutcome } from '../../src/log/log.ts';
import { layouts, RecognisingLog, type Layout } from '../../src/log/recognising-log.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import type { GetOptions, GetResult } from '../../src/store/object-store.ts';

class World extends MemoryStore {
  readonly environment: VirtualEnvironment;
  /** Runs after each answer to a get. */
  afterGet: () => Promise<unknown> = () => Promise.resolve();

  constructor() {
    const environment = new VirtualEnvironment(1);
    super(environment.clock);
    this.environment = environment;
  }

  override async get(name: string, options?: GetOptions): Promise<GetResult> {
    const result = await super.get(name, options);
    await this.afterGet();
    return result;
  }

  async open(layout: Layout): Promise<{ outcome: OpenOutcome; found: Layout }> {
    const { environment } = this;
    const log = new RecognisingLog({
      store: this,
      name: 'db',
      node: 'n',
      environment,
      databaseCount: 1,
      requestTimeoutMs: 1000,
      pipelineDepth: 1,
      graceMs: 1000,
      snapshots: snapshotLimitsDefault,
      layout,
    });
    let outcome: OpenOutcome | undefined;
    void log.open(new Keyspace(1), 10_000).then((opened) => (outcome = opened));
    await environment.run(() => outcome !== undefined);
    return { outcome: outcome!, found: log.layout };
  }
}

describe.each(layouts)('%s', (layout) => {
  it('is what a new database gets, and keeps whatever is asked for later', async () => {
    const world = new World();
    expect(await world.open(layout)).toEqual({ outcome: { kind: 'opened' }, found: layout });
    // The plain layout creates nothing before the first write.
    if (layout === 'plain') await world.put('db', Buffer.from('{"a":"b"}\n'));
    for (const other of layouts)
      expect(await world.open(other)).toEqual({ outcome: { kind: 'opened' }, found: layout });
  });

  it('is not created where something was there when it was looked for', async () => {
    const world = new World();
    await new World().open(layout);
    const body = layout === 'plain' ? '{"a":"b"}\n' : '{"valthree":"head","version":1,';
    await world.put('db', Buffer.from(body));
    world.afterGet = () => world.delete('db');
    const { outcome, found } = await world.open(layout === 'plain' ? 'journal' : 'plain');
    expect(found).toBe(layout);
    expect(outcome).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('was there a moment ago') as unknown,
    });
    expect((await world.get('db')).kind).toBe('notFound');
  });
});
