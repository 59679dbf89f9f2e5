import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { error, ok, simple, type Reply } from '../../src/resp/reply.ts';
import { CommandRunner, startMs } from '../support/command-runner.ts';

let runner: CommandRunner;
beforeEach(() => {
  runner = new CommandRunner();
});

function run(line: string): Reply {
  return runner.run(...line.split(' '));
}

const notAnInteger = error('ERR value is not an integer or out of range');

describe('expiry', () => {
  it('is told in seconds, rounded, and in milliseconds', () => {
    run('MSET plain 1 k 1');
    run('PEXPIRE k 1500');
    expect(['TTL k', 'PTTL k', 'EXPIRETIME k', 'PEXPIRETIME k'].map(run)).toEqual([
      2,
      1500,
      Math.floor((startMs + 2000) / 1000),
      startMs + 1500,
    ]);
    expect(['TTL plain', 'PTTL none', 'EXPIRETIME plain', 'PEXPIRETIME none'].map(run)).toEqual([-1, -2, -1, -2]);
  });

  it('is when the key is gone, to the millisecond, by an effect that the first look causes', () => {
    run('SET k v PX 1000');
    runner.now += 999;
    expect(run('GET k')).toBe('v');
    expect(runner.effects).toEqual([]);
    runner.now += 1;
    expect(run('GET k')).toBeNull();
    expect(runner.effects).toEqual([{ kind: 'delete', db: 0, key: 'k', event: 'expired' }]);
    expect(run('GET k')).toBeNull();
    expect(runner.effects).toEqual([]);
  });

  it.each(['DBSIZE', 'KEYS *', 'SCAN 0', 'RANDOMKEY', 'EXISTS k', 'TYPE k', 'DEL k', 'PERSIST k', 'OBJECT ENCODING k'])(
    'is seen by %s',
    (line) => {
      run('SET k v PX 1');
      runner.now += 1;
      expect([0, null, 'none', [], ['0', []], simple('none')]).toContainEqual(run(line));
      expect(runner.effects).toEqual([{ kind: 'delete', db: 0, key: 'k', event: 'expired' }]);
    },
  );

  // current, condition, by how many seconds, whether it is set
  it.each([
    [undefined, 'NX', 10, 1],
    [5, 'NX', 10, 0],
    [undefined, 'XX', 10, 0],
    [5, 'XX', 10, 1],
    [5, 'GT', 10, 1],
    [10, 'GT', 10, 0],
    [15, 'GT', 10, 0],
    [undefined, 'GT', 10, 0],
    [5, 'LT', 10, 0],
    [10, 'LT', 10, 0],
    [15, 'LT', 10, 1],
    [undefined, 'LT', 10, 1],
    [undefined, 'XX LT', 10, 0],
    [15, 'XX LT', 10, 1],
    [15, 'lt', -1, 1],
    [15, 'GT', -1, 0],
  ])('from %s with %s by %s', (current, condition, seconds, set) => {
    run(current === undefined ? 'SET k v' : `SET k v EX ${current}`);
    expect(run(`EXPIRE k ${seconds} ${condition}`)).toBe(set);
    const after = set === 1 ? seconds : current;
    expect(run('TTL k')).toBe(after === undefined ? -1 : after < 0 ? -2 : after);
    expect(run(`EXPIRE none ${seconds} ${condition}`)).toBe(0);
  });

  it.each([
    ['EXPIRE k x', notAnInteger],
    ['EXPIRE k 9223372036854775808', notAnInteger],
    ['EXPIRE k 9223372036854775807', error("ERR invalid expire time in 'expire' command")],
    ['EXPIRE k -9223372036854775808', error("ERR invalid expire time in 'expire' command")],
    ['PEXPIRE k 9223372036854775807', error("ERR invalid expire time in 'pexpire' command")],
    ['EXPIREAT k 9223372036854776', error("ERR invalid expire time in 'expireat' command")],
    ['EXPIRE k x FOO', error('ERR Unsupported option FOO')],
    ['EXPIRE k 1 F\0OO', error('ERR Unsupported option F')],
    ['EXPIRE k 1 NX XX', error('ERR NX and XX, GT or LT options at the same time are not compatible')],
    ['EXPIRE k 1 NX GT', error('ERR NX and XX, GT or LT options at the same time are not compatible')],
    ['EXPIRE k 1 GT LT', error('ERR GT and LT options at the same time are not compatible')],
  ])('refuses %s, whether or not there is such a key', (line, reply) => {
    expect(run(line)).toEqual(reply);
    run('SET k v');
    expect(run(line)).toEqual(reply);
    expect(runner.effects).toEqual([]);
  });

  it('in the past deletes', () => {
    for (const line of ['EXPIRE k 0', 'PEXPIRE k -1', 'EXPIREAT k 1', 'PEXPIREAT k -9223372036854775808']) {
      run('SET k v');
      expect(run(line)).toBe(1);
      expect(runner.effects).toEqual([{ kind: 'delete', db: 0, key: 'k' }]);
    }
  });
});

