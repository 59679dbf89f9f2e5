/** What random commands are made of: few keys, good and bad arguments, and ways to put words together. */
import fc from 'fast-check';

/** The keys that the commands act on. */
export const arbitraryKeys = ['a', 'b', 'c', 'key with space', '\xff\x00', ''];

export const key = fc.constantFrom(...arbitraryKeys);

export const text = fc.oneof(
  fc.constantFrom('', 'x', 'hello world', 'ohmytext', 'mynewtext', '\xff\x00\r\n', 'x'.repeat(45)),
  fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 12 }),
);

export const integer = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -20, max: 20 }).map(String) },
  fc.constantFrom('9223372036854775807', '-9223372036854775808', '9223372036854775808', '4611686018427387904'),
  fc.constantFrom('', 'abc', '1.5', ' 1', '1 ', '+1', '-0', '007', '99999999999999999999'),
);

/** Far enough away that two servers see the same side of now. */
export const unixSeconds = fc.constantFrom(
  '1',
  '1000',
  '4102444800',
  '4102444801',
  '-1',
  '0',
  'x',
  '9223372036854775807',
);
export const unixMs = fc.constantFrom('1', '1000', '4102444800000', '4102444800500', '-1', '0', 'x');

export function words(name: string, ...parts: fc.Arbitrary<string | string[]>[]): fc.Arbitrary<string[]> {
  return fc.tuple(...parts).map((found) => [name, ...found.flat()]);
}

export function optional(...parts: fc.Arbitrary<string | string[]>[]): fc.Arbitrary<string[]> {
  return fc.option(
    fc.tuple(...parts).map((found) => found.flat()),
    { nil: [] as string[] },
  );
}

export function some(part: fc.Arbitrary<string>, maxLength = 3): fc.Arbitrary<string[]> {
  return fc.array(part, { minLength: 1, maxLength });
}

export function token(...names: string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...names);
}
