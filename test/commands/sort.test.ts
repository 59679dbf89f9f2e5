import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { error, type Reply } from '../../src/resp/reply.ts';
import { arbitraryHashCommands } from '../support/arbitrary-hash-command.ts';
import { arbitraryListCommands } from '../support/arbitrary-list-command.ts';
import { arbitrarySetCommands } from '../support/arbitrary-set-command.ts';
import { arbitrarySortCommands, isUnordered, sources } from '../support/arbitrary-sort-command.ts';
import { arbitrarySortedSetCommands } from '../support/arbitrary-sorted-set-command.ts';
import { checkUndo, historyOf } from '../support/check-undo.ts';
import { CommandRunner } from '../support/command-runner.ts';

let runner: CommandRunner;
beforeEach(() => {
  runner = new CommandRunner();
  for (const words of sources) runner.run(...words);
});

/** Splits at spaces; `''` is the empty word. */
function run(line: string): Reply {
  return runner.run(...line.split(' ').map((word) => (word === "''" ? '' : word)));
}

const syntax = error('ERR syntax error');
const notAnInteger = error('ERR value is not an integer or out of range');
const noDouble = error("ERR One or more scores can't be converted into double");
const wrongType = error('WRONGTYPE Operation against a key holding the wrong kind of value');

describe('SORT', () => {
  it.each([
    ['SORT list', ['-1.5', '1', '1', '2', '2', '3', '10']],
    ['SORT list DESC', ['10', '3', '2', '2', '1', '1', '-1.5']],
    ['SORT list DESC ASC', ['-1.5', '1', '1', '2', '2', '3', '10']],
    ['SORT list ALPHA', ['-1.5', '1', '1', '10', '2', '2', '3']],
    ['SORT list LIMIT 1 2', ['1', '1']],
    ['SORT list LIMIT -5 2', ['-1.5', '1']],
    ['SORT list LIMIT 5 -1', ['3', '10']],
    ['SORT list LIMIT 9 1', []],
    ['SORT list LIMIT 1 0', []],
    ['SORT integers', ['1', '2', '3', '4', '10']],
    ['SORT members ALPHA', ['1', '2', '3', 'ab', 'x']],
    ['SORT missing', []],
    ['SORT_RO integers DESC LIMIT 0 1', ['10']],
  ])('orders elements as numbers or as bytes: %s', (line, elements) => {
    expect(run(line)).toEqual(elements);
  });

  it.each([
    ['BY w_*', ['2', '10', '1', '3', '4']],
    ['BY w_* DESC', ['4', '3', '1', '10', '2']],
    ['BY h_*->f', ['3', '4', '2', '1', '10']],
    ['BY *_t ALPHA', ['3', '2', '4', '10', '1']],
    ['BY missing_* DESC', ['4', '3', '2', '10', '1']],
    ['BY string_*->f', ['1', '10', '2', '3', '4']],
  ])('orders them by what a pattern leads to: %s', (options, elements) => {
    expect(run(`SORT integers ${options}`)).toEqual(elements);
  });

  it('leaves the order as it is by what is no pattern', () => {
    expect(run('SORT list BY nosort')).toEqual(['3', '1', '2', '10', '1', '-1.5', '2']);
    expect(run('SORT list BY # DESC LIMIT 0 2')).toEqual(['2', '-1.5']);
    expect(run('SORT scored BY nosort')).toEqual(['10', '3', '1', 'x']);
    expect(run('SORT scored BY nosort DESC LIMIT 0 2')).toEqual(['x', '1']);
    expect(run('SORT scored BY nosort LIMIT 1 2')).toEqual(['3', '1']);
    expect(run('SORT scored BY nosort DESC LIMIT 1 9')).toEqual(['1', '3', '10']);
    expect(run('SORT list BY nosort LIMIT 2 2')).toEqual(['2', '10']);
    expect(run('SORT list BY nosort DESC LIMIT 5 -1')).toEqual(['1', '3']);
    expect(run('SORT list BY nosort BY w_*')).toEqual(['3', '1', '2', '10', '1', '-1.5', '2']);
  });

  it('answers what patterns lead to, and nil where they lead nowhere', () => {
    expect(run('SORT integers LIMIT 0 2 GET # GET w_* GET h_*->f GET nowhere GET h_*')).toEqual([
      ...['1', '7', '5', null, null],
      ...['2', '-3', '4', null, null],
    ]);
    expect(run('SORT members ALPHA LIMIT 3 1 GET h_*->f->g GET h_*->')).toEqual(['arrows', null]);
  });

  it('stores a list, over whatever was there', () => {
    expect(run('SORT integers GET # GET w_* STORE string')).toBe(10);
    expect(run('LRANGE string 0 3')).toEqual(['1', '7', '2', '-3']);
    expect(run('SORT list BY nosort GET missing_* LIMIT 0 2 STORE string')).toBe(2);
    expect(run('LRANGE string 0 -1')).toEqual(['', '']);
    expect(run('SORT list STORE list')).toBe(7);
    expect(run('LRANGE list 0 -1')).toEqual(['-1.5', '1', '1', '2', '2', '3', '10']);
    expect(run('SORT members BY nosort STORE to')).toBe(5);
    expect(run('LRANGE to 0 -1')).toEqual(['1', '2', '3', 'ab', 'x']);
  });

  it('that stores nothing deletes what was there', () => {
    expect(run('SORT missing STORE string')).toBe(0);
    expect(runner.effects).toEqual([{ kind: 'delete', db: 0, key: 'string' }]);
    expect(run('SORT missing STORE string')).toBe(0);
    expect(runner.effects).toEqual([]);
  });

  it.each([
    ['SORT words', noDouble],
    ['SORT list BY *_t', noDouble],
    ['SORT words STORE to', noDouble],
    ['SORT string', wrongType],
    ['SORT hash', wrongType],
    ['SORT hash FOO', syntax],
    ['SORT list BY', syntax],
    ['SORT list GET', syntax],
    ['SORT list STORE', syntax],
    ['SORT list LIMIT 1', syntax],
    ['SORT list LIMIT 1 x', notAnInteger],
    ['SORT list LIMIT 1.5 x', notAnInteger],
    ['SORT_RO list STORE to', syntax],
    ['SORT', error("ERR wrong number of arguments for 'sort' command")],
  ])('refuses %s', (line, answer) => {
    expect(run(line)).toEqual(answer);
    expect(runner.effects).toEqual([]);
  });

  it.each([
    ['nan', noDouble],
    ['1e400', noDouble],
    ['1e-310', noDouble],
    ['1 ', noDouble],
    [' 1', [' 1', '5']],
    ['-inf', ['-inf', '5']],
    ['0x4p0', ['0x4p0', '5']],
    ['', ['', '5']],
    ['1\0x', ['1\0x', '5']],
  ])('reads a number as C does: %j', (word, answer) => {
    runner.run('RPUSH', 'numbers', '5', word);
    expect(run('SORT numbers')).toEqual(answer);
  });

  it.each([
    ['SORT a', ['a']],
    ['SORT a STORE b', ['a', 'b']],
    ['SORT a BY w_* GET x STORE b STORE c', ['a', 'c']],
    ['SORT a GET STORE BY STORE LIMIT STORE STORE', ['a']],
    ['SORT a FOO STORE b STORE', ['a', 'b']],
    ['SORT_RO a BY w_* GET x', ['a']],
  ])('has the keys that COMMAND GETKEYS tells: %s', (line, keys) => {
    expect(run(`COMMAND GETKEYS ${line}`)).toEqual(keys);
  });
});

describe('commands on all types', () => {
  const families = fc
    .tuple(
      arbitraryHashCommands,
      arbitraryListCommands,
      arbitrarySetCommands,
      arbitrarySortedSetCommands,
      // Which elements LIMIT takes out of a set in no order is nobody's business.
      arbitrarySortCommands.map((commands) =>
        commands.filter((words) => !isUnordered(words) || !words.includes('LIMIT')),
      ),
    )
    .map((found) => found[1].flatMap((_, i) => found.flatMap((commands) => commands.slice(i, i + 1))));

  it('are undone without a trace', () => {
    fc.assert(fc.property(historyOf(families), historyOf(families), checkUndo), { numRuns: 200 });
  });

  it('and those on sets alone', () => {
    const history = historyOf(arbitrarySetCommands);
    fc.assert(fc.property(history, history, checkUndo), { numRuns: 200 });
  });
});
