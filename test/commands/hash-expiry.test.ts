import { beforeEach, describe, expect, it } from 'vitest';
import { error, type Reply } from '../../src/resp/reply.ts';
import { CommandRunner, startMs } from '../support/command-runner.ts';

let runner: CommandRunner;
beforeEach(() => {
  runner = new CommandRunner();
  runner.keyspace.eventSink = () => undefined;
});

/** Splits at spaces; `''` is the empty word. */
function run(line: string): Reply {
  return runner.run(...line.split(' ').map((word) => (word === "''" ? '' : word)));
}

function events(): readonly string[] {
  return runner.events.map(({ name }) => name);
}

const syntax = error('ERR syntax error');
const notAnInteger = error('ERR value is not an integer or out of range');
const wrongType = error('WRONGTYPE Operation against a key holding the wrong kind of value');
const mismatch = error('ERR numfields should be greater than 0 and match the provided number of fields');
const invalid = (name: string): Reply => error(`ERR invalid expire time in '${name}' command`);

/** 2100: in seconds. */
const later = 4_102_444_800;

describe('HEXPIRE and its kin', () => {
  it.each([
    ['HEXPIRE h 10', startMs + 10_000],
    ['HPEXPIRE h 10', startMs + 10],
    [`HEXPIREAT h ${later}`, later * 1000],
    [`HPEXPIREAT h ${later}001`, later * 1000 + 1],
  ])('%s', (command, expireAt) => {
    run('HSET h a 1 b 2 c 3');
    expect(run(`${command} FIELDS 3 a x b`)).toEqual([1, -2, 1]);
    expect(runner.effects).toEqual([{ kind: 'setFieldExpiry', db: 0, key: 'h', fields: ['a', 'b'], expireAt }]);
    expect(events()).toEqual(['hexpire']);
    expect(run('HPEXPIRETIME h FIELDS 4 a b c x')).toEqual([expireAt, expireAt, -1, -2]);
    expect(run('HPTTL h FIELDS 1 a')).toEqual([expireAt - startMs]);
    expect(run('HTTL h FIELDS 1 a')).toEqual([Math.floor((expireAt - startMs + 500) / 1000)]);
    expect(run('HEXPIRETIME h fields 1 a')).toEqual([Math.floor((expireAt + 500) / 1000)]);
  });

  it('delete fields at once where the time has passed, and the key with the last', () => {
    run('HSET h a 1 b 2');
    expect(run('HEXPIREAT h 1 FIELDS 3 a a x')).toEqual([2, -2, -2]);
    expect(events()).toEqual(['hexpired']);
    expect(run('HPEXPIRE h 0 FIELDS 1 b')).toEqual([2]);
    expect(events()).toEqual(['hexpired', 'del']);
    expect(run('EXISTS h')).toBe(0);
  });

  it('write nothing where no field changes', () => {
    run('HSET h a 1');
    for (const line of [
      'HEXPIRE h 10 FIELDS 1 x',
      'HEXPIRE h 10 XX FIELDS 1 a',
      'HEXPIRE h 0 XX FIELDS 1 a',
      'HEXPIRE h 0 FIELDS 1 x',
      'HEXPIRE missing 10 FIELDS 1 a',
      'HPERSIST h FIELDS 2 a x',
      'HPERSIST missing FIELDS 1 a',
      'HGETEX h FIELDS 1 a',
      'HGETEX h EX 10 FIELDS 1 x',
      'HGETEX h EX 0 FIELDS 1 x',
      'HGETEX h PERSIST FIELDS 1 a',
      'HGETDEL h FIELDS 1 x',
      'HSETEX h NX FIELDS 1 a 2',
      'HSETEX h FNX FIELDS 1 a 2',
      'HSETEX h EX 0 FIELDS 1 x 2',
    ]) {
      run(line);
      expect(runner.effects, line).toEqual([]);
    }
    expect(run('HGETALL h')).toEqual({ kind: 'map', items: ['a', '1'] });
  });

  it.each([
    ['NX', undefined, 1],
    ['NX', 5000, 0],
    ['XX', undefined, 0],
    ['XX', 5000, 1],
    ['GT', undefined, 0],
    ['GT', 5000, 1],
    ['GT', 10_000, 0],
    ['LT', undefined, 1],
    ['LT', 10_000, 0],
    ['LT', 20_000, 1],
    ['XX LT', undefined, 0],
    ['xx gt', 5000, 1],
  ])('take the condition %s where a field has %s', (condition, before, answer) => {
    run('HSET h a 1');
    if (before !== undefined) run(`HPEXPIRE h ${before} FIELDS 1 a`);
    expect(run(`HPEXPIRE h 10000 ${condition} FIELDS 1 a`)).toEqual([answer]);
    expect(run('HPTTL h FIELDS 1 a')).toEqual([answer === 1 ? 10_000 : (before ?? -1)]);
  });

  it('see a field that is named again as they have left it', () => {
    run('HSET h a 1');
    expect(run('HEXPIRE h 10 NX FIELDS 2 a a')).toEqual([1, 0]);
    expect(run('HEXPIRE h 20 GT FIELDS 2 a a')).toEqual([1, 0]);
    expect(run('HPERSIST h FIELDS 2 a a')).toEqual([1, -1]);
  });

  it.each([
    ['HEXPIRE h x FIELDS 1 a', notAnInteger],
    ['HEXPIRE h -1 FIELDS 1 a', invalid('hexpire')],
    ['HPEXPIRE h 9223372036854775807 FIELDS 1 a', invalid('hpexpire')],
    ['HEXPIREAT h 9223372036854776 FIELDS 1 a', invalid('hexpireat')],
    ['HPEXPIREAT h 9223372036854775807 FIELDS 1 a', [1]],
    ['HEXPIRE h 10 FOO FIELDS 1 a', error('ERR Unsupported option FOO')],
    ['HEXPIRE h 10 NX XX FIELDS 1 a', error('ERR NX and XX, GT or LT options at the same time are not compatible')],
    ['HEXPIRE h 10 GT LT FIELDS 1 a', error('ERR GT and LT options at the same time are not compatible')],
    ['HEXPIRE h 10 FIELDS x a', notAnInteger],
    ['HEXPIRE h 10 FIELDS 0 a', mismatch],
    ['HEXPIRE h 10 FIELDS -1 a', mismatch],
    ['HEXPIRE h 10 FIELDS 2 a', mismatch],
    ['HEXPIRE h 10 FIELDS 1 a b', mismatch],
    ['HEXPIRE h 10 FOO 1 a', mismatch],
    ['HEXPIRE h x FIELDS 2 a', mismatch],
    ['HEXPIRE h 10 FIELDS 1', error("ERR wrong number of arguments for 'hexpire' command")],
    ['HEXPIRE s x FIELDS 1 a', notAnInteger],
    ['HEXPIRE s 10 FIELDS 1 a', wrongType],
    ['HPERSIST h FIELDS 2 a', mismatch],
    ['HPERSIST h FIELDS x a', notAnInteger],
    ['HPERSIST s FIELDS 1 a', wrongType],
    ['HTTL h FIELDS 2 a', syntax],
    ['HTTL h FIELDS 0 a', syntax],
    ['HTTL h FIELDS x a', notAnInteger],
    ['HTTL s FIELDS 1 a', wrongType],
    ['HTTL missing FIELDS 2 a b', [-2, -2]],
    ['HPERSIST missing FIELDS 2 a b', [-2, -2]],
    ['HEXPIRE missing 10 FIELDS 2 a b', [-2, -2]],
  ] as [string, Reply][])('answer %s', (line, answer) => {
    run('HSET h a 1');
    run('SET s v');
    expect(run(line)).toEqual(answer);
  });
});

