/** Tools that read the past, and make branches of it, while nodes go on, snapshot and collect. */
import { describe, expect, it } from 'vitest';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import { createBranch, type BranchOutcome } from '../../src/log/journal/create-branch.ts';
import type { Until } from '../../src/log/journal/chain.ts';
import { decodeHead, firstKept, type Head } from '../../src/log/journal/head.ts';
import { Past } from '../../src/log/journal/past.ts';
import { Requests } from '../../src/log/journal/requests.ts';
import { restore, type Restored } from '../../src/log/journal/restore.ts';
import type { TransactOutcome } from '../../src/log/transact.ts';
import { storeFailure } from '../../src/store/failure.ts';
import { DatabaseReader } from '../../src/tools/database-reader.ts';
import { leftToNodes } from '../../src/tools/left-to-nodes.ts';
import { loadDatabase } from '../../src/tools/load-database.ts';
import { readLog } from '../../src/tools/read-log.ts';
import { Node, recordName, small, World } from '../support/journal-nodes.ts';

const databaseCount = 2;

class Tools {
  readonly world = new World();
  readonly requests: Requests;

  constructor() {
    const { world } = this;
    this.requests = new Requests({ store: world, environment: world.environment, requestTimeoutMs: 60_000 });
  }

  node(): Promise<Node> {
    return new Node(this.world, { snapshots: small }).open();
  }

  async write(node: Node, commits: number, everyMs = 10): Promise<void> {
    for (let i = 1; i <= commits; i++) {
      expect(await node.append(`k${i}`)).toEqual({ kind: 'committed' });
      await this.world.environment.advance(everyMs);
    }
  }

  /** Whoever asks for this object the next time gets it when the node has gone on, and collected this record. */
  holdUp(object: string, node: Node, record: number): void {
    this.world.getFaults.set(object, async (get) => {
      await this.#goOn(node, record);
      return get();
    });
  }

  /** Whoever puts it, the same. */
  holdUpPut(object: string, node: Node, record: number): void {
    this.world.putFaults.set(object, async (put) => {
      await this.#goOn(node, record);
      return put();
    });
  }

  async #goOn(node: Node, record: number): Promise<void> {
    while ((await this.world.names('db.log')).includes(recordName(record))) {
      await node.begin('more');
      await this.world.pass(1000);
    }
  }

  restore(until: Until): Promise<TransactOutcome<Restored>> {
    const { environment } = this.world;
    const options = { store: this.world, environment, name: 'db', node: 'restore', requestTimeoutMs: 60_000 };
    const more = { databaseCount, until, isRehearsal: false, timeoutMs: 600_000 };
    return this.world.finish(restore({ ...leftToNodes, ...options, ...more }));
  }

  branch(name: string, until: Until = {}): Promise<BranchOutcome> {
    const options = { requests: this.requests, source: 'db', name, databaseCount, until };
    return this.world.finish(createBranch(options, Infinity));
  }

  async head(name = 'db'): Promise<Head> {
    return decodeHead(Buffer.from(await this.world.text(name)));
  }

  /** The keys of a database; a text, where it cannot be read. */
  async keys(name: string): Promise<readonly string[] | string> {
    const past = new Past({ requests: this.requests, name, databaseCount });
    const state = await this.world.finish(past.find({}, Infinity));
    if (state.kind === 'unavailable') return state.reason;
    const keyspace = new Keyspace(databaseCount);
    const failure = await this.world.finish(past.load(state, keyspace, Infinity));
    return failure?.reason ?? keyspace.dump().map(([, key]) => key);
  }
}

function reasonOf(outcome: { readonly kind: string; readonly reason?: string }): string {
  return outcome.reason ?? outcome.kind;
}

describe('the past that nodes let go of while it is read', () => {
  it('is not taken for all that there was by whoever restores a time', async () => {
    const tools = new Tools();
    const node = await tools.node();
    await tools.write(node, 3);
    const time = tools.world.environment.clock.now();
    await tools.write(node, 4);
    const before = node.values();
    tools.holdUp(recordName(2), node, 2);
    expect(reasonOf(await tools.restore({ time }))).toMatch(/has let go of that part of its past .*try again/);
    expect(await tools.keys('db')).toEqual([...Object.keys(before), 'more'].sort());
  });

  it('is not taken for the newest state by whoever exports it in their sleep', async () => {
    const tools = new Tools();
    const node = await tools.node();
    await tools.write(node, 3);
    tools.holdUp(recordName(1), node, 1);
    const keyspace = new Keyspace(databaseCount);
    const loaded = loadDatabase({ requests: tools.requests, name: 'db', until: {} }, keyspace);
    expect(reasonOf(await tools.world.finish(loaded))).toMatch(/has let go of that part of its past/);
  });

  it('is not taken for the end of the log by whoever lists it', async () => {
    const tools = new Tools();
    const node = await tools.node();
    await tools.write(node, 3);
    const reader = new DatabaseReader(tools.requests);
    const head = await tools.head();
    tools.holdUp(recordName(3), node, 3);
    const list = async (): Promise<void> => {
      for await (const { number } of readLog({ reader, name: 'db', head, from: 1, to: 3, withSides: false }))
        expect(number).toBeLessThan(3);
    };
    await expect(tools.world.finish(list().catch((cause: unknown) => cause))).resolves.toMatchObject({
      message: expect.stringMatching(/^db has let go of that part of its past/) as string,
    });
  });
});

describe('a branch', () => {
  it('is not said to be there where its source has given it up, as it took too long', async () => {
    const tools = new Tools();
    const node = await tools.node();
    await tools.write(node, 3);
    tools.holdUpPut('branch', node, 1);
    const outcome = await tools.branch('branch');
    expect(reasonOf(outcome)).toMatch(/may need what is gone: delete branch; .*does not keep that commit any more/);
    expect((await tools.head()).branches).toEqual([]);
  });

  it('of which nobody knows whether it was made is not said to be missing, nor to be there', async () => {
    const tools = new Tools();
    await tools.write(await tools.node(), 1);
    tools.world.onPut = (name) => (name === 'branch' ? storeFailure('unknown', 'planted') : undefined);
    expect(reasonOf(await tools.branch('branch'))).toMatch(
      /nobody knows .*if branch is there later, delete it: .*planted/,
    );
  });

  it('is kept by its source from before it is there, although nothing else needs that any more', async () => {
    const tools = new Tools();
    const node = await tools.node();
    await tools.write(node, 12);
    await tools.world.environment.advance(9000);
    tools.world.putFaults.set('branch', async (put) => {
      // The source lets go of that part of its past, and does not find the branch.
      while (firstKept(await tools.head()) <= 5) {
        await node.begin('more');
        await tools.world.pass(200);
      }
      return put();
    });
    expect(await tools.branch('branch', { number: 2 })).toMatchObject({ kind: 'created', number: 2 });
    await tools.write(node, 20, 5000);
    expect(await tools.keys('branch')).toEqual(['k1', 'k2']);
  });

  it('goes by the grace period of its source', async () => {
    const tools = new Tools();
    await tools.write(await tools.node(), 1);
    await tools.branch('branch');
    expect((await tools.head('branch')).graceMs).toBe(10_000);
  });

  it('is not made among what is left of another database of its name', async () => {
    const tools = new Tools();
    await tools.write(await tools.node(), 3);
    await tools.world.put('branch.snapshot/old.json', Buffer.from('{}'));
    expect(reasonOf(await tools.branch('branch'))).toMatch(/head is not there any more: .*object=branch.snapshot\/old/);
    expect((await tools.head()).branches).toEqual([]);
  });
});
