/** Requests as an enemy would send them: valid ones, with some bytes changed. */
import fc from 'fast-check';

const byte = fc.oneof(
  fc.constantFrom('\r', '\n', '\0', '*', '$', '-', '+', '0', '1', '9', ' ', '"', "'", '\\', 'x', '\v', '\x85'),
  fc.nat(255).map((code) => String.fromCharCode(code)),
);
const text = fc.string({ unit: byte, maxLength: 12 });

const array = fc
  .array(fc.oneof(text, fc.constantFrom('ECHO', 'PING')), { maxLength: 4 })
  .map((words) => `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`);
const echo = text.map((word) => `*2\r\n$4\r\nECHO\r\n$${word.length}\r\n${word}\r\n`);
const inline = fc
  .tuple(fc.array(fc.oneof(text, fc.constantFrom('echo ', 'ping', '"a\\x41b" ', "'a\\'b' ")), { maxLength: 5 }))
  .map(([parts]) => `echo ${parts.join('').replaceAll('\n', '')}\r\n`);
const oddLength = fc
  .tuple(fc.constantFrom('*', '*1\r\n$'), fc.oneof(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), fc.integer()))
  .map(([start, length]) => `${start}${length}\r\n`);

interface Mutation {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(200),
  removed: fc.nat(2),
  inserted: fc.oneof(byte, fc.constant(''), text),
});

function mutate(original: string, { at, removed, inserted }: Mutation): string {
  const place = at % (original.length + 1);
  return original.slice(0, place) + inserted + original.slice(place + removed);
}

export const mutatedRequests: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 3, arbitrary: array },
        { weight: 3, arbitrary: echo },
        { weight: 3, arbitrary: inline },
        oddLength,
      ),
      { maxLength: 6 },
    ),
    fc.array(mutation, { maxLength: 3 }),
  )
  .map(([pieces, mutations]) => mutations.reduce(mutate, pieces.join('')));
