import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { notAFloat, syntaxError, wrongType } from '../../src/commands/command-error.ts';
import { encode } from '../../src/resp/encode.ts';
import { error, nullArray, type Reply } from '../../src/resp/reply.ts';
import { arbitrarySortedSetCommands } from '../support/arbitrary-sorted-set-command.ts';
import { checkUndo, historyOf } from '../support/check-undo.ts';
import { CommandRunner } from '../support/command-runner.ts';

let runner: CommandRunner;
beforeEach(() => {
  runner = new CommandRunner();
  runner.keyspace.eventSink = () => undefined;
});

function run(line: string): Reply {
  return runner.run(...line.split(' '));
}

/** As RESP2 sends it. */
function text(line: string): string {
  return encode(run(line), 2);
}

/** What the last command has told, as `event:key`. */
function events(): string[] {
  return runner.events.map(({ name, key }) => `${name}:${key}`);
}

/** The members of the sorted set at this key. */
function members(key: string): Reply {
  return run(`ZRANGE ${key} 0 -1`);
}

function double(value: number): Reply {
  return { kind: 'double', value };
}

function pairs(...items: (string | number)[]): Reply {
  return { kind: 'pairs', items: items.map((item) => (typeof item === 'number' ? double(item) : item)) };
}

/** Members m0, m1, … by their numbers: enough for a dictionary. */
function fill(key: string, count: number): void {
  runner.run('ZADD', key, ...Array.from({ length: count }, (_, i) => [String(i), `m${i}`]).flat());
}

describe('ZADD', () => {
  it('adds by one effect and one event, and answers how many are new', () => {
    expect(run('ZADD z 2 b 1 a')).toBe(2);
    expect(runner.effects).toEqual([{ kind: 'setScores', db: 0, key: 'z', members: ['b', 'a'], scores: [2, 1] }]);
    expect(events()).toEqual(['new:z', 'zadd:z']);
    expect(run('ZADD z 3 a 2 b 0 c')).toBe(1);
    expect(runner.effects).toEqual([{ kind: 'setScores', db: 0, key: 'z', members: ['a', 'c'], scores: [3, 0] }]);
    expect(members('z')).toEqual(['c', 'b', 'a']);
  });

  it('writes nothing where no score changes', () => {
    run('ZADD z 1 a');
    for (const line of ['ZADD z 1 a', 'ZADD z NX 2 a', 'ZADD z XX 1 b', 'ZINCRBY z 0 a', 'ZADD none XX 1 a']) {
      run(line);
      expect(runner.effects, line).toEqual([]);
    }
  });

  it('lets a member that is named again meet the score that it has been given', () => {
    expect(run('ZADD z CH 1 a 2 a 2 a')).toBe(2);
    expect(run('ZADD z CH GT 3 a 1 a 4 a')).toBe(2);
    expect(run('ZADD z NX 5 b 6 b')).toBe(1);
    expect(run('ZMSCORE z a b c')).toEqual([double(4), double(5), null]);
  });

  it.each([
    ['NX', '5 a 5 b', 1, [1, 5]],
    ['XX', '5 a 5 b', 0, [5]],
    ['GT', '0 a', 0, [1]],
    ['GT', '2 a 2 b', 1, [2, 2]],
    ['LT', '0 a', 0, [0]],
    ['LT', '2 a', 0, [1]],
    ['XX GT CH', '2 a 2 b', 1, [2]],
    ['CH', '2 a 2 b', 2, [2, 2]],
    ['ch nx xx lt', '2 a', error('ERR XX and NX options at the same time are not compatible'), [1]],
    ['GT LT', '2 a', error('ERR GT, LT, and/or NX options at the same time are not compatible'), [1]],
    ['NX GT', '2 a', error('ERR GT, LT, and/or NX options at the same time are not compatible'), [1]],
    ['NX LT', '2 a', error('ERR GT, LT, and/or NX options at the same time are not compatible'), [1]],
    ['INCR', '2 a 3 b', error('ERR INCR option supports a single increment-element pair'), [1]],
    ['INCR', '2 a', double(3), [3]],
    ['INCR NX', '2 a', null, [1]],
    ['INCR GT', '-2 a', null, [1]],
    ['INCR XX', '2 b', null, [1]],
    ['INCR NX', '2 b', double(2), [1, 2]],
    ['NX', '2', error(syntaxError), [1]],
    ['NX XX', '', error(syntaxError), [1]],
    ['', '2 a x b', error(notAFloat), [1]],
    ['', 'nan a', error(notAFloat), [1]],
  ])('%s %s', (options, words, answer, left) => {
    run('ZADD z 1 a');
    const line = ['ZADD', 'z', options, words].filter((part) => part !== '').join(' ');
    expect(run(line)).toEqual(answer);
    expect((run('ZMSCORE z a b') as Reply[]).filter((score) => score !== null)).toEqual(left.map(double));
  });

  it('knows one zero', () => {
    run('ZADD z -0 a');
    expect(text('ZSCORE z a')).toBe('$1\r\n0\r\n');
    expect(text('ZINCRBY z -0 b')).toBe('$2\r\n-0\r\n');
    expect(text('ZSCORE z b')).toBe('$1\r\n0\r\n');
  });

  it('takes infinite scores, and refuses what is no number', () => {
    expect(run('ZADD z inf a -inf b')).toBe(2);
    expect(run('ZINCRBY z -inf a')).toEqual(error('ERR resulting score is not a number (NaN)'));
    expect(run('ZADD z INCR +inf b')).toEqual(error('ERR resulting score is not a number (NaN)'));
    expect(text('ZRANGE z 0 -1 WITHSCORES')).toBe('*4\r\n$1\r\nb\r\n$4\r\n-inf\r\n$1\r\na\r\n$3\r\ninf\r\n');
  });

  it('of one increment tells zincr', () => {
    expect(run('ZINCRBY z 1.5 a')).toEqual(double(1.5));
    expect(events()).toEqual(['new:z', 'zincr:z']);
    run('ZADD z INCR 1 a');
    expect(events()).toEqual(['zincr:z']);
    expect(run('ZINCRBY z nx a')).toEqual(error(syntaxError));
  });
});

