import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { wrongType } from '../../src/commands/command-error.ts';
import { error, nullArray, ok, type Reply } from '../../src/resp/reply.ts';
import { arbitraryListCommands } from '../support/arbitrary-list-command.ts';
import { checkUndo, historyOf } from '../support/check-undo.ts';
import { CommandRunner, startMs } from '../support/command-runner.ts';

let runner: CommandRunner;
beforeEach(() => {
  runner = new CommandRunner();
  runner.keyspace.eventSink = () => undefined;
});

function run(line: string): Reply {
  return runner.run(...line.split(' '));
}

/** The elements of the list at this key. */
function list(key: string): Reply {
  return run(`LRANGE ${key} 0 -1`);
}

/** What the last command has told, as `event:key`. */
function events(): string[] {
  return runner.events.map(({ name, key }) => `${name}:${key}`);
}

const notAnInteger = error('ERR value is not an integer or out of range');
const syntaxError = error('ERR syntax error');
const onePushed = { kind: 'pushElements', db: 0, key: 'l', side: 'right' };

describe('pushing', () => {
  it('to the left leaves the last one first, and answers the length', () => {
    expect([run('LPUSH l a b c'), run('RPUSH l x y'), list('l')]).toEqual([3, 5, ['c', 'b', 'a', 'x', 'y']]);
  });

  it('is one effect and one event for any number of elements', () => {
    run('RPUSH l a b c');
    expect(runner.effects).toEqual([{ ...onePushed, elements: ['a', 'b', 'c'] }]);
    expect(events()).toEqual(['new:l', 'rpush:l']);
    run('LPUSH l d');
    expect(events()).toEqual(['lpush:l']);
  });

  it.each(['LPUSHX', 'RPUSHX'])('by %s is for lists that exist', (name) => {
    expect(run(`${name} l a b`)).toBe(0);
    expect(runner.effects).toEqual([]);
    run('RPUSH l m');
    expect(run(`${name} l a b`)).toBe(3);
    expect(list('l')).toEqual(name === 'LPUSHX' ? ['b', 'a', 'm'] : ['m', 'a', 'b']);
  });

  it('keeps any bytes', () => {
    runner.run('RPUSH', 'l', '', '\0\r\n\xff', '-0', '007');
    expect(list('l')).toEqual(['', '\0\r\n\xff', '-0', '007']);
  });
});

describe('popping', () => {
  it('takes the outermost element, with its key the last one', () => {
    run('RPUSH l a b');
    expect(run('LPOP l')).toBe('a');
    expect(events()).toEqual(['lpop:l']);
    expect(run('RPOP l')).toBe('b');
    expect(runner.effects).toEqual([{ kind: 'popElements', db: 0, key: 'l', side: 'right', count: 1 }]);
    expect(events()).toEqual(['rpop:l', 'del:l']);
    expect(run('EXISTS l')).toBe(0);
  });

  it('by a count answers an array, the outermost first, of at most what is there', () => {
    run('RPUSH l a b c d');
    expect(run('RPOP l 2')).toEqual(['d', 'c']);
    expect(run('LPOP l 9223372036854775807')).toEqual(['a', 'b']);
    expect(runner.effects).toEqual([{ kind: 'popElements', db: 0, key: 'l', side: 'left', count: 2 }]);
  });

  it('of nothing tells by its null whether there was a count', () => {
    expect([run('LPOP l'), run('LPOP l 1'), run('RPOP l 0')]).toEqual([null, nullArray, nullArray]);
    run('RPUSH l a');
    expect(run('LPOP l 0')).toEqual([]);
    expect(runner.effects).toEqual([]);
  });

  it.each(['-1', 'x', '', '9223372036854775808'])('refuses the count "%s"', (count) => {
    expect(runner.run('LPOP', 'l', count)).toEqual(error('ERR value is out of range, must be positive'));
  });

  it('takes one count', () => {
    expect(run('LPOP l 1 2')).toEqual(error("ERR wrong number of arguments for 'lpop' command"));
    expect(run('RPOP l 1 2')).toEqual(error("ERR wrong number of arguments for 'rpop' command"));
  });
});

