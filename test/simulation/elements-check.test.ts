/** The count of elements, on histories known to be good and bad. */
import { describe, expect, it } from 'vitest';
import { faultsOfElements } from '../../src/simulation/elements-check.ts';
import type { Json, Operation } from '../../src/verify/history.ts';

let time = 0;
function asked(f: string, input: Json, output: Json, outcome: Operation['outcome'] = 'ok'): Operation {
  const call = time++;
  return { process: 0, f, key: 'q0.0', input, output, call, return: call, outcome };
}

const pushed = asked('rpush', ['a', ['1', '2']], 2);
const popped = asked('lpop', 'a', '1');
const given = asked('blpop', [['a', 'b'], 100], ['a', '2']);
const inA = (...elements: readonly string[]): Operation => asked('lrange', 'a', elements);
const inB = (...elements: readonly string[]): Operation => asked('lrange', 'b', elements);

describe('finds nothing where', () => {
  it.each<[string, readonly Operation[]]>([
    ['each element has gone to one client', [pushed, popped, given, inA(), inB()]],
    ['one has been moved to the other list', [pushed, popped, inA('2'), asked('lmove', [], '2'), inA(), inB('2')]],
    ['one that may have been pushed was', [asked('rpush', ['a', ['3']], null, 'info'), inA('3')]],
    ['one that may have been pushed was not', [asked('rpush', ['a', ['3']], null, 'info'), inA()]],
    ['an uncertain pop may have taken one', [pushed, popped, asked('blpop', [['a'], 0], null, 'info'), inA()]],
    ['what has certainly not happened would have taken one', [pushed, asked('lpop', 'a', null, 'fail'), inA('1', '2')]],
  ])('%s', (_, operations) => {
    expect(faultsOfElements(operations)).toEqual([]);
  });
});

describe('finds', () => {
  it.each<[string, readonly Operation[], RegExp]>([
    ['an element that two clients got', [pushed, popped, popped, given, inA()], /^an element of q0\.0 .*: 1$/],
    ['one that a client got and that stayed', [pushed, popped, inA('1', '2')], /^an element of q0\.0 .*: 1$/],
    ['one in both lists', [pushed, inA('1', '2'), inB('2')], /^an element of q0\.0 .*: 2$/],
    ['one that is nowhere', [pushed, popped, inA(), inB()], /^elements of q0\.0 are lost: 2, with 0 uncertain pops$/],
    [
      'more missing than one uncertain pop can have taken',
      [pushed, asked('lpop', 'a', null, 'info'), inA()],
      /^elements of q0\.0 are lost: 1, 2, with 1 uncertain pops$/,
    ],
  ])('%s', (_, operations, fault) => {
    expect(faultsOfElements(operations)).toEqual([expect.stringMatching(fault)]);
  });
});
