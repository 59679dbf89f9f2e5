/** Random commands on one stream, which leave behind all that a stream can hold: tombstones, groups, what is pending. */
import fc from 'fast-check';
import type { ByteString } from '../../src/resp/bytes.ts';

const group = fc.constantFrom('g', 'h');
const consumer = fc.constantFrom('alice', 'bob', '');
const number = fc.nat(40).map(String);
const id = fc.oneof(
  fc.tuple(fc.nat(30), fc.nat(3)).map(([ms, sequence]) => `${ms}-${sequence}`),
  fc.constantFrom('0-1', '18446744073709551615-5', '9223372036854775808-0'),
);
const field = fc.constantFrom('temperature', 'humidity', '1', 'x'.repeat(70));
const value = fc.oneof(fc.integer().map(String), fc.constantFrom('', 'wet', 'y'.repeat(100)));

export const arbitraryStreamCommands = (key: ByteString): fc.Arbitrary<ByteString[][]> =>
  fc.array(
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc
          .tuple(
            fc.oneof({ weight: 8, arbitrary: fc.constant('*') }, id),
            fc.array(fc.tuple(field, value), { minLength: 1, maxLength: 3 }),
          )
          .map(([entry, pairs]) => ['XADD', key, entry, ...pairs.flat()]),
      },
      { weight: 3, arbitrary: fc.tuple(id, id).map(([a, b]) => ['XDEL', key, a, b]) },
      { weight: 1, arbitrary: number.map((count) => ['XTRIM', key, 'MAXLEN', count]) },
      { weight: 1, arbitrary: id.map((last) => ['XSETID', key, last]) },
      {
        weight: 3,
        arbitrary: fc.tuple(group, id).map(([name, from]) => ['XGROUP', 'CREATE', key, name, from, 'MKSTREAM']),
      },
      { weight: 1, arbitrary: fc.tuple(group, id).map(([name, from]) => ['XGROUP', 'SETID', key, name, from]) },
      {
        weight: 1,
        arbitrary: fc.tuple(group, consumer).map(([name, who]) => ['XGROUP', 'CREATECONSUMER', key, name, who]),
      },
      {
        weight: 6,
        arbitrary: fc
          .tuple(group, consumer, fc.integer({ min: 1, max: 4 }).map(String))
          .map(([name, who, count]) => ['XREADGROUP', 'GROUP', name, who, 'COUNT', count, 'STREAMS', key, '>']),
      },
      { weight: 2, arbitrary: fc.tuple(group, id).map(([name, entry]) => ['XACK', key, name, entry]) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(group, consumer, id, fc.nat(9).map(String))
          .map(([name, who, entry, count]) => ['XCLAIM', key, name, who, '0', entry, 'RETRYCOUNT', count, 'FORCE']),
      },
    ),
    { minLength: 1, maxLength: 40 },
  );
