import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { syntaxError, wrongType } from '../../src/commands/command-error.ts';
import { encode } from '../../src/resp/encode.ts';
import { error, type Reply } from '../../src/resp/reply.ts';
import { CommandRunner } from '../support/command-runner.ts';

let runner: CommandRunner;
beforeEach(() => {
  runner = new CommandRunner();
  runner.keyspace.eventSink = () => undefined;
  run('ZADD a 1 x 2 y 3 z');
  run('ZADD b 10 y 20 z 30 w');
  run('SADD s x z v');
});

function run(line: string): Reply {
  return runner.run(...line.split(' '));
}

/** Members and scores in turn, as a command with WITHSCORES answers them. */
function flatReply(reply: Reply): readonly (string | number)[] {
  if (typeof reply !== 'object' || reply === null || !('kind' in reply) || reply.kind !== 'pairs') {
    throw new Error(`no pairs: ${encode(reply, 3)}`);
  }
  return reply.items.map((item) => {
    if (typeof item === 'string') return item;
    return typeof item === 'object' && item !== null && 'kind' in item && item.kind === 'double' ? item.value : NaN;
  });
}

function flat(line: string): readonly (string | number)[] {
  return flatReply(run(`${line} WITHSCORES`));
}

describe('sorted sets together', () => {
  it.each([
    ['ZUNION 2 a b', ['x', 1, 'y', 12, 'z', 23, 'w', 30]],
    ['ZUNION 2 a s', ['v', 1, 'x', 2, 'y', 2, 'z', 4]],
    ['ZUNION 2 a b WEIGHTS 2 -1', ['w', -30, 'z', -14, 'y', -6, 'x', 2]],
    ['ZUNION 2 a b AGGREGATE MIN', ['x', 1, 'y', 2, 'z', 3, 'w', 30]],
    ['ZUNION 2 a b aggregate max', ['x', 1, 'y', 10, 'z', 20, 'w', 30]],
    ['ZUNION 3 a a none', ['x', 2, 'y', 4, 'z', 6]],
    ['ZINTER 2 a b', ['y', 12, 'z', 23]],
    ['ZINTER 3 a b s WEIGHTS 1 1 0.5', ['z', 23.5]],
    ['ZINTER 2 a a', ['x', 2, 'y', 4, 'z', 6]],
    ['ZINTER 2 a none', []],
    ['ZINTER 1 s WEIGHTS 3', ['v', 3, 'x', 3, 'z', 3]],
    ['ZDIFF 2 a b', ['x', 1]],
    ['ZDIFF 3 a b s', []],
    ['ZDIFF 2 s a', ['v', 1]],
    ['ZDIFF 2 a a', []],
    ['ZDIFF 2 none a', []],
    ['ZDIFF 2 a none', ['x', 1, 'y', 2, 'z', 3]],
  ])('%s', (line, answer) => {
    expect(flat(line)).toEqual(answer);
    expect(run(line)).toEqual(answer.filter((item) => typeof item === 'string'));
    expect(runner.effects).toEqual([]);
    const [name = '', ...words] = line.split(' ');
    expect(runner.run(`${name}STORE`, 'to', ...words)).toBe(answer.length / 2);
    expect(flat('ZRANGE to 0 -1')).toEqual(answer);
  });

  it.each([
    ['ZINTERCARD 2 a b', 2],
    ['ZINTERCARD 2 a b LIMIT 1', 1],
    ['ZINTERCARD 2 a b LIMIT 1 limit 0', 2],
    ['ZINTERCARD 2 a none', 0],
  ])('%s', (line, answer) => {
    expect(run(line)).toBe(answer);
  });

  it('make no score that is no number', () => {
    run('ZADD i inf m');
    run('ZADD j -inf m');
    expect(flat('ZUNION 2 i j')).toEqual(['m', 0]);
    expect(flat('ZINTER 2 i j')).toEqual(['m', 0]);
    expect(flat('ZUNION 1 i WEIGHTS 0')).toEqual(['m', 0]);
    expect(flat('ZINTER 1 i WEIGHTS 0')).toEqual(['m', 0]);
    expect(flat('ZINTER 2 a i WEIGHTS 1 0')).toEqual([]);
    run('ZADD k 5 m');
    expect(flat('ZINTER 2 k i WEIGHTS 1 0 AGGREGATE MIN')).toEqual(['m', 5]);
  });

  it('tell -0 from 0 in answers, not where they are stored', () => {
    run('ZADD n 0 m');
    expect(encode(run('ZUNION 1 n WEIGHTS -1 WITHSCORES'), 2)).toBe('*2\r\n$1\r\nm\r\n$2\r\n-0\r\n');
    run('ZUNIONSTORE n 1 n WEIGHTS -1');
    expect(encode(run('ZSCORE n m'), 2)).toBe('$1\r\n0\r\n');
  });

  it.each([
    ['ZUNION 0 a', "ERR at least 1 input key is needed for 'zunion' command"],
    ['ZINTERSTORE to -1 a', "ERR at least 1 input key is needed for 'zinterstore' command"],
    ['ZINTERCARD 0 a', "ERR at least 1 input key is needed for 'zintercard' command"],
    ['ZUNION x a', 'ERR value is not an integer or out of range'],
    ['ZUNION 2 a', syntaxError],
    ['ZUNION 9223372036854775807 a', syntaxError],
    ['ZUNION 1 a FOO', syntaxError],
    ['ZUNION 2 a b WEIGHTS 1', syntaxError],
    ['ZUNION 2 a b WEIGHTS 1 x', 'ERR weight value is not a float'],
    ['ZUNION 1 a AGGREGATE', syntaxError],
    ['ZUNION 1 a AGGREGATE AVG', syntaxError],
    ['ZUNIONSTORE to 1 a WITHSCORES', syntaxError],
    ['ZDIFF 1 a WEIGHTS 1', syntaxError],
    ['ZDIFF 1 a AGGREGATE SUM', syntaxError],
    ['ZINTERCARD 1 a WITHSCORES', syntaxError],
    ['ZINTERCARD 1 a LIMIT', syntaxError],
    ['ZINTERCARD 1 a LIMIT -1', "ERR LIMIT can't be negative"],
    ['ZINTERCARD 1 a LIMIT x', "ERR LIMIT can't be negative"],
  ])('%s is refused', (line, message) => {
    expect(run(line)).toEqual(error(message));
    expect(runner.effects).toEqual([]);
  });

  it('refuse a key of another type before they look at their options', () => {
    run('SET t v');
    expect(run('ZUNION 2 a t FOO')).toEqual(error(wrongType));
    expect(run('ZINTERCARD 2 none t LIMIT x')).toEqual(error(wrongType));
  });

  it('store in the place of whatever was there, with its expiry', () => {
    run('SET to v');
    run('EXPIRE to 100');
    expect(run('ZUNIONSTORE to 1 a')).toBe(3);
    expect(runner.effects.at(-1)).toEqual({
      kind: 'setScores',
      db: 0,
      key: 'to',
      members: ['x', 'y', 'z'],
      scores: [1, 2, 3],
      event: 'zunionstore',
    });
    expect(run('TTL to')).toBe(-1);
    expect(run('ZINTERSTORE to 2 a none')).toBe(0);
    expect(runner.events.map(({ name }) => name)).toEqual(['keymiss', 'del']);
    expect(run('ZDIFFSTORE to 2 a a')).toBe(0);
    expect(runner.effects).toEqual([]);
    expect(run('ZINTERSTORE a 2 a b')).toBe(2);
    expect(flat('ZRANGE a 0 -1')).toEqual(['y', 12, 'z', 23]);
  });

  /** Sets of all sizes, so that both ways to find a difference are taken. */
  it('are what a naive model says', () => {
    const set = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(set, { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.boolean()), (sets, plain) => {
        run('FLUSHALL');
        const keys = sets.map((members, i) => {
          const words = plain.next().value
            ? ['SADD', `k${i}`, ...members.map(String)]
            : ['ZADD', `k${i}`, ...members.flatMap((member) => ['1', String(member)])];
          if (members.length > 0) runner.run(...words);
          return `k${i}`;
        });
        const [first = [], ...others] = sets;
        const all = [...new Set(sets.flat())];
        const expected = {
          ZUNION: all,
          ZINTER: all.filter((member) => sets.every((members) => members.includes(member))),
          ZDIFF: first.filter((member) => !others.some((members) => members.includes(member))),
        };
        for (const [name, members] of Object.entries(expected)) {
          const answer = flatReply(runner.run(name, String(keys.length), ...keys, 'WITHSCORES'));
          const scores = new Map(answer.flatMap((item, i) => (i % 2 === 0 ? [[item, answer[i + 1]]] : [])));
          const count = (member: number): number => sets.filter((each) => each.includes(member)).length;
          const model = members.map((member) => [String(member), name === 'ZDIFF' ? 1 : count(member)] as const);
          expect(scores).toEqual(new Map(model));
        }
        expect(runner.run('ZINTERCARD', String(keys.length), ...keys)).toBe(expected.ZINTER.length);
      }),
      { numRuns: 200 },
    );
  });
});
