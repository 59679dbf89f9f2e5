import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { encode } from '../../src/resp/encode.ts';
import { error, type Reply } from '../../src/resp/reply.ts';
import { CommandRunner } from '../support/command-runner.ts';
import { unordered } from '../support/unordered.ts';

let runner: CommandRunner;
beforeEach(() => {
  runner = new CommandRunner();
});

/** Splits at spaces; `''` is the empty word. */
function run(line: string): Reply {
  return runner.run(...line.split(' ').map((word) => (word === "''" ? '' : word)));
}

/** In the order of their bytes. */
function membersOf(key: string): readonly string[] {
  return (run(`SMEMBERS ${key}`) as unknown as { items: string[] }).items.toSorted();
}

const syntax = error('ERR syntax error');
const notAnInteger = error('ERR value is not an integer or out of range');
const wrongType = error('WRONGTYPE Operation against a key holding the wrong kind of value');
const notPositive = error('ERR value is out of range, must be positive');

/** Each form in which sets are held: integers, few members, a table. */
const forms: readonly (readonly [name: string, count: number, prefix: string])[] = [
  ['integers', 40, ''],
  ['small', 40, 'm'],
  ['table', 400, 'm'],
];

function fill(key: string, count: number, prefix: string): string[] {
  const members = Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  runner.run('SADD', key, ...members);
  return members;
}

describe('members', () => {
  it('are added by one effect, the new ones, each once', () => {
    expect(run("SADD s a b a ''")).toBe(3);
    expect(runner.effects).toEqual([{ kind: 'addMembers', db: 0, key: 's', members: ['a', 'b', ''] }]);
    expect(run('SADD s b c')).toBe(1);
    expect(runner.effects).toEqual([{ kind: 'addMembers', db: 0, key: 's', members: ['c'] }]);
    expect(run('SADD s a')).toBe(0);
    expect(runner.effects).toEqual([]);
    expect(membersOf('s')).toEqual(['', 'a', 'b', 'c']);
    expect(run('SCARD s')).toBe(4);
  });

  it('are removed by one effect, the key with the last, and otherwise nothing is written', () => {
    run('SADD s a b c');
    expect(run('SREM s a x a b')).toBe(2);
    expect(runner.effects).toEqual([{ kind: 'removeMembers', db: 0, key: 's', members: ['a', 'b'] }]);
    expect(run('SREM s a')).toBe(0);
    expect(runner.effects).toEqual([]);
    expect(run('SREM s c')).toBe(1);
    expect(run('EXISTS s')).toBe(0);
  });

  it('are told apart by their bytes: 1 is not 01 nor +1', () => {
    expect(run('SADD s 1 01 +1 1.0')).toBe(4);
    expect(run('SMISMEMBER s 1 01 +1 1.0 -1')).toEqual([1, 1, 1, 1, 0]);
    expect(run('SISMEMBER s 1')).toBe(1);
    expect(run('SISMEMBER s 2')).toBe(0);
  });

  it('are answered as a set', () => {
    run('SADD s a');
    expect(encode(run('SMEMBERS s'), 3)).toBe('~1\r\n$1\r\na\r\n');
    expect(encode(run('SMEMBERS s'), 2)).toBe('*1\r\n$1\r\na\r\n');
    expect(encode(run('SRANDMEMBER s 1'), 3)).toBe('*1\r\n$1\r\na\r\n');
    expect(encode(run('SPOP s 1'), 3)).toBe('~1\r\n$1\r\na\r\n');
  });

  it('of a missing key are none', () => {
    for (const [line, answer] of [
      ['SMEMBERS s', { kind: 'set', items: [] }],
      ['SCARD s', 0],
      ['SISMEMBER s a', 0],
      ['SMISMEMBER s a b', [0, 0]],
      ['SREM s a', 0],
      ['SPOP s', null],
      ['SPOP s 3', { kind: 'set', items: [] }],
      ['SRANDMEMBER s', null],
      ['SRANDMEMBER s -3', []],
      ['SSCAN s 0 FOO', ['0', []]],
      ['SINTERCARD 1 s', 0],
      ['SMOVE s t a', 0],
    ] as const) {
      expect(run(line), line).toEqual(answer);
      expect(runner.effects).toEqual([]);
    }
  });

  it('are not those of another type', () => {
    run('SET other v');
    run('SADD s a');
    for (const line of [
      'SADD other a',
      'SREM other a',
      'SMEMBERS other',
      'SCARD other',
      'SISMEMBER other a',
      'SMISMEMBER other a',
      'SPOP other',
      'SPOP other 0',
      'SRANDMEMBER other',
      'SRANDMEMBER other 0',
      'SSCAN other 0 FOO',
      'SMOVE other s a',
      'SMOVE s other a',
      'SINTER s other',
      'SINTER missing other',
      'SUNION s other',
      'SDIFF s other',
      'SDIFF missing other',
      'SINTERCARD 2 s other',
      'SUNIONSTORE to s other',
      'SINTERSTORE to missing other',
    ]) {
      expect(run(line), line).toEqual(wrongType);
      expect(runner.effects).toEqual([]);
    }
  });
});

