import { describe, expect, it } from 'vitest';
import { allCommands } from '../../src/commands/all-commands.ts';
import { defineData, type Command } from '../../src/commands/command.ts';
import { keysFrom, oneKey, type KeySpec } from '../../src/commands/key-spec.ts';
import { keysOf } from '../../src/commands/keys-of.ts';
import { createCommandTable } from '../../src/commands/table.ts';

const table = createCommandTable(allCommands);

function keys(command: Command, line: string): string[] {
  return keysOf(command, line.split(' ')).map(({ key }) => key);
}

/** A row that is nothing but its key specifications. */
function rowWith(...specs: KeySpec[]): Command {
  return defineData({
    name: 'X',
    group: 'string',
    arity: -1,
    flags: [],
    keys: specs,
    doc: { summary: '', since: '', complexity: '' },
    parse: () => undefined,
    execute: () => null,
  });
}

describe('the keys of a command', () => {
  it.each([
    ['GET a', ['a']],
    ['SET a b EX 10', ['a']],
    ['MSET a 1 b 2', ['a', 'b']],
    ['MSETNX a 1 b 2 c', ['a', 'b', 'c']],
    ['DEL a b c', ['a', 'b', 'c']],
    ['RENAME a b', ['a', 'b']],
    ['COPY a b DB 1', ['a', 'b']],
    ['LCS a b LEN', ['a', 'b']],
    ['WATCH a b', ['a', 'b']],
    ['PING a', []],
  ])('%s: %o', (line, expected) => {
    expect(keys(table.find(line.split(' ')[0]!)!, line)).toEqual(expected);
  });

  it('come with what becomes of them', () => {
    const set = table.find('SET')!;
    expect(keysOf(set, ['SET', 'a', 'b'])).toEqual([{ key: 'a', flags: ['OW', 'update'] }]);
    expect(keysOf(set, ['SET', 'a', 'b', 'get'])).toEqual([{ key: 'a', flags: ['RW', 'access', 'update'] }]);
  });

  it('may be counted, behind a keyword, or half of the words', () => {
    const counted = rowWith({
      flags: [],
      begin: { kind: 'index', position: 1 },
      find: { kind: 'keynum', keynumIndex: 0, firstKey: 1, step: 1 },
    });
    expect(keys(counted, 'X 2 a b c')).toEqual(['a', 'b']);
    for (const line of ['X 0 a', 'X -1 a', 'X x a', 'X']) expect(keys(counted, line)).toEqual([]);
    expect(keys(counted, 'X 9999999999 a b')).toEqual(['a', 'b']);

    const halves = rowWith({
      flags: [],
      begin: { kind: 'keyword', keyword: 'STREAMS', startFrom: 1 },
      find: { kind: 'range', lastKey: -1, step: 1, limit: 2 },
    });
    expect(keys(halves, 'X COUNT 1 streams a b 0 0')).toEqual(['a', 'b']);
    expect(keys(halves, 'X COUNT 1')).toEqual([]);
    expect(keys(halves, 'X STREAMS')).toEqual([]);

    const fromTheEnd = rowWith({
      flags: [],
      begin: { kind: 'keyword', keyword: 'KEYS', startFrom: -2 },
      find: { kind: 'range', lastKey: -1, step: 1, limit: 0 },
    });
    expect(keys(fromTheEnd, 'X KEYS a KEYS b KEYS')).toEqual(['b', 'KEYS']);
    expect(keys(rowWith(oneKey([], 3), keysFrom([], { position: 1, step: 2 })), 'X a b c')).toEqual(['c', 'a', 'c']);
  });
});