describe('what changes nothing has no effect', () => {
  it.each([
    'DEL none',
    'UNLINK none',
    'EXPIRE none 10',
    'PEXPIREAT plain 1 XX',
    'PERSIST plain',
    'PERSIST none',
    'SETNX plain w',
    'SET plain w NX',
    'SET none w XX',
    'GETDEL none',
    'GETEX plain PERSIST',
    'RENAME plain plain',
    'RENAMENX plain other',
    'RENAMENX plain plain',
    'COPY plain other',
    'COPY none other REPLACE',
    'MOVE none 1',
    'MSETNX none 1 plain 2',
    'FLUSHDB',
    'SWAPDB 3 3',
    'SWAPDB 4 5',
    'TOUCH plain',
    'GET plain',
  ])('%s', (line) => {
    run('MSET plain v other v');
    if (line === 'FLUSHDB') runner.client.session.db = 7;
    expect(run(line)).not.toMatchObject({ kind: 'error' });
    expect(runner.effects).toEqual([]);
  });
});

describe('names and databases', () => {
  it('RENAME takes value and expiry along, over what was there', () => {
    run('SET a 1 PX 1000');
    run('SET b 2');
    expect(run('RENAME a b')).toEqual(ok);
    expect(runner.keyspace.dump()).toEqual([[0, 'b', '1', startMs + 1000]]);
    expect(run('RENAME a b')).toEqual(error('ERR no such key'));
    expect(run('RENAMENX b c')).toBe(1);
    run('SET b 3');
    expect(run('RENAMENX c b')).toBe(0);
  });

  it('a key that has expired is neither renamed nor in the way', () => {
    run('SET a 1 PX 1');
    run('SET b 2');
    runner.now += 1;
    expect(run('RENAME a b')).toEqual(error('ERR no such key'));
    run('SET a 1 PX 1');
    runner.now += 1;
    expect(run('RENAMENX b a')).toBe(1);
    expect(runner.keyspace.dump()).toEqual([[0, 'a', '2', undefined]]);
  });

  it('COPY and MOVE reach into other databases', () => {
    run('SET a 1 PX 1000');
    expect(run('COPY a a DB 1')).toBe(1);
    expect(run('COPY a b')).toBe(1);
    run('SET a 2');
    expect(run('COPY a b')).toBe(0);
    expect(run('COPY a b REPLACE')).toBe(1);
    expect(run('MOVE a 1')).toBe(0);
    expect(run('MOVE b 1')).toBe(1);
    expect(runner.keyspace.dump()).toEqual([
      [0, 'a', '2', undefined],
      [1, 'a', '1', startMs + 1000],
      [1, 'b', '2', undefined],
    ]);
  });

  const same = error('ERR source and destination objects are the same');
  it.each([
    ['COPY a a', same],
    ['COPY a a DB 0', same],
    ['COPY a b DB', error('ERR syntax error')],
    ['COPY a b DB x', notAnInteger],
    ['COPY a b DB 16', error('ERR DB index is out of range')],
    ['COPY a b DB 99 FOO', error('ERR DB index is out of range')],
    ['COPY a b DB 2147483648', error('ERR value is out of range, value must between -2147483648 and 2147483647')],
    ['MOVE a 0', same],
    ['MOVE none 0', same],
    ['MOVE a 16', error('ERR DB index is out of range')],
    ['SWAPDB x 0', error('ERR invalid first DB index')],
    ['SWAPDB 0 x', error('ERR invalid second DB index')],
    ['SWAPDB 0 16', error('ERR DB index is out of range')],
    ['FLUSHALL FOO', error('ERR syntax error')],
    ['FLUSHDB ASYNC SYNC', error('ERR syntax error')],
  ])('%s is refused', (line, reply) => {
    run('SET a 1');
    expect(run(line)).toEqual(reply);
    expect(runner.effects).toEqual([]);
  });

  it('SWAPDB, FLUSHDB and FLUSHALL act on whole databases', () => {
    run('SET a 1');
    expect(run('SWAPDB 0 2')).toEqual(ok);
    expect(run('DBSIZE')).toBe(0);
    expect(runner.keyspace.dump()).toEqual([[2, 'a', '1', undefined]]);
    expect(run('SET b 2')).toEqual(ok);
    expect(run('FLUSHDB SYNC')).toEqual(ok);
    expect(runner.keyspace.size).toBe(1);
    expect(run('FLUSHALL async')).toEqual(ok);
    expect(runner.keyspace.size).toBe(0);
  });
});