describe('members', () => {
  it('are removed by one effect, the key with the last, and otherwise nothing is written', () => {
    run('ZADD z 1 a 2 b 3 c');
    expect(run('ZREM z a x a b')).toBe(2);
    expect(runner.effects).toEqual([{ kind: 'removeScores', db: 0, key: 'z', members: ['a', 'b'] }]);
    expect(run('ZREM z a')).toBe(0);
    expect(runner.effects).toEqual([]);
    expect(run('ZREM z c')).toBe(1);
    expect(events()).toEqual(['zrem:z', 'del:z']);
    expect(run('EXISTS z')).toBe(0);
  });

  it('of a missing key are missing', () => {
    for (const [line, answer] of [
      ['ZCARD z', 0],
      ['ZSCORE z a', null],
      ['ZMSCORE z a b', [null, null]],
      ['ZRANK z a', null],
      ['ZREVRANK z a WITHSCORE', nullArray],
      ['ZCOUNT z 0 1', 0],
      ['ZLEXCOUNT z - +', 0],
      ['ZRANGE z 0 -1 WITHSCORES', pairs()],
      ['ZRANGEBYSCORE z 0 1', []],
      ['ZREM z a', 0],
      ['ZREMRANGEBYRANK z 0 -1', 0],
      ['ZPOPMIN z', []],
      ['ZPOPMAX z 3', []],
      ['ZMPOP 2 z y MIN', nullArray],
      ['ZRANDMEMBER z', null],
      ['ZRANDMEMBER z 3 WITHSCORES', []],
      ['ZSCAN z 0 FOO', ['0', []]],
      ['ZUNION 1 z', []],
      ['ZINTERCARD 1 z', 0],
    ] as const) {
      expect(run(line), line).toEqual(answer);
      expect(runner.effects).toEqual([]);
    }
  });

  it('have ranks from both ends', () => {
    fill('z', 100);
    expect([run('ZRANK z m7'), run('ZREVRANK z m7'), run('ZRANK z x')]).toEqual([7, 92, null]);
    expect(run('ZRANK z m7 withscore')).toEqual([7, double(7)]);
    expect(run('ZREVRANK z m7 WITHSCORE')).toEqual([92, double(7)]);
    expect(run('ZRANK z x WITHSCORE')).toEqual(nullArray);
    expect(run('ZRANK z m7 FOO')).toEqual(error(syntaxError));
    expect(run('ZREVRANK z m7 WITHSCORE x')).toEqual(error("ERR wrong number of arguments for 'zrevrank' command"));
  });
});

