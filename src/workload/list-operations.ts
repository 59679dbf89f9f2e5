/**
 * Lists (`q`), two and two, as elements are moved from one to the other: together they are one object to the history.
 * Each element is pushed once. More is popped than pushed, so that those who wait have something to wait for.
 */
import type { ByteString } from '../resp/bytes.ts';
import { natural, textOrNull } from './answers.ts';
import { elementFrom, oneElementFrom, orNull, texts } from './collection-answers.ts';
import { partKey, parts, type Part } from './key-names.ts';
import { planWait, read, write, type PlanOptions, type SingleCommand } from './planned-operation.ts';

const sides = ['left', 'right'] as const;
type Side = (typeof sides)[number];

export function planListOperation(options: PlanOptions): SingleCommand {
  const { dice, plan, keys } = options;
  const key = keys.name('q', dice.below(plan.keys));
  const part = dice.pick(parts);
  return dice.pickWeighted<() => SingleCommand>([
    [5, () => push(key, part, options)],
    [3, () => pop(key, part, dice.pick(sides))],
    [2, () => move(key, options)],
    [4, () => waitToPop(key, options)],
    [1, () => waitToMove(key, options)],
    [3 * plan.readWeight, () => readList(key, part)],
  ])();
}

export function readList(key: string, part: Part): SingleCommand {
  return read({ f: 'lrange', key, input: part }, ['LRANGE', partKey(key, part), '0', '-1'], texts);
}

function push(key: string, part: Part, { dice, fresh }: PlanOptions): SingleCommand {
  const elements = Array.from({ length: dice.pick([1, 1, 1, 2]) }, () => String(fresh()));
  const f = dice.pick(['lpush', 'rpush', 'rpush']);
  return pushed(key, f, [part, elements]);
}

function pushed(key: string, f: string, input: readonly [Part, readonly string[]]): SingleCommand {
  const [part, elements] = input;
  const words = [f.toUpperCase(), partKey(key, part), ...elements];
  return write({ f, key, input }, words, natural, readList(key, part));
}

function pop(key: string, part: Part, side: Side): SingleCommand {
  const f = `${letterOf(side)}pop`;
  return write({ f, key, input: part }, [f.toUpperCase(), partKey(key, part)], textOrNull, readList(key, part));
}

/** From where, to where; also to where it was. */
function planMove(
  key: string,
  { dice }: PlanOptions,
): { readonly input: readonly string[]; readonly words: readonly ByteString[]; readonly to: Part } {
  const [from, to, out, into] = [dice.pick(parts), dice.pick(parts), dice.pick(sides), dice.pick(sides)];
  return {
    input: [from, to, out, into],
    words: [partKey(key, from), partKey(key, to), out.toUpperCase(), into.toUpperCase()],
    to,
  };
}

function move(key: string, options: PlanOptions): SingleCommand {
  const { input, words, to } = planMove(key, options);
  return write({ f: 'lmove', key, input }, ['LMOVE', ...words], textOrNull, readList(key, to));
}

function waitToMove(key: string, options: PlanOptions): SingleCommand {
  const { input, words, to } = planMove(key, options);
  const { seconds, knownMs } = planWait(options.dice, options.plan);
  const question = { f: 'blmove', key, input: [...input, knownMs] };
  return write(question, ['BLMOVE', ...words, seconds], orNull(textOrNull), readList(key, to));
}

/** Waits for ever for something in a list. */
export function waitForElement(key: string): SingleCommand {
  const list = partKey(key, 'a');
  const question = { f: 'blpop', key, input: [['a'], 0] };
  return write(question, ['BLPOP', list, '0'], elementFrom(new Map([[list, 'a']])), readList(key, 'a'));
}

/** What somebody waits for so. */
export function pushElement(key: string, element: number): SingleCommand {
  return pushed(key, 'rpush', ['a', [String(element)]]);
}

/** Of one list or of both. */
function waitToPop(key: string, { dice, plan }: PlanOptions): SingleCommand {
  const [first, second] = dice.pick([parts, parts.toReversed()]) as readonly [Part, Part];
  const names = dice.pick([[first], [first, second]]);
  const side = dice.pick(sides);
  const { seconds, knownMs } = planWait(dice, plan);
  const listKeys = names.map((name) => partKey(key, name));
  const known = new Map(names.map((name) => [partKey(key, name), name]));
  const question = { f: `b${letterOf(side)}pop`, key, input: [names, knownMs] };
  const readBack = readList(key, first);
  return dice.chance(0.3)
    ? write(
        question,
        ['BLMPOP', seconds, String(listKeys.length), ...listKeys, side.toUpperCase()],
        oneElementFrom(known),
        readBack,
      )
    : write(question, [question.f.toUpperCase(), ...listKeys, seconds], elementFrom(known), readBack);
}

function letterOf(side: Side): string {
  return side.charAt(0);
}