describe('SMOVE', () => {
  it('takes from one set and adds to the other', () => {
    run('SADD s a b');
    run('SADD t b c');
    expect(run('SMOVE s t a')).toBe(1);
    expect(runner.effects.map(({ kind }) => kind)).toEqual(['removeMembers', 'addMembers']);
    expect(run('SMOVE s t b')).toBe(1);
    expect(runner.effects.map(({ kind }) => kind)).toEqual(['removeMembers']);
    expect(run('EXISTS s')).toBe(0);
    expect(membersOf('t')).toEqual(['a', 'b', 'c']);
  });

  it('writes nothing where there is nothing to move', () => {
    run('SADD s a');
    expect(run('SMOVE s s a')).toBe(1);
    expect(runner.effects).toEqual([]);
    expect(run('SMOVE s s x')).toBe(0);
    expect(run('SMOVE s t x')).toBe(0);
    expect(runner.effects).toEqual([]);
    run('SET other v');
    expect(run('SMOVE missing other a')).toBe(0);
  });
});

describe('several sets', () => {
  /** Each a number of members from 0 on, of a kind that decides how the set is held. */
  const arbitrarySets = fc.array(
    fc.record({
      members: fc.uniqueArray(fc.nat(300), { maxLength: 250, size: 'max' }),
      prefix: fc.constantFrom('', 'm'),
    }),
    { minLength: 1, maxLength: 4 },
  );

  it('are combined as a naive model does', () => {
    fc.assert(
      fc.property(arbitrarySets, (found) => {
        run('FLUSHALL');
        const sets = found.map(({ members, prefix }) => members.map((member) => `${prefix}${member}`));
        const keys = sets.map((members, i) => {
          if (members.length > 0) runner.run('SADD', `s${i}`, ...members);
          return `s${i}`;
        });
        const [first = [], ...others] = sets;
        const expected = {
          SINTER: first.filter((member) => others.every((other) => other.includes(member))),
          SUNION: [...new Set(sets.flat())],
          SDIFF: first.filter((member) => !others.some((other) => other.includes(member))),
        };
        for (const [name, members] of Object.entries(expected)) {
          const set = unordered({ kind: 'set', items: members });
          expect(unordered(runner.run(name, ...keys)), name).toBe(set);
          expect(runner.run(`${name}STORE`, 'to', ...keys), name).toBe(members.length);
          expect(unordered(run('SMEMBERS to')), name).toBe(set);
          run('DEL to');
        }
        const common = expected.SINTER.length;
        for (const limit of [0, 1, common, common + 1]) {
          const counted = runner.run('SINTERCARD', String(keys.length), ...keys, 'LIMIT', String(limit));
          expect(counted).toBe(limit === 0 ? common : Math.min(limit, common));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('may be stored over one of them, and over whatever was there, with its expiry', () => {
    run('SADD s a b');
    run('PEXPIRE s 1000');
    expect(run('SDIFFSTORE s s missing')).toBe(2);
    expect(run('PTTL s')).toBe(-1);
    run('SET other v');
    expect(run('SUNIONSTORE other s s')).toBe(2);
    expect(membersOf('other')).toEqual(['a', 'b']);
  });

  it('of which nothing is left delete the destination', () => {
    run('SADD s a b');
    run('SET other v');
    expect(run('SINTERSTORE other s missing')).toBe(0);
    expect(runner.effects).toEqual([{ kind: 'delete', db: 0, key: 'other' }]);
    expect(run('SINTERSTORE other s missing')).toBe(0);
    expect(runner.effects).toEqual([]);
  });

  it('are told of by the name of the command, and a key that is overwritten is not new', () => {
    runner.keyspace.eventSink = () => undefined;
    run('SADD s a b');
    const names = (): readonly string[] =>
      runner.events.map(({ name, key, class: letter }) => `${letter} ${name} ${key}`);
    expect(names()).toEqual(['n new s', 's sadd s']);
    run('SUNIONSTORE t s');
    expect(names()).toEqual(['n new t', 's sunionstore t']);
    run('SINTERSTORE t s');
    expect(names()).toEqual(['s sinterstore t']);
    run('SDIFFSTORE t s s');
    expect(names()).toEqual(['g del t']);
    run('SUNIONSTORE t s');
    expect(names()).toEqual(['n new t', 's sunionstore t']);
    run('SPOP s 5');
    expect(names()).toEqual(['s spop s', 'g del s']);
  });

  it.each([
    ['SINTERCARD x s', error('ERR numkeys should be greater than 0')],
    ['SINTERCARD 0 s', error('ERR numkeys should be greater than 0')],
    ['SINTERCARD 2 s', error("ERR Number of keys can't be greater than number of args")],
    ['SINTERCARD 1 s FOO', syntax],
    ['SINTERCARD 1 s LIMIT', syntax],
    ['SINTERCARD 1 s LIMIT -1', error("ERR LIMIT can't be negative")],
    ['SINTERCARD 1 s LIMIT x', error("ERR LIMIT can't be negative")],
    ['SINTERSTORE s', error("ERR wrong number of arguments for 'sinterstore' command")],
  ])('are refused: %s', (line, answer) => {
    expect(run(line)).toEqual(answer);
  });
});

describe.each(forms)('chance, in a set of %s,', (_, size, prefix) => {
  const counts = [0, 1, 2, Math.floor(size / 2), size - 1, size, size + 1, 2 ** 60];

  it('chooses so many different members', () => {
    const members = new Set(fill('s', size, prefix));
    for (const count of counts) {
      const chosen = run(`SRANDMEMBER s ${BigInt(count)}`) as string[];
      expect(chosen).toHaveLength(Math.min(count, size));
      expect(new Set(chosen).size).toBe(chosen.length);
      for (const member of chosen) expect(members.has(member)).toBe(true);
    }
    expect(run('SRANDMEMBER s -1000')).toHaveLength(1000);
    expect(run('SCARD s')).toBe(size);
  });

  it('finds each member sooner or later', () => {
    fill('s', size, prefix);
    const found = new Set<Reply>();
    for (let i = 0; i < size * 20; i++) found.add(run('SRANDMEMBER s'));
    expect(found.size).toBe(size);
  });

  it('takes out so many, by one effect that names them', () => {
    for (const count of counts) {
      run('DEL s');
      const members = fill('s', size, prefix);
      const { items } = run(`SPOP s ${BigInt(count)}`) as unknown as { items: string[] };
      expect(runner.effects).toEqual(
        count === 0 ? [] : [{ kind: 'removeMembers', db: 0, key: 's', members: items, event: 'spop' }],
      );
      expect(items).toHaveLength(Math.min(count, size));
      expect(membersOf('s')).toEqual(members.filter((member) => !items.includes(member)).toSorted());
    }
  });

  it('takes out one after another until none is left', () => {
    const members = fill('s', size, prefix);
    const popped = Array.from({ length: size }, () => run('SPOP s') as string);
    expect(popped.toSorted()).toEqual(members.toSorted());
    expect(popped).not.toEqual(members);
    expect(run('EXISTS s')).toBe(0);
  });
});

describe('chance', () => {
  it.each([
    ['SPOP s x', notPositive],
    ['SPOP s -1', notPositive],
    ['SPOP s 1 2', syntax],
    ['SRANDMEMBER s x', notAnInteger],
    ['SRANDMEMBER s 1 2', syntax],
    [
      'SRANDMEMBER s -9223372036854775808',
      error('ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807'),
    ],
    ['SRANDMEMBER s -131073', error('ERR value is out of range')],
  ])('is refused: %s', (line, answer) => {
    run('SADD s a');
    expect(run(line)).toEqual(answer);
    expect(runner.effects).toEqual([]);
  });
});

describe('SSCAN', () => {
  it('visits every member that stays, however the set changes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom('', 'm'),
        fc.boolean(),
        (size, count, prefix, grow) => {
          run('DEL s');
          const members = fill('s', size, prefix);
          const visited = new Set<string>();
          let cursor = '0';
          for (let step = 0; ; step++) {
            const [next, items] = run(`SSCAN s ${cursor} COUNT ${count}`) as [string, string[]];
            for (const member of items) visited.add(member);
            if (next === '0') break;
            cursor = next;
            run(grow ? `SADD s ${prefix}${1000 + step}` : `SREM s ${prefix}${1000 + step}`);
          }
          for (const member of members) expect(visited.has(member)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('takes MATCH', () => {
    run('SADD s a ab b');
    expect(unordered(run('SSCAN s 0 MATCH a*'))).toBe(unordered(['0', ['a', 'ab']]));
  });

  it.each([
    ['x', error('ERR invalid cursor')],
    ['0 COUNT', syntax],
    ['0 COUNT 0', syntax],
    ['0 COUNT x', notAnInteger],
    ['0 NOVALUES', error('ERR NOVALUES option can only be used in HSCAN')],
    ['0 NOSCORES', error('ERR NOSCORES option can only be used in ZSCAN')],
  ])('refuses %s', (options, answer) => {
    run('SADD s a');
    expect(run(`SSCAN s ${options}`)).toEqual(answer);
  });
});
