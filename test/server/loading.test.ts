/** A node before its database is loaded: who is served, who is told, who waits. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemEnvironment } from '../../src/environment/system.ts';
import { assembleNode } from '../../src/server/assemble-node.ts';
import { HeapWatch } from '../../src/server/heap-watch.ts';
import { Listener } from '../../src/server/listener.ts';
import { createLogger, type Logger } from '../../src/server/logger.ts';
import type { NodeServer } from '../../src/server/node-server.ts';
import { isError, nullArray, ok, simple, type Reply } from '../../src/resp/reply.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import type { GetOptions, GetResult } from '../../src/store/object-store.ts';
import { RawClient } from '../support/raw-client.ts';
import { settingsDefault } from '../support/test-node.ts';

/** Answers no get before it is told to. */
class SlowStore extends MemoryStore {
  #open: () => void = () => undefined;
  readonly #opened = new Promise<void>((resolve) => (this.#open = resolve));

  override async get(name: string, options: GetOptions = {}): Promise<GetResult> {
    await this.#opened;
    return super.get(name, options);
  }

  answer(): void {
    this.#open();
  }
}

const loadingError = 'LOADING Valkey is loading the dataset in memory';
const environment = systemEnvironment();
let store: SlowStore;
let server: NodeServer;
let listener: Listener;
let port: number;
let started: Promise<void>;
let clients: RawClient[] = [];

async function connect(): Promise<RawClient> {
  const client = await RawClient.connect(port);
  clients.push(client);
  return client;
}

beforeEach(async () => {
  store = new SlowStore(environment.clock);
  await store.put('db', Buffer.from('{"a":"1"}'));
  const logger = createLogger({ json: true, level: 'silent' });
  listener = new Listener({ tls: undefined, logger, protectedMode: true });
  port = await listener.bind('127.0.0.1', 0);
  server = assembleNode({
    version: '0.0.0',
    host: '127.0.0.1',
    port,
    environment,
    store,
    databaseName: 'db',
    layout: 'plain',
    pipelineDepth: 4,
    graceMs: 3_600_000,
    databases: 16,
    keysMax: 0,
    storeTimeoutMs: 10_000,
    requestTimeoutMs: 10_000,
    commitIntervalMs: 0,
    followIntervalMs: 200,
    settings: { ...settingsDefault(), password: '' },
    protectedMode: true,
    logger,
    onShutdown: () => undefined,
  });
  listener.serve(server);
  started = server.start();
});

afterEach(async () => {
  store.answer();
  await started;
  for (const client of clients) client.close();
  clients = [];
  listener.close();
  await server.engine.stop();
});

function textOf(reply: Reply): string | undefined {
  return isError(reply) ? reply.text : undefined;
}