describe('LMPOP', () => {
  it('pops from the first key that holds a list', () => {
    run('RPUSH b 1 2 3');
    run('RPUSH c 4');
    expect(run('LMPOP 3 a b c RIGHT COUNT 2')).toEqual(['b', ['3', '2']]);
    expect(events()).toEqual(['rpop:b']);
    expect(run('LMPOP 3 a b c left')).toEqual(['b', ['1']]);
    expect(run('LMPOP 3 a b c LEFT COUNT 9')).toEqual(['c', ['4']]);
    expect(run('LMPOP 3 a b c LEFT')).toEqual(nullArray);
  });

  it('meets no key behind the one that it pops from', () => {
    run('RPUSH b 1 2');
    run('SET c x');
    expect(run('LMPOP 3 a b c LEFT')).toEqual(['b', ['1']]);
    expect(run('LMPOP 3 a c b LEFT')).toEqual(error(wrongType));
    expect(runner.effects).toEqual([]);
  });

  it.each([
    ['0 l LEFT', 'ERR numkeys should be greater than 0'],
    ['-1 l LEFT', 'ERR numkeys should be greater than 0'],
    ['x l LEFT', 'ERR numkeys should be greater than 0'],
    ['2 l LEFT', 'ERR syntax error'],
    ['9223372036854775807 l LEFT', 'ERR syntax error'],
    ['1 l UP', 'ERR syntax error'],
    ['1 l UP COUNT 0', 'ERR syntax error'],
    ['1 l LEFT COUNT', 'ERR syntax error'],
    ['1 l LEFT COUNT 1 COUNT 2', 'ERR syntax error'],
    ['1 l LEFT FOO 1', 'ERR syntax error'],
    ['1 l LEFT COUNT 0', 'ERR count should be greater than 0'],
    ['1 l LEFT COUNT x FOO', 'ERR count should be greater than 0'],
  ])('refuses %s', (words, text) => {
    expect(run(`LMPOP ${words}`)).toEqual(error(text));
  });
});

describe('moving', () => {
  it.each([
    ['LEFT LEFT', ['2'], ['1', 'x']],
    ['LEFT RIGHT', ['2'], ['x', '1']],
    ['RIGHT LEFT', ['1'], ['2', 'x']],
    ['RIGHT RIGHT', ['1'], ['x', '2']],
  ])('%s', (sides, source, destination) => {
    run('RPUSH s 1 2');
    run('RPUSH d x');
    expect(run(`LMOVE s d ${sides}`)).toBe(sides.startsWith('LEFT') ? '1' : '2');
    expect([list('s'), list('d')]).toEqual([source, destination]);
  });

  it('tells of the push, then of the pop and of what it has emptied', () => {
    run('RPUSH s 1');
    expect(run('RPOPLPUSH s d')).toBe('1');
    expect(events()).toEqual(['new:d', 'lpush:d', 'rpop:s', 'del:s']);
  });

  it('within one list turns it around and keeps its expiry, though it has but one element', () => {
    run('RPUSH l 1');
    run('PEXPIRE l 1000');
    expect(run('LMOVE l l LEFT RIGHT')).toBe('1');
    expect(events()).toEqual(['rpush:l', 'lpop:l']);
    expect([list('l'), run('PEXPIRETIME l')]).toEqual([['1'], startMs + 1000]);
    run('RPUSH l 2 3');
    expect([run('RPOPLPUSH l l'), list('l')]).toEqual(['3', ['3', '1', '2']]);
    expect([run('LMOVE l l LEFT LEFT'), list('l')]).toEqual(['3', ['3', '1', '2']]);
  });

  it('of nothing does not look at the destination', () => {
    run('SET d x');
    expect([run('RPOPLPUSH s d'), run('LMOVE s d LEFT LEFT')]).toEqual([null, null]);
    run('RPUSH s 1');
    expect(run('RPOPLPUSH s d')).toEqual(error(wrongType));
    expect(list('s')).toEqual(['1']);
  });

  it('refuses other sides before it looks at any key', () => {
    run('SET s x');
    expect([run('LMOVE s d UP LEFT'), run('LMOVE s d LEFT UP')]).toEqual([syntaxError, syntaxError]);
  });
});