describe('SCAN', () => {
  function scanAll(...options: string[]): string[] {
    const found: string[] = [];
    let cursor = '0';
    do {
      const [next, keys] = runner.run('SCAN', cursor, ...options) as [string, string[]];
      found.push(...keys);
      cursor = next;
    } while (cursor !== '0');
    return found.sort();
  }

  it('visits every key, whatever the count', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 100 }), fc.integer({ min: 1, max: 50 }), (keys, count) => {
        runner = new CommandRunner();
        for (const key of keys) runner.run('SET', key, 'v');
        expect(scanAll('COUNT', String(count))).toEqual([...keys].sort());
      }),
    );
  });

  it('filters by pattern and by type', () => {
    run('MSET a1 v a2 v b1 v');
    expect(scanAll('MATCH', 'a*')).toEqual(['a1', 'a2']);
    expect(scanAll('match', 'a*', 'MATCH', '*1')).toEqual(['a1', 'b1']);
    expect(scanAll('TYPE', 'STRING')).toHaveLength(3);
    expect(scanAll('TYPE', 'list')).toEqual([]);
  });

  it.each([
    ['SCAN x', 'ERR invalid cursor'],
    ['SCAN -1', 'ERR invalid cursor'],
    ['SCAN 18446744073709551616', 'ERR invalid cursor'],
    ['SCAN x FOO', 'ERR invalid cursor'],
    ['SCAN 0 MATCH', 'ERR syntax error'],
    ['SCAN 0 COUNT 0', 'ERR syntax error'],
    ['SCAN 0 COUNT x', 'ERR value is not an integer or out of range'],
    ['SCAN 0 TYPE foo', "ERR unknown type name 'foo'"],
    ['SCAN 0 FOO 1', 'ERR syntax error'],
  ])('refuses %s', (line, text) => {
    expect(run(line)).toEqual(error(text));
  });

  it('takes any cursor that is a number', () => {
    expect(run('SCAN 18446744073709551615')).toBeInstanceOf(Array);
  });
});

describe('OBJECT', () => {
  it('names the representation', () => {
    for (const [value, encoding] of [
      ['1', 'int'],
      ['-9223372036854775808', 'int'],
      ['9223372036854775808', 'embstr'],
      ['01', 'embstr'],
      ['x'.repeat(44), 'embstr'],
      ['x'.repeat(45), 'raw'],
    ] as const) {
      runner.run('SET', 'k', value);
      expect(run('OBJECT ENCODING k')).toBe(encoding);
    }
    expect(run('OBJECT ENCODING none')).toBeNull();
  });

  it('counts the seconds since a key was used, and looking is no use', () => {
    run('SET k v');
    runner.now += 5000;
    for (const line of ['TTL k', 'EXISTS k', 'TYPE k', 'OBJECT REFCOUNT k']) run(line);
    expect(run('OBJECT IDLETIME k')).toBe(5);
    run('TOUCH k');
    expect(run('OBJECT IDLETIME k')).toBe(0);
    expect(run('OBJECT FREQ k')).toMatchObject({ kind: 'error' });
  });
});
