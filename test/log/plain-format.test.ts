import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import { applyImage } from '../../src/log/plain/apply-image.ts';
import { FormatError } from '../../src/log/format-error.ts';
import { decodeImage, encodeKeyspace } from '../../src/log/plain/plain-format.ts';
import { fromText } from '../../src/resp/bytes.ts';
import { arbitraryEffect, isApplicable } from '../support/arbitrary-effects.ts';

function keyspaceOf(text: string, databaseCount = 3): Keyspace {
  const keyspace = new Keyspace(databaseCount);
  applyImage(decodeImage(text, databaseCount), keyspace);
  return keyspace;
}

describe('the body of the plain layout', () => {
  it('is what a person or the original program would write, where all is text', () => {
    const text = '{"a":"b","ü":"ß"}';
    const keyspace = keyspaceOf(text);
    expect(keyspace.dump()).toEqual([
      [0, 'a', 'b', undefined],
      [0, fromText('ü'), fromText('ß'), undefined],
    ]);
    const written = encodeKeyspace(keyspace);
    expect(JSON.parse(written)).toEqual(JSON.parse(text));
    keyspace.apply({ kind: 'setString', db: 0, key: 'c', value: fromText('😀\u2028"\\\n') });
    expect(JSON.parse(encodeKeyspace(keyspace))).toEqual({ a: 'b', ü: 'ß', c: '😀\u2028"\\\n' });
  });

  it('tags what JSON strings cannot say', () => {
    const keyspace = new Keyspace(2);
    keyspace.apply({ kind: 'setString', db: 0, key: 'expiring', value: 'v' });
    keyspace.apply({ kind: 'setExpiry', db: 0, key: 'expiring', expireAt: 1_800_000_000_000 });
    keyspace.apply({ kind: 'setString', db: 0, key: 'binary', value: '\xff\x00' });
    keyspace.apply({ kind: 'setString', db: 0, key: '\xff', value: 'v' });
    keyspace.apply({ kind: 'setString', db: 1, key: 'k', value: 'v' });
    keyspace.apply({ kind: 'setString', db: 0, key: '$valthree', value: 'v' });
    const json = JSON.parse(encodeKeyspace(keyspace)) as Record<string, unknown>;
    expect(json['expiring']).toEqual({ type: 'string', value: 'v', expireAt: 1_800_000_000_000 });
    expect(json['binary']).toEqual({ type: 'string', base64: '/wA=' });
    const entries = (json['$valthree'] as { entries: unknown[] }).entries;
    expect(entries).toHaveLength(3);
    expect(entries).toContainEqual({ db: 0, keyBase64: '/w==', type: 'string', value: 'v' });
    expect(entries).toContainEqual({ db: 0, key: '$valthree', type: 'string', value: 'v' });
    expect(entries).toContainEqual({ db: 1, key: 'k', type: 'string', value: 'v' });
  });

  it('brings back any keyspace, whatever keyspace it is applied to', () => {
    const effects = fc.array(arbitraryEffect, { maxLength: 50 });
    fc.assert(
      fc.property(effects, effects, (original, other) => {
        const [keyspace, copy] = [new Keyspace(3), new Keyspace(3)];
        for (const effect of original) if (isApplicable(effect, keyspace)) keyspace.apply(effect);
        for (const effect of other) if (isApplicable(effect, copy)) copy.apply(effect);
        const image = decodeImage(encodeKeyspace(keyspace), 3);
        applyImage(image, copy);
        expect(copy.dump()).toEqual(keyspace.dump());
      }),
    );
  });

  it('brings back keys and values of every byte and of any text', () => {
    const any = fc.oneof(
      fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)) }),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text).toString('latin1')),
      fc.constantFrom('__proto__', 'constructor', '$valthree', '', '0'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(any, any)), (pairs) => {
        const keyspace = new Keyspace(1);
        for (const [key, value] of pairs) keyspace.apply({ kind: 'setString', db: 0, key, value });
        expect(keyspaceOf(encodeKeyspace(keyspace), 1).dump()).toEqual(keyspace.dump());
      }),
    );
  });

  it('takes a string member of the reserved name for a key', () => {
    expect(keyspaceOf('{"$valthree":"mine"}').dump()).toEqual([[0, '$valthree', 'mine', undefined]]);
  });

  it.each([
    ['', 'it is empty'],
    ['  \n', 'it is empty'],
    ['{"a":"b"', 'not valid JSON, or was cut off'],
    ['{"a":"b"}{}', 'not valid JSON'],
    ['hello', 'not valid JSON'],
    ['null', 'not a JSON object'],
    ['[]', 'not a JSON object'],
    ['"a"', 'not a JSON object'],
    ['{"a":1}', 'neither a string nor a tagged object: member="a"'],
    ['{"a":null}', 'neither a string nor a tagged object: member="a"'],
    ['{"a":["b"]}', 'neither a string nor a tagged object: member="a"'],
    ['{"a":{"b":"c"}}', 'neither a string nor a type known to this release: member="a"'],
    ['{"a":{"type":"stream","value":{}}}', 'neither a string nor a type known'],
    ['{"a":{"type":"hash","value":{}}}', 'member "a" has an unknown field: field="value"'],
    ['{"a":{"type":"list","elements":[]}}', 'member "a" holds nothing'],
    ['{"a":{"type":"set","members":["x","x"]}}', 'something twice in its members'],
    ['{"a":{"type":"hash","fields":[["f"]]}}', 'an item of 1 members, not 2 or 3'],
    ['{"a":{"type":"zset","scores":[["m","much"]]}}', 'a score that is none'],
    ['{"a":{"type":"string"}}', 'exactly one text or one base64'],
    ['{"a":{"type":"string","value":1}}', 'exactly one text or one base64'],
    ['{"a":{"type":"string","value":"x","base64":"eA=="}}', 'exactly one text or one base64'],
    ['{"a":{"type":"string","base64":"?"}}', 'exactly one text or one base64'],
    ['{"a":{"type":"string","value":"x","expireAt":"soon"}}', 'expireAt is not a time'],
    ['{"a":{"type":"string","value":"x","expireAt":-1}}', 'expireAt is not a time'],
    ['{"a":{"type":"string","value":"x","color":"red"}}', 'unknown field: member="a" field="color"'],
    ['{"a":"\\ud800"}', 'unpaired surrogate: member="a"'],
    ['{"\\udc00":"a"}', 'unpaired surrogate'],
    ['{"$valthree":{"format":2,"entries":[]}}', 'format version is not known to this release, which knows 1: format=2'],
    [
      '{"a":"1","$valthree":{"format":1,"entries":[{"db":0,"key":"a","type":"string","value":"2"}]}}',
      'the same key twice: key="a"',
    ],
    ['{"$valthree":{}}', 'format version is not known'],
    ['{"$valthree":{"format":1}}', 'no list of entries'],
    ['{"$valthree":{"format":1,"entries":[],"x":1}}', 'unknown field'],
    ['{"$valthree":{"format":1,"entries":[1]}}', 'member="$valthree.entries[0]"'],
    ['{"$valthree":{"format":1,"entries":[{"db":9,"key":"a","type":"string","value":"b"}]}}', 'no such database'],
    ['{"$valthree":{"format":1,"entries":[{"db":"0","key":"a","type":"string","value":"b"}]}}', 'no such database'],
    ['{"$valthree":{"format":1,"entries":[{"db":0,"type":"string","value":"b"}]}}', 'exactly one text'],
    ['{"$valthree":[]}', 'neither a string nor a tagged object'],
  ])('refuses %s', (text, message) => {
    expect(() => decodeImage(text, 3)).toThrow(FormatError);
    expect(() => decodeImage(text, 3)).toThrow(message);
  });

  it('refuses or reads, but never chokes on, a body that was damaged anywhere', () => {
    const keyspace = keyspaceOf('{"a":"b","ü":{"type":"string","base64":"/wA=","expireAt":5}}');
    keyspace.apply({ kind: 'setString', db: 1, key: '\xfe', value: 'v' });
    const body = encodeKeyspace(keyspace);
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.nat(3), fc.string({ maxLength: 3 }), (at, remove, insert) => {
        try {
          decodeImage(body.slice(0, at) + insert + body.slice(at + remove), 3);
        } catch (cause) {
          expect(cause).toBeInstanceOf(FormatError);
        }
      }),
    );
  });
});
