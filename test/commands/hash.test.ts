import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { encode } from '../../src/resp/encode.ts';
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

const syntax = error('ERR syntax error');
const notAnInteger = error('ERR value is not an integer or out of range');
const wrongType = error('WRONGTYPE Operation against a key holding the wrong kind of value');
const outOfRange = error('ERR value is out of range');

/** Enough for a table. */
function fill(key: string, count: number): void {
  runner.run('HSET', key, ...Array.from({ length: count }, (_, i) => [`f${i}`, `v${i}`]).flat());
}

describe('fields', () => {
  it('are set by one effect, and counted where they are new', () => {
    expect(run('HSET h a 1 b 2')).toBe(2);
    expect(runner.effects).toEqual([{ kind: 'setFields', db: 0, key: 'h', fields: ['a', '1', 'b', '2'] }]);
    expect(run('HSET h a 3 c 4')).toBe(1);
    expect(run('HSET h d 1 d 2')).toBe(1);
    expect(run('HMGET h a b c d e')).toEqual(['3', '2', '4', '2', null]);
    expect(run('HMSET h a 5')).toEqual(ok);
    expect(run('HLEN h')).toBe(4);
    expect(run("HSET h '' ''")).toBe(1);
    expect(run("HGET h ''")).toBe('');
    expect(run("HSTRLEN h ''")).toBe(0);
  });

  it('are counted in a key that is new, too', () => {
    expect(run('HSET h a 1 a 2')).toBe(1);
    expect(run('HGETALL h')).toEqual({ kind: 'map', items: ['a', '2'] });
  });

  it('are set by HSETNX where they are missing, and otherwise nothing is written', () => {
    expect(run('HSETNX h a 1')).toBe(1);
    expect(run('HSETNX h a 2')).toBe(0);
    expect(runner.effects).toEqual([]);
    expect(run('HGET h a')).toBe('1');
  });

  it('are deleted by one effect, the key with the last, and otherwise nothing is written', () => {
    run('HSET h a 1 b 2 c 3');
    expect(run('HDEL h x a a b')).toBe(2);
    expect(runner.effects).toEqual([{ kind: 'deleteFields', db: 0, key: 'h', fields: ['a', 'a', 'b'] }]);
    expect(run('HDEL h a')).toBe(0);
    expect(runner.effects).toEqual([]);
    expect(run('HDEL h c b')).toBe(1);
    expect(run('EXISTS h')).toBe(0);
    expect(run('HDEL h c')).toBe(0);
  });

  it('of a missing key are missing', () => {
    for (const [line, answer] of [
      ['HGET h a', null],
      ['HMGET h a b', [null, null]],
      ['HEXISTS h a', 0],
      ['HLEN h', 0],
      ['HSTRLEN h a', 0],
      ['HGETALL h', { kind: 'map', items: [] }],
      ['HKEYS h', []],
      ['HVALS h', []],
      ['HRANDFIELD h', null],
      ['HRANDFIELD h 3 WITHVALUES', []],
      ['HSCAN h 0', ['0', []]],
    ] as const) {
      expect(run(line), line).toEqual(answer);
      expect(runner.effects).toEqual([]);
    }
  });

  it('lose a key that has expired', () => {
    run('HSET h a 1');
    run('PEXPIRE h 10');
    runner.now += 10;
    expect(run('HSET h b 2')).toBe(1);
    expect(run('HGETALL h')).toEqual({ kind: 'map', items: ['b', '2'] });
    expect(run('PTTL h')).toBe(-1);
  });

  it('are not those of another type', () => {
    run('SET s v');
    for (const line of [
      'HSET s a 1',
      'HSETNX s a 1',
      'HMSET s a 1',
      'HGET s a',
      'HMGET s a',
      'HDEL s a',
      'HEXISTS s a',
      'HLEN s',
      'HSTRLEN s a',
      'HGETALL s',
      'HKEYS s',
      'HVALS s',
      'HINCRBY s a 1',
      'HINCRBYFLOAT s a 1',
      'HRANDFIELD s',
      'HRANDFIELD s 0',
      'HSCAN s 0 FOO',
    ]) {
      expect(run(line), line).toEqual(wrongType);
      expect(runner.effects).toEqual([]);
    }
  });

  it.each([
    ['HSET h a 1 b', error("ERR wrong number of arguments for 'hset' command")],
    ['hmset h a 1 b', error("ERR wrong number of arguments for 'hmset' command")],
    ['HSET h a', error("ERR wrong number of arguments for 'hset' command")],
  ])('come with values: %s', (line, answer) => {
    expect(run(line)).toEqual(answer);
  });
});