describe('ranges', () => {
  beforeEach(() => {
    run('ZADD z 1 a 2 b 2 c 3 d inf e');
    run('ZADD l 0 a 0 b 0 c 0 d');
  });

  it.each([
    ['ZRANGE z 1 2', ['b', 'c']],
    ['ZRANGE z -2 99', ['d', 'e']],
    ['ZRANGE z 3 1', []],
    ['ZRANGE z 0 0 REV', ['e']],
    ['ZRANGE z -2 -1 REV', ['b', 'a']],
    ['ZRANGE z 0 9223372036854775807 WITHSCORES REV', pairs('e', Infinity, 'd', 3, 'c', 2, 'b', 2, 'a', 1)],
    ['ZRANGE z 0 1 LIMIT 1 -1', ['a', 'b']],
    ['ZRANGE z 2 (3 BYSCORE', ['b', 'c']],
    ['ZRANGE z (2 +inf BYSCORE', ['d', 'e']],
    ['ZRANGE z (inf inf BYSCORE', []],
    ['ZRANGE z 3 1 BYSCORE', []],
    ['ZRANGE z 3 1 BYSCORE REV', ['d', 'c', 'b', 'a']],
    ['ZRANGE z -inf +inf BYSCORE LIMIT 1 2', ['b', 'c']],
    ['ZRANGE z +inf -inf BYSCORE LIMIT 1 2 REV', ['d', 'c']],
    ['ZRANGE z +inf -inf BYSCORE LIMIT 1 -7 REV', ['d', 'c', 'b', 'a']],
    ['ZRANGE z -inf +inf BYSCORE LIMIT 4 9223372036854775807', ['e']],
    ['ZRANGE z -inf +inf BYSCORE LIMIT 5 1', []],
    ['ZRANGE z -inf +inf BYSCORE LIMIT -1 5', []],
    ['ZRANGE z -inf +inf BYSCORE LIMIT 0 0', []],
    ['ZRANGE l [b (d BYLEX', ['b', 'c']],
    ['ZRANGE l (a [c BYLEX', ['b', 'c']],
    ['ZRANGE l + - BYLEX REV LIMIT 1 2', ['c', 'b']],
    ['ZRANGE l + - BYLEX', []],
    ['ZRANGE l - - BYLEX', []],
    ['ZRANGE l + + BYLEX', []],
    ['ZRANGE l [b (b BYLEX', []],
    ['ZRANGE l [b [b BYLEX', ['b']],
    ['ZREVRANGE z 0 1 WITHSCORES', pairs('e', Infinity, 'd', 3)],
    ['ZRANGEBYSCORE z 2 3 WITHSCORES LIMIT 1 1', pairs('c', 2)],
    ['ZREVRANGEBYSCORE z 3 2 LIMIT 0 2', ['d', 'c']],
    ['ZRANGEBYLEX l [b +', ['b', 'c', 'd']],
    ['ZREVRANGEBYLEX l (c -', ['b', 'a']],
    ['ZCOUNT z 2 3', 3],
    ['ZCOUNT z (2 inf', 2],
    ['ZCOUNT z 3 2', 0],
    ['ZLEXCOUNT l [b +', 3],
    ['ZLEXCOUNT l + -', 0],
  ])('%s', (line, answer) => {
    expect(run(line)).toEqual(answer);
    expect(runner.effects).toEqual([]);
  });

  const limitAlone = 'ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX';
  const noScores = 'ERR syntax error, WITHSCORES not supported in combination with BYLEX';
  const notAScore = 'ERR min or max is not a float';
  const notAMember = 'ERR min or max not valid string range item';
  const notAnInteger = 'ERR value is not an integer or out of range';

  it.each([
    ['ZRANGE z 0 -1 LIMIT 0 1', limitAlone],
    ['ZRANGE z x -1 LIMIT 0 1', limitAlone],
    ['ZRANGE z - + BYLEX WITHSCORES', noScores],
    ['ZRANGEBYLEX z - + WITHSCORES', noScores],
    ['ZRANGE z 0 -1 BYSCORE BYLEX', syntaxError],
    ['ZRANGE z 0 -1 REV REV', syntaxError],
    ['ZRANGE z 0 -1 LIMIT 0', syntaxError],
    ['ZRANGE z 0 1 BYSCORE LIMIT x 1', notAnInteger],
    ['ZRANGE z 0 x', notAnInteger],
    ['ZRANGE z 0 x BYSCORE', notAScore],
    ['ZRANGE z (nan 1 BYSCORE', notAScore],
    ['ZRANGE z a b BYLEX', notAMember],
    ['ZRANGE z - +a BYLEX', notAMember],
    ['ZREVRANGE z 0 -1 REV', syntaxError],
    ['ZREVRANGE z 0 -1 LIMIT 0 1', limitAlone],
    ['ZRANGEBYSCORE z 0 1 BYSCORE', syntaxError],
    ['ZRANGESTORE y z 0 -1 WITHSCORES', syntaxError],
    ['ZCOUNT z 0 x', notAScore],
    ['ZLEXCOUNT z 0 1', notAMember],
    ['ZREMRANGEBYRANK z 0 x', notAnInteger],
    ['ZREMRANGEBYSCORE z x 1', notAScore],
    ['ZREMRANGEBYLEX z - 1', notAMember],
  ])('%s is refused', (line, message) => {
    expect(run(line)).toEqual(error(message));
  });

  it.each([
    ['ZREMRANGEBYRANK z 1 2', 2, ['a', 'd', 'e'], ['zremrangebyrank:z']],
    ['ZREMRANGEBYRANK z 0 -1', 5, [], ['zremrangebyrank:z', 'del:z']],
    ['ZREMRANGEBYRANK z 3 1', 0, ['a', 'b', 'c', 'd', 'e'], []],
    ['ZREMRANGEBYSCORE z (1 2', 2, ['a', 'd', 'e'], ['zremrangebyscore:z']],
    ['ZREMRANGEBYSCORE z (3 (inf', 0, ['a', 'b', 'c', 'd', 'e'], []],
    ['ZREMRANGEBYLEX l (a +', 3, ['a'], ['zremrangebylex:l']],
  ])('%s', (line, removed, left, told) => {
    expect(run(line)).toBe(removed);
    expect(events()).toEqual(told);
    expect(runner.effects.length).toBe(removed === 0 ? 0 : 1);
    expect(members(line.split(' ')[1]!)).toEqual(left);
  });

  it('are stored in the place of whatever was there, with its expiry', () => {
    run('SET y v');
    run('EXPIRE y 100');
    expect(run('ZRANGESTORE y z 2 3 BYSCORE LIMIT 1 5')).toBe(2);
    expect(runner.effects.at(-1)).toEqual({
      kind: 'setScores',
      db: 0,
      key: 'y',
      members: ['c', 'd'],
      scores: [2, 3],
      event: 'zrangestore',
    });
    expect([run('TTL y'), members('y')]).toEqual([-1, ['c', 'd']]);
    expect(run('ZRANGESTORE y none 0 -1')).toBe(0);
    expect(events()).toEqual(['keymiss:none', 'del:y']);
    expect(run('ZRANGESTORE y z 9 9')).toBe(0);
    expect(runner.effects).toEqual([]);
    expect(run('ZRANGESTORE z z 0 0 REV')).toBe(1);
    expect(run('ZRANGE z 0 -1 WITHSCORES')).toEqual(pairs('e', Infinity));
  });
});