describe('a field that has expired', () => {
  beforeEach(() => {
    run('HSET h a 1 b 2 c 3');
    run('HPEXPIRE h 10 FIELDS 2 a b');
    runner.now += 10;
  });

  it('is deleted by the first read that meets its hash', () => {
    expect(run('HGET h a')).toBeNull();
    expect(runner.effects).toMatchObject([{ kind: 'deleteFields', fields: ['a', 'b'] }]);
    expect(events()).toEqual(['hexpired']);
    expect(run('HGETALL h')).toEqual({ kind: 'map', items: ['c', '3'] });
    expect(runner.effects).toEqual([]);
  });

  it.each([
    ['HLEN h', 1],
    ['HSET h a 9', 1],
    ['HSETNX h a 9', 1],
    ['HDEL h a', 0],
    ['HINCRBY h a 5', 5],
    ['HEXISTS h a', 0],
    ['HSTRLEN h a', 0],
    ['HKEYS h', ['c']],
    ['HVALS h', ['3']],
    ['HSCAN h 0', ['0', ['c', '3']]],
    ['HRANDFIELD h 5', ['c']],
    ['HTTL h FIELDS 1 a', [-2]],
    ['HEXPIRE h 10 FIELDS 1 a', [-2]],
    ['HPERSIST h FIELDS 1 a', [-2]],
    ['HGETEX h PERSIST FIELDS 2 a c', [null, '3']],
    ['HGETDEL h FIELDS 2 a c', [null, '3']],
    ['HSETEX h FXX FIELDS 1 a 9', 0],
    ['HSETEX h FNX FIELDS 1 a 9', 1],
  ] as [string, Reply][])('is missing to %s', (line, answer) => {
    expect(run(line)).toEqual(answer);
  });

  it('goes with others of its hash, a thousand at a time', () => {
    const fields = Array.from({ length: 2500 }, (_, i) => String(i));
    runner.run('HSET', 'many', ...fields.flatMap((field) => [field, 'v']));
    runner.run('HPEXPIRE', 'many', '10', 'FIELDS', '2500', ...fields);
    runner.now += 10;
    run('HGET many 1');
    expect(runner.effects.map((effect) => 'fields' in effect && effect.fields.length)).toEqual([1000, 1000, 500]);
    expect(events()).toEqual(['hexpired', 'hexpired', 'hexpired', 'del', 'keymiss']);
  });

  it('takes its key along if it was the last', () => {
    run('HDEL h c');
    expect(run('EXISTS h')).toBe(0);
    expect(run('HSET h d 4')).toBe(1);
    expect(run('HGETALL h')).toEqual({ kind: 'map', items: ['d', '4'] });
  });

  it('has no expiry when it is set anew', () => {
    run('HSETEX h KEEPTTL FIELDS 1 a 9');
    run('HSET h b 9');
    expect(run('HTTL h FIELDS 2 a b')).toEqual([-1, -1]);
  });
});