describe('counters', () => {
  it('add to the integer in a field', () => {
    expect(run('HINCRBY h n 5')).toBe(5);
    expect(run('HINCRBY h n -7')).toBe(-2);
    expect(runner.effects).toEqual([{ kind: 'setFields', db: 0, key: 'h', fields: ['n', '-2'], event: 'hincrby' }]);
    run('HSET h n 9223372036854775806');
    expect(run('HINCRBY h n 1')).toBe(9223372036854775807n);
    expect(run('HINCRBY h n 1')).toEqual(error('ERR increment or decrement would overflow'));
    expect(runner.effects).toEqual([]);
  });

  it('add to the number in a field as a long double does', () => {
    run('HSET h n 0.1');
    expect(run('HINCRBYFLOAT h n 0.2')).toBe('0.3');
    expect(run('HINCRBYFLOAT h m 5.0e3')).toBe('5000');
    expect(run('HINCRBYFLOAT h m -5000')).toBe('0');
  });

  it('keep the expiry of their field', () => {
    run('HSET h n 1 m 2');
    run('HPEXPIRE h 1000 FIELDS 2 n m');
    run('HINCRBY h n 1');
    expect(runner.effects).toHaveLength(2);
    run('HINCRBYFLOAT h m 1');
    expect(run('HPEXPIRETIME h FIELDS 2 n m')).toEqual([startMs + 1000, startMs + 1000]);
  });

  it.each([
    ['HINCRBY h n x', notAnInteger],
    ['HINCRBY h n 1.5', notAnInteger],
    ['HINCRBY h text 1', error('ERR hash value is not an integer')],
    ['HINCRBYFLOAT h n x', error('ERR value is not a valid float')],
    ['HINCRBYFLOAT h n nan', error('ERR value is not a valid float')],
    ['HINCRBYFLOAT h n inf', error('ERR value is NaN or Infinity')],
    ['HINCRBYFLOAT h text 1', error('ERR hash value is not a float')],
    ['HINCRBYFLOAT h endless 1', error('ERR increment would produce NaN or Infinity')],
    ['HINCRBYFLOAT h big 1e4932', error('ERR increment would produce NaN or Infinity')],
  ])('refuse %s', (line, answer) => {
    run('HSET h text abc endless inf big 1e4932');
    expect(run(line)).toEqual(answer);
    expect(runner.effects).toEqual([]);
  });
});