describe('popping', () => {
  beforeEach(() => {
    run('ZADD z 1 a 2 b 3 c');
  });

  it('takes the outermost, flat without a count and in pairs with one', () => {
    expect(run('ZPOPMIN z')).toEqual(['a', double(1)]);
    expect(runner.effects).toEqual([{ kind: 'removeScores', db: 0, key: 'z', members: ['a'], event: 'zpopmin' }]);
    expect(run('ZPOPMAX z 0')).toEqual([]);
    expect(runner.effects).toEqual([]);
    expect(run('ZPOPMAX z 9223372036854775807')).toEqual(pairs('c', 3, 'b', 2));
    expect(events()).toEqual(['zpopmax:z', 'del:z']);
  });

  it.each([
    ['ZPOPMIN z -1', 'ERR value is out of range, must be positive'],
    ['ZPOPMIN z x', 'ERR value is out of range, must be positive'],
    ['ZPOPMIN z 1 2', syntaxError],
    ['ZMPOP 0 z MIN', 'ERR numkeys should be greater than 0'],
    ['ZMPOP x z MIN', 'ERR numkeys should be greater than 0'],
    ['ZMPOP 2 z MIN', syntaxError],
    ['ZMPOP 1 z LEFT', syntaxError],
    ['ZMPOP 1 z MIN COUNT', syntaxError],
    ['ZMPOP 1 z MIN COUNT 0', 'ERR count should be greater than 0'],
    ['ZMPOP 1 z MIN COUNT 1 COUNT 1', syntaxError],
  ])('%s is refused', (line, message) => {
    expect(run(line)).toEqual(error(message));
  });

  it('from the first of several that exists', () => {
    expect(run('ZMPOP 3 x z y MAX COUNT 2')).toEqual([
      'z',
      [
        ['c', double(3)],
        ['b', double(2)],
      ],
    ]);
    expect(events()).toEqual(['zpopmax:z']);
    run('SET s v');
    expect(run('ZMPOP 2 s z min')).toEqual(error(wrongType));
    expect(run('ZMPOP 2 z s min')).toEqual(['z', [['a', double(1)]]]);
  });
});