describe('a node that is loading', () => {
  it('refuses what needs the database, and PING as Valkey does', async () => {
    const client = await connect();
    for (const words of [['GET', 'a'], ['SET', 'a', 'b'], ['DBSIZE'], ['PING'], ['MGET', 'a', 'b'], ['EXISTS', 'a']]) {
      expect(textOf(await client.call(...words))).toBe(loadingError);
    }
    expect(textOf(await client.call('NOSUCH'))).toMatch(/^ERR unknown command/);
    expect(textOf(await client.call('GET'))).toMatch(/^ERR wrong number/);
    store.answer();
    await started;
    expect(await client.call('GET', 'a')).toBe('1');
  });

  it('serves what concerns the connection and the node', async () => {
    const client = await connect();
    expect(await client.call('SELECT', '3')).toEqual(ok);
    expect(await client.call('CLIENT', 'SETNAME', 'early')).toEqual(ok);
    expect(await client.call('CONFIG', 'SET', 'maxclients', '99')).toEqual(ok);
    expect(await client.call('COMMAND', 'COUNT')).toBeGreaterThan(50);
    expect(await client.call('DEBUG', 'SET-ACTIVE-EXPIRE', '1')).toEqual(ok);
    expect(await client.call('RESET')).toEqual(simple('RESET'));
    expect(JSON.stringify(await client.call('HELLO', '3'))).toContain('valkey');
  });

  it('counts what it refuses as rejected, and tells in INFO how far it has come', async () => {
    const client = await connect();
    await client.call('GET', 'a');
    const info = (await client.call('INFO', 'everything')) as string;
    expect(info).toContain('cmdstat_get:calls=0,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=0');
    expect(info).toContain('errorstat_LOADING:count=1');
    for (const field of ['loading:1', 'async_loading:0', 'loading_rdb_used_mem:0', 'loading_loaded_perc:0.00']) {
      expect(info).toContain(`${field}\r\n`);
    }
    for (const field of ['start_time', 'total_bytes', 'loaded_bytes', 'eta_seconds']) {
      expect(info).toMatch(new RegExp(`loading_${field}:\\d+\\r\\n`));
    }
    store.answer();
    await started;
    const after = (await client.call('INFO', 'persistence')) as string;
    expect(after).toContain('loading:0\r\n');
    expect(after).not.toContain('loading_start_time');
  });

  it('fails a transaction into which a refused command was queued', async () => {
    const client = await connect();
    expect(await client.call('MULTI')).toEqual(ok);
    expect(textOf(await client.call('INCR', 'a'))).toBe(loadingError);
    expect(textOf(await client.call('EXEC'))).toBe('EXECABORT Transaction discarded because of previous errors.');
    expect(textOf(await client.call('EXEC'))).toBe('ERR EXEC without MULTI');
  });

  it('holds WATCH and EXEC, which Valkey allows, until there is a state to prove them by', async () => {
    const [first, second] = [await connect(), await connect()];
    first.send('WATCH a\r\nGET a\r\n');
    second.send('MULTI\r\nTIME\r\nEXEC\r\nPING\r\n');
    expect([await second.reply(), await second.reply()]).toEqual([ok, simple('QUEUED')]);
    // Whoever connects later is answered, so those before had their turn.
    expect(textOf(await (await connect()).call('PING'))).toBe(loadingError);
    expect(first.received).toBe('');
    store.answer();
    expect([await first.reply(), await first.reply()]).toEqual([ok, '1']);
    expect(await second.reply()).toHaveLength(1);
    expect(await second.reply()).toEqual(simple('PONG'));
    await second.call('SET', 'a', '2');
    await first.pipeline([['MULTI'], ['GET', 'a']]);
    expect(await first.call('EXEC')).toEqual(nullArray);
  });

  it('forgets those who leave while they wait', async () => {
    const client = await connect();
    client.send('WATCH a\r\n');
    await (await connect()).call('TIME');
    client.close();
    while (server.sessionCount > 1) await (await connect()).call('QUIT');
    store.answer();
    await started;
    expect(server.watches.size).toBe(0);
  });
});

describe('the heap', () => {
  const warnings: string[] = [];
  const logger = { warn: (facts: object, text: string) => warnings.push(`${text} ${JSON.stringify(facts)}`) };
  const watchOf = (memory: number, limit: number): HeapWatch =>
    new HeapWatch(
      {
        engine: { loading: { totalKeys: 1000, totalBytes: memory, loadedBytes: 0 } },
        usedMemory: memory,
        admission: { waitingBytes: 0 },
      } as unknown as NodeServer,
      logger as unknown as Logger,
      limit,
    );

  it('says before it is full which flag makes it larger', () => {
    const limit = 4 * 2 ** 30;
    expect(watchOf(1 * 2 ** 30, limit).whyLoadingEnds()).toBeUndefined();
    expect(warnings.splice(0)).toEqual([]);
    const watch = watchOf(3.5 * 2 ** 30, limit);
    expect([watch.whyLoadingEnds(), watch.whyLoadingEnds()]).toEqual([undefined, undefined]);
    expect(warnings.splice(0).join()).toMatch(/may not fit .*NODE_OPTIONS=--max-old-space-size=\d+/);
    expect(watchOf(4 * 2 ** 30, limit).whyLoadingEnds()).toMatch(
      /does not fit .* NODE_OPTIONS=--max-old-space-size=\d+/,
    );
    warnings.length = 0;
    watch.check();
    watch.check();
    expect(warnings.splice(0)).toHaveLength(1);
    watch.checkLimit(2 * 2 ** 30);
    expect(warnings.splice(0)).toEqual([]);
    watch.checkLimit(5 * 2 ** 30);
    expect(warnings.splice(0)).toHaveLength(1);
  });
});
