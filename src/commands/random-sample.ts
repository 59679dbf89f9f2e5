/**
 * What HRANDFIELD, SRANDMEMBER and ZRANDMEMBER have in common: `key [count [WITHVALUES | WITHSCORES]]`, and so many
 * random elements. A count below zero asks for elements that may repeat.
 */
import type { Random } from '../environment/environment.ts';
import type { ByteString } from '../resp/bytes.ts';
import { int64Max } from '../resp/integer.ts';
import { CommandError, syntaxError } from './command-error.ts';
import type { Arguments } from './command.ts';
import { integerOf, rangedIntegerOf } from './numbers.ts';

/**
 * Elements that may repeat are the one reply whose size has nothing to do with what is stored. Valkey sends them until
 * the client goes away; here a reply is held until its round is settled, so it has to end: this many take about half a
 * second.
 */
const repeatedCountMax = 2 ** 17;

const outOfRange = 'ERR value is out of range';

export interface SampleArguments {
  readonly key: ByteString;
  /** `undefined`: one element, not a list of one. */
  readonly count: number | undefined;
  /** Whether an element is answered with what belongs to it. */
  readonly isWhole: boolean;
}

/** @param wholeOption `undefined`: there is no such option */
export function parseSample(argv: Arguments, wholeOption?: 'WITHVALUES' | 'WITHSCORES'): SampleArguments {
  const [, key = '', word, option] = argv;
  if (wholeOption === undefined && argv.length > 3) throw new CommandError(syntaxError);
  if (word === undefined) return { key, count: undefined, isWhole: false };
  const count = rangedIntegerOf(word, { min: -int64Max, max: int64Max });
  const isWhole = option !== undefined;
  if (argv.length > 4 || (isWhole && option.toUpperCase() !== wholeOption)) throw new CommandError(syntaxError);
  // Valkey could not number the values of such a reply.
  const exact = integerOf(word);
  if (isWhole && (exact < -int64Max / 2n || exact > int64Max / 2n)) throw new CommandError(outOfRange);
  if (count < -repeatedCountMax) throw new CommandError(outOfRange);
  return { key, count, isWhole };
}

/** A collection, as far as it is sampled. */
interface Sampled<Element> {
  readonly size: number;
  random(random: Random): Element | undefined;
}

interface Sample<Element> {
  readonly count: number;
  readonly random: Random;
  /** Every element of the collection, called at most once. */
  readonly all: () => Iterable<Element>;
  readonly nameOf: (element: Element) => ByteString;
}

/** Where there are no more elements than were asked for, all of them, in their order. */
export function sample<Element>(
  from: Sampled<Element>,
  { count, random, all, nameOf }: Sample<Element>,
): readonly Element[] {
  if (count < 0) return repeated(from, -count, random);
  if (count >= from.size) return [...all()];
  // Near the size of the collection most draws would hit what has been drawn; far from it a copy costs more.
  const drawn = count * 3 > from.size ? undefined : distinct(from, { count, random, nameOf });
  return drawn ?? shuffled([...all()], count, random);
}

function repeated<Element>(from: Sampled<Element>, count: number, random: Random): readonly Element[] {
  const drawn: Element[] = [];
  for (let i = 0; i < count; i++) drawn.push(from.random(random) as Element);
  return drawn;
}

/** The first part of a Fisher-Yates shuffle. */
function shuffled<Element>(elements: Element[], count: number, random: Random): readonly Element[] {
  for (let i = 0; i < count; i++) {
    const at = i + (random.uint32() % (elements.length - i));
    [elements[i], elements[at]] = [elements[at] as Element, elements[i] as Element];
  }
  elements.length = count;
  return elements;
}

/** So many draws for each element that is wanted: with fair ones less than two are needed. */
const drawsPerElementMax = 4;

/** `undefined` where chance, or an unfair collection, keeps on answering with what has been drawn. */
function distinct<Element>(
  from: Sampled<Element>,
  { count, random, nameOf }: Omit<Sample<Element>, 'all'>,
): readonly Element[] | undefined {
  const drawn = new Map<ByteString, Element>();
  for (let draws = 0; drawn.size < count; draws++) {
    if (draws >= count * drawsPerElementMax) return undefined;
    const element = from.random(random) as Element;
    drawn.set(nameOf(element), element);
  }
  return [...drawn.values()];
}