describe('ZRANDMEMBER', () => {
  it('draws members of the set, distinct ones where the count is positive', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.integer({ min: -100, max: 100 }), (size, count) => {
        run('DEL z');
        fill('z', size);
        const drawn = run(`ZRANDMEMBER z ${count}`) as string[];
        expect(drawn.length).toBe(count < 0 ? -count : Math.min(count, size));
        if (count > 0) expect(new Set(drawn).size).toBe(drawn.length);
        for (const member of drawn) expect(Number(member.slice(1))).toBeLessThan(size);
      }),
      { numRuns: 100 },
    );
  });

  it('answers a member, members, or pairs', () => {
    run('ZADD z 1.5 a');
    expect(run('ZRANDMEMBER z')).toBe('a');
    expect(run('ZRANDMEMBER z -2')).toEqual(['a', 'a']);
    expect(run('ZRANDMEMBER z 5 WITHSCORES')).toEqual(pairs('a', 1.5));
    expect(run('ZRANDMEMBER z 1 FOO')).toEqual(error(syntaxError));
    expect(run('ZRANDMEMBER z 4611686018427387904 WITHSCORES')).toEqual(error('ERR value is out of range'));
    expect(run('ZRANDMEMBER z -9223372036854775808')).toEqual(
      error('ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807'),
    );
  });
});