describe('HRANDFIELD', () => {
  it('answers a field, or so many different ones', () => {
    for (const size of [1, 5, 64, 200]) {
      run('DEL h');
      fill('h', size);
      expect(run('HRANDFIELD h')).toMatch(/^f\d+$/);
      for (const count of [0, 1, 2, Math.floor(size / 2), size - 1, size, size + 1, 2 ** 60]) {
        const fields = run(`HRANDFIELD h ${BigInt(count)}`) as string[];
        expect(fields).toHaveLength(Math.min(count, size));
        expect(new Set(fields).size).toBe(fields.length);
        for (const field of fields) expect(run(`HEXISTS h ${field}`)).toBe(1);
      }
    }
  });

  it('finds each field sooner or later', () => {
    fc.assert(
      fc.property(fc.constantFrom(3, 100), fc.constantFrom('', ' 1', ' -1', ' 2'), (size, count) => {
        run('DEL h');
        fill('h', size);
        const found = new Set<Reply>();
        for (let i = 0; i < size * 30; i++) for (const field of [run(`HRANDFIELD h${count}`)].flat()) found.add(field);
        expect(found.size).toBe(size);
      }),
      { numRuns: 16 },
    );
  });

  it('repeats fields where the count is below zero', () => {
    fill('h', 3);
    expect(run('HRANDFIELD h -100')).toHaveLength(100);
    run('HSET one f v');
    expect(run('HRANDFIELD one -3')).toEqual(['f', 'f', 'f']);
  });

  it('answers with values: pairs in RESP3, in turn in RESP2', () => {
    run('HSET one f v');
    const reply = run('HRANDFIELD one -2 WITHVALUES');
    expect(encode(reply, 2)).toBe('*4\r\n$1\r\nf\r\n$1\r\nv\r\n$1\r\nf\r\n$1\r\nv\r\n');
    expect(encode(reply, 3)).toBe('*2\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n');
  });

  it.each([
    ['x', notAnInteger],
    [
      '-9223372036854775808',
      error('ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807'),
    ],
    ['-9223372036854775807 FOO', syntax],
    ['1 WITHVALUES 2', syntax],
    ['1 WITHSCORES', syntax],
    ['-4611686018427387904 WITHVALUES', outOfRange],
    ['4611686018427387904 WITHVALUES', outOfRange],
    ['-131073', outOfRange],
  ])('refuses %s', (options, answer) => {
    expect(run(`HRANDFIELD h ${options}`)).toEqual(answer);
  });

  it('takes any count that the stored fields bound', () => {
    run('HSET h f v');
    expect(run('HRANDFIELD h 9223372036854775807')).toEqual(['f']);
    expect(run('HRANDFIELD h 4611686018427387903 WITHVALUES')).toEqual({ kind: 'pairs', items: ['f', 'v'] });
  });
});

describe('HSCAN', () => {
  it('visits every field that stays, however the hash changes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        (size, count, grow) => {
          run('DEL h');
          fill('h', size);
          const visited = new Set<string>();
          let cursor = '0';
          for (let step = 0; ; step++) {
            const [next, items] = run(`HSCAN h ${cursor} COUNT ${count}`) as [string, string[]];
            for (let i = 0; i < items.length; i += 2) {
              expect(items[i + 1]).toBe(items[i]!.startsWith('f') ? items[i]!.replace('f', 'v') : 'new');
              visited.add(items[i]!);
            }
            if (next === '0') break;
            cursor = next;
            run(grow ? `HSET h new${step} new` : `HDEL h new${step}`);
          }
          for (let i = 0; i < size; i++) expect(visited.has(`f${i}`)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('takes MATCH and NOVALUES', () => {
    run('HSET h a 1 ab 2 b 3');
    expect(run('HSCAN h 0 MATCH a*')).toEqual(['0', ['a', '1', 'ab', '2']]);
    expect(run('HSCAN h 0 match a* novalues')).toEqual(['0', ['a', 'ab']]);
    expect(run('HSCAN h 0 NOVALUES COUNT 1')).toEqual(['0', ['a', 'ab', 'b']]);
  });

  it.each([
    ['x', error('ERR invalid cursor')],
    ['-1', error('ERR invalid cursor')],
    ['0 COUNT', syntax],
    ['0 COUNT 0', syntax],
    ['0 COUNT x', notAnInteger],
    ['0 FOO', syntax],
    ['0 TYPE hash', syntax],
    ['0 NOSCORES', error('ERR NOSCORES option can only be used in ZSCAN')],
  ])('refuses %s', (options, answer) => {
    run('HSET h a 1');
    expect(run(`HSCAN h ${options}`)).toEqual(answer);
  });

  it('looks at no option where there is no key', () => {
    expect(run('HSCAN h 0 FOO')).toEqual(['0', []]);
    expect(run('HSCAN h x FOO')).toEqual(error('ERR invalid cursor'));
  });
});