describe('reading', () => {
  beforeEach(() => {
    run('RPUSH l a b c b');
  });

  it.each([
    ['0 -1', ['a', 'b', 'c', 'b']],
    ['-3 2', ['b', 'c']],
    ['-100 100', ['a', 'b', 'c', 'b']],
    ['2 1', []],
    ['4 9', []],
    ['0 -5', []],
    ['-9223372036854775808 9223372036854775807', ['a', 'b', 'c', 'b']],
  ])('LRANGE %s', (range, elements) => {
    expect(run(`LRANGE l ${range}`)).toEqual(elements);
  });

  it('LINDEX and LLEN', () => {
    expect(['0', '-1', '4', '-5', '9223372036854775807'].map((index) => run(`LINDEX l ${index}`))).toEqual([
      'a',
      'b',
      null,
      null,
      null,
    ]);
    expect([run('LLEN l'), run('LLEN none')]).toEqual([4, 0]);
  });

  it('refuses bad indexes: LRANGE always, LINDEX and LSET where there is a list', () => {
    expect([run('LRANGE none x 1'), run('LRANGE l 0 1.5')]).toEqual([notAnInteger, notAnInteger]);
    expect([run('LINDEX none x'), run('LINDEX l x')]).toEqual([null, notAnInteger]);
    expect([run('LSET none x v'), run('LSET l x v')]).toEqual([error('ERR no such key'), notAnInteger]);
  });

  it.each([
    ['b', 1],
    ['none', null],
    ['b RANK 2', 3],
    ['b RANK 3', null],
    ['b RANK -1', 3],
    ['b RANK -2', 1],
    ['b COUNT 0', [1, 3]],
    ['b COUNT 0 RANK -1', [3, 1]],
    ['b COUNT 1 RANK 2', [3]],
    ['b COUNT 5 MAXLEN 3', [1]],
    ['b COUNT 5 MAXLEN 3 RANK -1', [3, 1]],
    ['b MAXLEN 1', null],
    ['none count 0', []],
    ['b RANK 9223372036854775807', null],
  ])('LPOS l %s', (words, answer) => {
    expect(run(`LPOS l ${words}`)).toEqual(answer);
  });

  it('LPOS of a missing key', () => {
    expect([run('LPOS none b'), run('LPOS none b COUNT 2')]).toEqual([null, []]);
  });

  it.each([
    ['RANK 0', /^ERR RANK can't be zero: use 1 to start from the first match, 2 from the second \.\.\. or use/],
    ['RANK x', /^ERR value is not an integer or out of range$/],
    ['RANK -9223372036854775808', /must between -9223372036854775807 and 9223372036854775807$/],
    ['COUNT -1', /^ERR COUNT can't be negative$/],
    ['COUNT x', /^ERR COUNT can't be negative$/],
    ['MAXLEN -1', /^ERR MAXLEN can't be negative$/],
    ['RANK 1 COUNT', /^ERR syntax error$/],
    ['RANK 0 FOO', /^ERR RANK can't be zero/],
    ['FOO 1', /^ERR syntax error$/],
  ])('LPOS refuses %s', (words, text) => {
    expect(run(`LPOS none b ${words}`)).toMatchObject({ kind: 'error', text: expect.stringMatching(text) as string });
  });
});

describe('changing', () => {
  it('LINSERT puts before or after the first of several, and answers the length', () => {
    run('RPUSH l a b b');
    expect([run('LINSERT l before b x'), run('LINSERT l AFTER b y'), list('l')]).toEqual([
      4,
      5,
      ['a', 'x', 'b', 'y', 'b'],
    ]);
    run('LINSERT l AFTER b z');
    expect(events()).toEqual(['linsert:l']);
    expect([run('LINSERT l AFTER none z'), run('LINSERT none AFTER a z'), run('LINSERT l IN a z')]).toEqual([
      -1,
      0,
      syntaxError,
    ]);
  });

  it('LSET puts an element in the place of another', () => {
    run('RPUSH l a b');
    expect([run('LSET l -1 y'), run('LSET l 0 x'), list('l')]).toEqual([ok, ok, ['x', 'y']]);
    const outOfRange = error('ERR index out of range');
    expect([run('LSET l 2 z'), run('LSET l -3 z'), run('LSET none 0 z')]).toEqual([
      outOfRange,
      outOfRange,
      error('ERR no such key'),
    ]);
  });

  it.each([
    [0, 3, ['b', 'c']],
    [2, 2, ['b', 'c', 'a']],
    [-2, 2, ['a', 'b', 'c']],
    [99, 3, ['b', 'c']],
    [-99, 3, ['b', 'c']],
  ])('LREM %i', (count, removed, left) => {
    run('RPUSH l a a b c a');
    expect(run(`LREM l ${count} a`)).toBe(removed);
    expect(events()).toEqual(['lrem:l']);
    expect(list('l')).toEqual(left);
  });

  it('LREM takes neighbours by one effect, and the key with the last', () => {
    run('RPUSH l a a b a');
    run('LREM l 0 a');
    expect(runner.effects).toEqual([
      { kind: 'removeElements', db: 0, key: 'l', index: 3, count: 1, event: '' },
      { kind: 'removeElements', db: 0, key: 'l', index: 0, count: 2 },
    ]);
    run('LREM l 0 b');
    expect(events()).toEqual(['lrem:l', 'del:l']);
    run('RPUSH l b');
    expect(run('LREM l 0 none')).toBe(0);
    expect(runner.effects).toEqual([]);
    expect(run('LREM l -9223372036854775808 b')).toEqual(
      error('ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807'),
    );
  });

  it.each([
    ['1 2', ['b', 'c'], ['ltrim:l']],
    ['1 -1', ['b', 'c', 'd'], ['ltrim:l']],
    ['-4 -2', ['a', 'b', 'c'], ['ltrim:l']],
    ['2 1', [], ['ltrim:l', 'del:l']],
    ['9 10', [], ['ltrim:l', 'del:l']],
    ['0 -1', ['a', 'b', 'c', 'd'], []],
  ])('LTRIM %s', (range, left, told) => {
    run('RPUSH l a b c d');
    expect(run(`LTRIM l ${range}`)).toBe(ok);
    expect(events()).toEqual(told);
    expect(list('l')).toEqual(left);
  });
});

describe('OBJECT ENCODING', () => {
  it.each([
    [0, 1, 1, 'listpack'],
    [0, 2, 1, 'quicklist'],
    [3, 3, 1, 'listpack'],
    [3, 4, 1, 'quicklist'],
    [3, 1, 9000, 'quicklist'],
    [-1, 3, 2000, 'quicklist'],
    [-2, 3, 2000, 'listpack'],
    [-6, 2, 30_000, 'listpack'],
  ])('with list-max-listpack-size %i, of %i elements of %i bytes', (sizeMax, count, length, encoding) => {
    runner.server.configuration.encodingLimits.listSizeMax = sizeMax;
    runner.run('RPUSH', 'l', ...Array.from({ length: count }, () => 'x'.repeat(length)));
    expect(run('OBJECT ENCODING l')).toBe(encoding);
  });
});

describe('any commands on lists', () => {
  it.each([
    'LPUSH k a',
    'RPUSHX k a',
    'LPOP k',
    'RPOP k 1',
    'LLEN k',
    'LINDEX k x',
    'LINSERT k AFTER a b',
    'LRANGE k 0 1',
    'LREM k 0 a',
    'LSET k x a',
    'LTRIM k 0 1',
    'LPOS k a',
    'LMOVE k l LEFT LEFT',
    'RPOPLPUSH k k',
    'LMPOP 1 k LEFT',
  ])('refuse another type: %s', (line) => {
    run('SET k v');
    expect(run(line)).toEqual(error(wrongType));
    expect(runner.effects).toEqual([]);
  });

  it('are undone without a trace', () => {
    const history = historyOf(arbitraryListCommands);
    fc.assert(fc.property(history, history, checkUndo), { numRuns: 200 });
  });
});