describe('ZSCAN', () => {
  it('visits every member that stays, however the set changes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        (size, count, grow) => {
          run('DEL z');
          fill('z', size);
          const visited = new Set<string>();
          let cursor = '0';
          for (let step = 0; ; step++) {
            const [next, items] = run(`ZSCAN z ${cursor} COUNT ${count}`) as [string, string[]];
            for (let i = 0; i < items.length; i += 2) {
              if (items[i]!.startsWith('m')) expect(`m${Math.floor(Number(items[i + 1]))}`).toBe(items[i]);
              visited.add(items[i]!);
            }
            if (next === '0') break;
            cursor = next;
            run(grow ? `ZADD z ${step} new${step}` : `ZINCRBY z 0.001 m${step % size}`);
          }
          for (let i = 0; i < size; i++) expect(visited.has(`m${i}`)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('takes MATCH and NOSCORES', () => {
    run('ZADD z 0.1 a 1e20 ab 3 b');
    expect(run('ZSCAN z 0 MATCH a*')).toEqual(['0', ['a', '0.1', 'ab', '1e+20']]);
    expect(run('ZSCAN z 0 noscores MATCH a*')).toEqual(['0', ['a', 'ab']]);
    expect(run('ZSCAN z 0 NOVALUES')).toEqual(error('ERR NOVALUES option can only be used in HSCAN'));
    expect(run('ZSCAN z -1')).toEqual(error('ERR invalid cursor'));
  });
});

describe('any commands on sorted sets', () => {
  it.each([
    'ZADD k 1 a',
    'ZADD k XX INCR 1 a',
    'ZINCRBY k 1 a',
    'ZREM k a',
    'ZCARD k',
    'ZSCORE k a',
    'ZMSCORE k a',
    'ZRANK k a',
    'ZREVRANK k a WITHSCORE',
    'ZCOUNT k 0 1',
    'ZLEXCOUNT k - +',
    'ZRANGE k 0 -1',
    'ZRANGESTORE z k 0 -1',
    'ZREVRANGEBYLEX k + -',
    'ZREMRANGEBYLEX k - +',
    'ZPOPMIN k',
    'ZPOPMAX k 0',
    'ZMPOP 1 k MIN',
    'ZRANDMEMBER k',
    'ZRANDMEMBER k 0',
    'ZSCAN k 0 FOO',
    'ZUNION 1 k FOO',
    'ZINTERSTORE z 2 none k WEIGHTS x',
    'ZINTERCARD 1 k LIMIT x',
  ])('refuse another type: %s', (line) => {
    run('RPUSH k v');
    expect(run(line)).toEqual(error(wrongType));
    expect(runner.effects).toEqual([]);
  });

  it('meet no key that has expired', () => {
    run('ZADD z 1 a');
    run('PEXPIRE z 10');
    runner.now += 10;
    expect(run('ZADD z 2 b')).toBe(1);
    expect([members('z'), run('PTTL z')]).toEqual([['b'], -1]);
  });

  it('touch a watched key where they change it, and only there', () => {
    run('ZADD z 1 a');
    for (const [line, isTouched] of [
      ['ZADD z 1 a', false],
      ['ZADD z GT 0 a', false],
      ['ZRANGESTORE x z 9 9', false],
      ['ZADD z 2 a', true],
    ] as const) {
      const client = runner.connect();
      client.run('WATCH', 'z');
      run(line);
      client.run('MULTI');
      client.run('PING');
      expect(client.run('EXEC'), line).toEqual(isTouched ? nullArray : [{ kind: 'simple', text: 'PONG' }]);
    }
  });

  it('are undone without a trace', () => {
    const history = historyOf(arbitrarySortedSetCommands);
    fc.assert(fc.property(history, history, checkUndo), { numRuns: 200 });
  });
});
