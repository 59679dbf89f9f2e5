/**
 * What it takes to set a field of a hash and to add a member to a set, small and large, on one core. A large one must
 * not be much slower, though its table is in no cache: `npx tsx bench/micro/collections.ts`. The figures are medians
 * of batches, so that neither the garbage collector nor a neighbour is measured.
 */
import { seededRandom } from '../../src/environment/seeded-random.ts';
import { HashValue } from '../../src/keyspace/hash/hash-value.ts';
import { SetValue } from '../../src/keyspace/set/set-value.ts';
import { heapBytes } from '../../test/support/heap-bytes.ts';

const sizes = [50, 1_000, 1_000_000];
const batches = 1_000;
const batchSize = 1_000;
const random = seededRandom(1);

/** A flat string of one byte a character, as the parser makes them. */
function name(prefix: string, index: number): string {
  return Buffer.from(`${prefix}:${String(index).padStart(8, '0')}`).toString('latin1');
}

/** Names of what is there, anew for each batch: those of a command have just been read, too. */
function draw(prefix: string, size: number): string[] {
  return Array.from({ length: batchSize }, () => name(prefix, random.uint32() % size));
}

function measure(what: string, draw: () => string[], run: (names: string[]) => void, after = run): void {
  const times: number[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const names = draw();
    const startedAt = performance.now();
    run(names);
    times.push((performance.now() - startedAt) / batchSize);
    if (after !== run) after(names);
  }
  const median = times.sort((a, b) => a - b)[batches / 2] as number;
  console.log(`${what.padEnd(48)} ${(median * 1e6).toFixed(0).padStart(8)} ns`);
}

function measureHash(size: number): void {
  const of = size.toLocaleString('en');
  const hash = new HashValue();
  for (let i = 0; i < size; i++) hash.set(name('field', i), 'value');
  const existing = (): string[] => draw('field', size);
  const set = (names: string[]): void => {
    for (const field of names) hash.set(field, 'other');
  };
  const remove = (names: string[]): void => {
    for (const field of names) hash.delete(field);
  };
  measure(`get a field of ${of}`, existing, (names) => {
    for (const field of names) if (hash.get(field) === undefined) throw new Error(`missing: ${field}`);
  });
  measure(`set a field of ${of}`, existing, set);
  if (size > 50) measure(`set a new field of ${of}`, () => draw('new', 1e8), set, remove);
  const frozen = hash.freeze();
  measure(`set a field of ${of}, frozen`, existing, set);
  frozen.release();
}

function measureSet(size: number): void {
  const of = size.toLocaleString('en');
  const set = new SetValue();
  for (let i = 0; i < size; i++) set.add(name('member', i));
  const add = (names: string[]): void => {
    for (const member of names) set.add(member);
  };
  const remove = (names: string[]): void => {
    for (const member of names) set.delete(member);
  };
  measure(`add a member of ${of} again`, () => draw('member', size), add);
  if (size > 50) measure(`add a new member to ${of}`, () => draw('new', 1e8), add, remove);
}

/** Of names of ten or so bytes, with the values' strings. */
function measureMemory(what: string, count: number, make: () => { readonly memory: number }[]): void {
  const before = heapBytes();
  const made = make();
  const bytes = (heapBytes() - before) / count;
  const account = made.reduce((sum, { memory }) => sum + memory, 0) / count;
  console.log(`${what.padEnd(48)} ${bytes.toFixed(0).padStart(8)} bytes, by account ${account.toFixed(0)}`);
}

function hashOfSize(size: number): HashValue {
  const hash = new HashValue();
  for (let i = 0; i < size; i++) hash.set(name('f', i), name('v', i));
  return hash;
}

function setOfSize(size: number, prefix: string): SetValue {
  const set = new SetValue();
  for (let i = 0; i < size; i++) set.add(prefix === '' ? String(i) : name(prefix, i));
  return set;
}

for (const size of sizes) measureHash(size);
for (const size of sizes) measureSet(size);
const many = <T>(make: () => T): T[] => Array.from({ length: 100_000 }, make);
measureMemory('a field of 1,000,000', 1_000_000, () => [hashOfSize(1_000_000)]);
measureMemory('a hash of five fields', 100_000, () => many(() => hashOfSize(5)));
measureMemory('a member of 1,000,000', 1_000_000, () => [setOfSize(1_000_000, 'm')]);
measureMemory('a set of five members', 100_000, () => many(() => setOfSize(5, 'm')));
measureMemory('a set of five integers', 100_000, () => many(() => setOfSize(5, '')));