describe('HSET and HDEL', () => {
  it('take the expiry of a field away', () => {
    run('HSET h a 1 b 2');
    run('HEXPIRE h 10 FIELDS 2 a b');
    run('HSET h a 3');
    run('HDEL h b');
    run('HSET h b 4');
    expect(run('HTTL h FIELDS 2 a b')).toEqual([-1, -1]);
  });
});

describe('HPERSIST', () => {
  it('takes the expiry of fields away', () => {
    run('HSET h a 1 b 2');
    run('HEXPIRE h 10 FIELDS 1 a');
    expect(run('HPERSIST h FIELDS 3 a b x')).toEqual([1, -1, -2]);
    expect(runner.effects).toEqual([{ kind: 'setFieldExpiry', db: 0, key: 'h', fields: ['a'], expireAt: undefined }]);
    expect(events()).toEqual(['hpersist']);
    expect(run('HTTL h FIELDS 1 a')).toEqual([-1]);
  });
});

describe('HGETEX', () => {
  it.each([
    ['EX 10', startMs + 10_000],
    ['px 10', startMs + 10],
    [`EXAT ${later}`, later * 1000],
    [`PXAT ${later}001`, later * 1000 + 1],
    ['EX 1 EX 10', startMs + 10_000],
  ])('%s', (option, expireAt) => {
    run('HSET h a 1 b 2');
    expect(run(`HGETEX h ${option} FIELDS 4 a x a b`)).toEqual(['1', null, '1', '2']);
    expect(events()).toEqual(['hexpire']);
    expect(run('HPEXPIRETIME h FIELDS 2 a b')).toEqual([expireAt, expireAt]);
  });

  it('PERSIST takes expiries away', () => {
    run('HSET h a 1 b 2');
    run('HEXPIRE h 10 FIELDS 1 a');
    expect(run('HGETEX h PERSIST FIELDS 3 a b x')).toEqual(['1', '2', null]);
    expect(events()).toEqual(['hpersist']);
    expect(run('HTTL h FIELDS 2 a b')).toEqual([-1, -1]);
  });

  it('with a time that has passed returns each field once and deletes it', () => {
    run('HSET h a 1');
    expect(run('HGETEX h PXAT 1 FIELDS 2 a a')).toEqual(['1', null]);
    expect(events()).toEqual(['hexpired', 'del']);
  });

  it.each([
    ['HGETEX h EX FIELDS 1 a', syntax],
    ['HGETEX h EX 10 PX 10 FIELDS 1 a', syntax],
    ['HGETEX h EX 10 PERSIST FIELDS 1 a', syntax],
    ['HGETEX h PERSIST EX 10 FIELDS 1 a', syntax],
    ['HGETEX h KEEPTTL FIELDS 1 a', syntax],
    ['HGETEX h NX FIELDS 1 a', syntax],
    ['HGETEX h EX x FIELDS 1 a', notAnInteger],
    ['HGETEX h EX -1 FIELDS 1 a', invalid('hgetex')],
    ['HGETEX h EX 9223372036854775807 FIELDS 1 a', invalid('hgetex')],
    ['HGETEX h EX 10 FIELDS 2 a', mismatch],
    ['HGETEX h EX 10 1 a', mismatch],
    ['HGETEX h EX 10 FIELDS x a', notAnInteger],
    ['HGETEX s EX x FIELDS 1 a', wrongType],
    ['HGETEX missing EX 10 FIELDS 2 a b', [null, null]],
    ['HGETEX missing EX x FIELDS 2 a b', notAnInteger],
    ['HGETEX fields FIELDS 1 a', [null]],
  ] as [string, Reply][])('answers %s', (line, answer) => {
    run('HSET h a 1');
    run('SET s v');
    expect(run(line)).toEqual(answer);
    expect(runner.effects).toEqual([]);
  });
});

