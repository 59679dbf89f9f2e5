import { beforeEach, describe, expect, it } from 'vitest';
import { error, ok, type Reply } from '../../src/resp/reply.ts';
import { CommandRunner, startMs } from '../support/command-runner.ts';

let runner: CommandRunner;
beforeEach(() => {
  runner = new CommandRunner();
});

/** Splits at spaces; `''` is the empty word. */
function run(line: string): Reply {
  return runner.run(...line.split(' ').map((word) => (word === "''" ? '' : word)));
}

function expiryOf(key: string): number | undefined {
  return runner.keyspace.database(0).find(key)?.expireAt;
}

const syntax = error('ERR syntax error');
const notAnInteger = error('ERR value is not an integer or out of range');

describe('SET', () => {
  it('clears an expiry, unless told to keep it', () => {
    run('SET k v PX 1000');
    expect(expiryOf('k')).toBe(startMs + 1000);
    run('SET k w KEEPTTL');
    expect(expiryOf('k')).toBe(startMs + 1000);
    run('SET k x');
    expect(expiryOf('k')).toBeUndefined();
  });

  it('does not keep the expiry of a key that has expired', () => {
    run('SET k v PX 1000');
    runner.now += 1000;
    run('SET k w KEEPTTL');
    expect(run('GET k')).toBe('w');
    expect(expiryOf('k')).toBeUndefined();
    run('SET k v PX 1000');
    runner.now += 1000;
    run('SET k w');
    expect(expiryOf('k')).toBeUndefined();
  });

  it.each([
    ['EX 10', startMs + 10_000],
    ['PX 10', startMs + 10],
    ['EXAT 4102444800', 4_102_444_800_000],
    ['PXAT 4102444800001', 4_102_444_800_001],
    ['px 10', startMs + 10],
    ['EX 1 EX 10', startMs + 10_000],
  ])('takes %s', (option, expireAt) => {
    expect(run(`SET k v ${option}`)).toEqual(ok);
    expect(expiryOf('k')).toBe(expireAt);
  });

  it.each([
    ['SET k v EX', syntax],
    ['SET k v EX 10 PX 10', syntax],
    ['SET k v EX 10 KEEPTTL', syntax],
    ['SET k v KEEPTTL EX 10', syntax],
    ['SET k v NX XX', syntax],
    ['SET k v IFEQ', syntax],
    ['SET k v IFEQ a NX', syntax],
    ['SET k v XX IFEQ a', syntax],
    ['SET k v IFEQ a IFEQ a', syntax],
    ['SET k v FOO', syntax],
    ['SET k v EX x', notAnInteger],
    ['SET k v EX 1.5', notAnInteger],
    ['SET k v EX 0', error("ERR invalid expire time in 'set' command")],
    ['SET k v PX -1', error("ERR invalid expire time in 'set' command")],
    ['SET k v EX 9223372036854775', error("ERR invalid expire time in 'set' command")],
    ['SET k v PX 9223372036854775807', error("ERR invalid expire time in 'set' command")],
    ['SETEX k 0 v', error("ERR invalid expire time in 'setex' command")],
    ['PSETEX k 0 v', error("ERR invalid expire time in 'psetex' command")],
    ['SETEX k x v', notAnInteger],
    ['SET k', error("ERR wrong number of arguments for 'set' command")],
    ['MSET k', error("ERR wrong number of arguments for 'mset' command")],
    ['MSET k v l', error("ERR wrong number of arguments for 'mset' command")],
  ])('answers %s with an error and changes nothing', (line, reply) => {
    run('SET k old');
    expect(run(line)).toEqual(reply);
    expect(runner.effects).toEqual([]);
  });

  it('holds a time beyond what a double can hold as the last that it can', () => {
    run('SET k v PXAT 9223372036854775807');
    expect(expiryOf('k')).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('with a time that has passed deletes what was there', () => {
    run('SET k old');
    expect(run('SET k v GET PXAT 1')).toBe('old');
    expect(run('EXISTS k')).toBe(0);
    expect(run('SET k v EXAT 1')).toEqual(ok);
    expect(runner.effects).toEqual([]);
  });

  it.each([
    ['NX', undefined, ok],
    ['NX', 'old', null],
    ['NX GET', undefined, null],
    ['NX GET', 'old', 'old'],
    ['XX', undefined, null],
    ['XX', 'old', ok],
    ['XX GET', undefined, null],
    ['XX GET', 'old', 'old'],
    ['GET', undefined, null],
    ['GET', 'old', 'old'],
    ['IFEQ old', 'old', ok],
    ['IFEQ old', 'other', null],
    ['IFEQ old', undefined, null],
    ['IFEQ old GET', 'old', 'old'],
    ['IFEQ old GET', 'other', 'other'],
    ['IFEQ old GET', undefined, null],
  ])('%s on %s answers %o', (option, before, reply) => {
    if (before !== undefined) run(`SET k ${before}`);
    expect(run(`SET k new ${option}`)).toEqual(reply);
    const sets =
      (option.startsWith('NX') && before === undefined) ||
      (option.startsWith('XX') && before !== undefined) ||
      option === 'GET' ||
      (option.startsWith('IFEQ') && before === 'old');
    expect(run('GET k')).toBe(sets ? 'new' : (before ?? null));
  });

  it('is one effect where the key has no expiry', () => {
    for (const line of ['SET k v', 'SET k v', 'SETNX l v', 'GETSET k w', 'MSET k v']) {
      run(line);
      expect(runner.effects).toHaveLength(1);
    }
  });
});

describe('GETEX', () => {
  it('answers the value, and sets, keeps or clears the expiry', () => {
    run('SET k v');
    expect(run('GETEX k PX 1000')).toBe('v');
    expect(expiryOf('k')).toBe(startMs + 1000);
    run('GETEX k');
    expect(runner.effects).toEqual([]);
    expect(run('GETEX k PERSIST')).toBe('v');
    expect(expiryOf('k')).toBeUndefined();
    run('GETEX k PERSIST');
    expect(runner.effects).toEqual([]);
    expect(run('GETEX k PXAT 1')).toBe('v');
    expect(run('GET k')).toBeNull();
  });

  it('looks at the time only where there is a key', () => {
    expect(run('GETEX k EX x')).toBeNull();
    run('SET k v');
    expect(run('GETEX k EX x')).toEqual(notAnInteger);
    expect(run('GETEX k EX 0')).toEqual(error("ERR invalid expire time in 'getex' command"));
    for (const option of ['EX', 'NX', 'EX 1 PERSIST', 'PERSIST PX 1', 'EX 1 PX 1', 'KEEPTTL']) {
      expect(run(`GETEX k ${option}`)).toEqual(syntax);
    }
  });
});

describe('counters', () => {
  it.each([
    ['9223372036854775806', 'INCR k', 9223372036854775807n],
    ['9007199254740991', 'INCR k', 9007199254740992n],
    ['9007199254740992', 'DECR k', 9007199254740991],
    ['-9223372036854775807', 'DECR k', -9223372036854775808n],
    ['-9007199254740991', 'DECRBY k 1', -9007199254740992n],
    ['9223372036854775807', 'INCRBY k -9223372036854775808', -1],
    ['9223372036854775807', 'DECRBY k 9223372036854775807', 0],
    ['5', 'DECRBY k 5', 0],
    ['0', 'DECRBY k 0', 0],
    [undefined, 'DECRBY k 0', 0],
    [undefined, 'INCR k', 1],
  ])('%s, %s makes exactly %s', (before, line, reply) => {
    if (before !== undefined) run(`SET k ${before}`);
    expect(run(line)).toBe(reply);
    expect(run('GET k')).toBe(String(reply));
  });

  const overflow = error('ERR increment or decrement would overflow');
  it.each([
    ['9223372036854775807', 'INCR k', overflow],
    ['-9223372036854775808', 'DECR k', overflow],
    ['1', 'INCRBY k 9223372036854775807', overflow],
    ['-2', 'DECRBY k 9223372036854775807', overflow],
    ['0', 'DECRBY k -9223372036854775808', error('ERR decrement would overflow')],
    ['0', 'INCRBY k 9223372036854775808', notAnInteger],
    ['0', 'INCRBY k 01', notAnInteger],
    ['1.0', 'INCR k', notAnInteger],
    ['', 'INCR k', notAnInteger],
    ['007', 'INCR k', notAnInteger],
    ['x', 'INCRBYFLOAT k 1', error('ERR value is not a valid float')],
    ['1', 'INCRBYFLOAT k nan', error('ERR value is not a valid float')],
    ['1', 'INCRBYFLOAT k inf', error('ERR increment would produce NaN or Infinity')],
  ])('%s, %s is refused', (before, line, reply) => {
    runner.run('SET', 'k', before);
    expect(run(line)).toEqual(reply);
    expect(runner.effects).toEqual([]);
    expect(run('GET k')).toBe(before);
  });

  it('keep the expiry', () => {
    run('SET k 1 PX 1000');
    for (const line of ['INCR k', 'INCRBYFLOAT k 0.5', 'APPEND k 0', 'SETRANGE k 0 9']) run(line);
    expect(expiryOf('k')).toBe(startMs + 1000);
  });
});

describe('parts of strings', () => {
  it.each([
    [0, -1, 'hello'],
    [1, 2, 'el'],
    [-3, -2, 'll'],
    [-2, -3, ''],
    [3, 1, ''],
    [-100, 0, 'h'],
    [-100, -100, 'h'],
    [0, 100, 'hello'],
    [5, 10, ''],
    ['-9223372036854775808', '9223372036854775807', 'hello'],
  ])('GETRANGE %s %s of hello is %o', (start, end, part) => {
    run('SET k hello');
    expect(run(`GETRANGE k ${start} ${end}`)).toBe(part);
    expect(run(`SUBSTR k ${start} ${end}`)).toBe(part);
    expect(run(`GETRANGE none ${start} ${end}`)).toBe('');
  });

  it('SETRANGE fills a gap with zero bytes', () => {
    expect(run('SETRANGE k 3 ab')).toBe(5);
    expect(run('GET k')).toBe('\0\0\0ab');
    expect(run('SETRANGE k 1 x')).toBe(5);
    expect(run('GET k')).toBe('\0x\0ab');
  });

  it('change nothing where there is nothing to write', () => {
    run('SET k v');
    for (const [line, reply] of [
      ["SETRANGE k 10 ''", 1],
      ["SETRANGE none 10 ''", 0],
      ["APPEND k ''", 1],
    ] as const) {
      expect(run(line)).toBe(reply);
      expect(runner.effects).toEqual([]);
    }
    expect(run("APPEND none ''")).toBe(0);
    expect(run('EXISTS none')).toBe(1);
  });

  it('refuse what would be too long', () => {
    runner = new CommandRunner({ bulkLengthMax: 1_048_576 });
    const tooLong = error('ERR string exceeds maximum allowed size (proto-max-bulk-len)');
    expect(run('SETRANGE k 1048575 x')).toBe(1_048_576);
    expect(run('SETRANGE k 1048576 x')).toEqual(tooLong);
    expect(run('SETRANGE none 9223372036854775807 x')).toEqual(tooLong);
    expect(run('APPEND k x')).toEqual(tooLong);
    expect(run('SETRANGE k -1 x')).toEqual(error('ERR offset is out of range'));
    expect(run('SETRANGE k 9223372036854775808 x')).toEqual(notAnInteger);
  });
});

describe('several keys', () => {
  it('MSETNX sets all or none', () => {
    expect(run('MSETNX a 1 b 2')).toBe(1);
    expect(run('MSETNX c 3 b 4')).toBe(0);
    expect(runner.effects).toEqual([]);
    expect(run('MGET a b c')).toEqual(['1', '2', null]);
    expect(run('MSET a 3 a 4')).toEqual(ok);
    expect(run('GET a')).toBe('4');
  });
});

describe('LCS', () => {
  beforeEach(() => {
    run('MSET a ohmytext b mynewtext');
  });

  it('answers the text, its length or where it is', () => {
    expect(run('LCS a b')).toBe('mytext');
    expect(run('LCS a b LEN')).toBe(6);
    const [first, second] = [
      [
        [4, 7],
        [5, 8],
      ],
      [
        [2, 3],
        [0, 1],
      ],
    ];
    expect(run('LCS a b IDX')).toEqual({ kind: 'map', items: ['matches', [first, second], 'len', 6] });
    expect(run('LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN')).toEqual({
      kind: 'map',
      items: ['matches', [[...first, 4]], 'len', 6],
    });
    expect(run('LCS a none')).toBe('');
    expect(run('LCS a none LEN')).toBe(0);
  });

  it('refuses both answers at once, and tables larger than the longest string', () => {
    expect(run('LCS a b IDX LEN')).toEqual(error('ERR If you want both the length and indexes, please just use IDX.'));
    expect(run('LCS a b MINMATCHLEN')).toEqual(syntax);
    expect(run('LCS a b MINMATCHLEN x')).toEqual(notAnInteger);
    runner = new CommandRunner({ bulkLengthMax: 1_048_576 });
    runner.run('SET', 'a', 'x'.repeat(511));
    runner.run('SET', 'b', 'x'.repeat(512));
    expect(run('LCS a b')).toEqual(
      error('ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len'),
    );
    expect(run('LCS a a LEN')).toBe(511);
  });
});