describe('HGETDEL', () => {
  it('returns each field once and deletes it, and the key with the last', () => {
    run('HSET h a 1 b 2');
    expect(run('HGETDEL h FIELDS 3 a x a')).toEqual(['1', null, null]);
    expect(runner.effects).toEqual([{ kind: 'deleteFields', db: 0, key: 'h', fields: ['a'] }]);
    expect(events()).toEqual(['hdel']);
    expect(run('HGETDEL h FIELDS 1 b')).toEqual(['2']);
    expect(events()).toEqual(['hdel', 'del']);
    expect(run('HGETDEL h FIELDS 2 a b')).toEqual([null, null]);
  });

  it.each([
    ['HGETDEL h FIELDS 2 a', mismatch],
    ['HGETDEL h FIELDS x a', notAnInteger],
    ['HGETDEL s FIELDS 1 a', wrongType],
  ])('answers %s', (line, answer) => {
    run('SET s v');
    expect(run(line)).toEqual(answer);
  });
});

describe('HSETEX', () => {
  it.each([
    ['EX 10', startMs + 10_000],
    ['PX 10', startMs + 10],
    [`EXAT ${later}`, later * 1000],
    [`PXAT ${later}001`, later * 1000 + 1],
  ])('%s', (option, expireAt) => {
    expect(run(`HSETEX h ${option} FIELDS 2 a 1 b 2`)).toBe(1);
    expect(events()).toEqual(['new', 'hset', 'hexpire']);
    expect(run('HGETALL h')).toEqual({ kind: 'map', items: ['a', '1', 'b', '2'] });
    expect(run('HPEXPIRETIME h FIELDS 2 a b')).toEqual([expireAt, expireAt]);
  });

  it('takes expiries away, unless told to keep them', () => {
    run('HSETEX h PX 10 FIELDS 2 a 1 b 2');
    run('HPEXPIRE h 20 FIELDS 1 b');
    expect(run('HSETEX h KEEPTTL FIELDS 4 a 3 b 4 c 5 a 6')).toBe(1);
    expect(events()).toEqual(['hset']);
    expect(run('HPTTL h FIELDS 3 a b c')).toEqual([10, 20, -1]);
    expect(run('HMGET h a b c')).toEqual(['6', '4', '5']);
    expect(run('HSETEX h FIELDS 1 a 7')).toBe(1);
    expect(run('HPTTL h FIELDS 2 a b')).toEqual([-1, 20]);
  });

  it('with a time that has passed deletes the fields', () => {
    run('HSET h a 1 b 2');
    expect(run('HSETEX h PX 0 FIELDS 2 a 3 x 4')).toBe(1);
    expect(events()).toEqual(['hexpired']);
    expect(run('HGETALL h')).toEqual({ kind: 'map', items: ['b', '2'] });
    expect(run('HSETEX h PXAT 1 FIELDS 1 b 3')).toBe(1);
    expect(events()).toEqual(['hexpired', 'del']);
  });

  it.each([
    ['NX', 'h', 0],
    ['NX', 'missing', 1],
    ['XX', 'h', 1],
    ['XX', 'missing', 0],
    ['FNX', 'h', 0],
    ['FNX', 'missing', 1],
    ['FXX', 'h', 0],
    ['FXX', 'missing', 0],
    ['XX FNX', 'missing', 0],
  ])('%s of %s', (condition, key, answer) => {
    run('HSET h a 1');
    expect(run(`HSETEX ${key} ${condition} FIELDS 2 a 2 b 3`)).toBe(answer);
    expect(run(`HEXISTS ${key} b`)).toBe(answer);
  });

  it.each([
    ['HSETEX h NX XX FIELDS 1 a 1', syntax],
    ['HSETEX h FNX FXX FIELDS 1 a 1', syntax],
    ['HSETEX h NX NX EX 10 EX 10 FIELDS 1 a 1', 0],
    ['HSETEX h EX 10 KEEPTTL FIELDS 1 a 1', syntax],
    ['HSETEX h PERSIST FIELDS 1 a 1', syntax],
    ['HSETEX h EX FIELDS 1 a 1', syntax],
    ['HSETEX h EX x FIELDS 1 a 1', notAnInteger],
    ['HSETEX h NX EX x FIELDS 1 a 1', 0],
    ['HSETEX h EX -1 FIELDS 1 a 1', invalid('hsetex')],
    ['HSETEX h FIELDS 1 a 1 b', mismatch],
    ['HSETEX h FIELDS 2 a 1 b', mismatch],
    ['HSETEX h FIELDS 4611686018427387904 a 1', mismatch],
    ['HSETEX h FIELDS x a 1', notAnInteger],
    ['HSETEX s EX x FIELDS 1 a 1', wrongType],
    ['HSETEX fields FIELDS 1 a 1', 1],
  ] as [string, Reply][])('answers %s', (line, answer) => {
    run('HSET h a 1');
    run('SET s v');
    expect(run(line)).toEqual(answer);
  });
});
