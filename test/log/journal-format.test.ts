/** The objects of the journal layout: what is written can be read, and nothing else can. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/log/journal/crc32.ts';
import type { Effect } from '../../src/keyspace/effect.ts';
import { decodeEffects, encodeEffects } from '../../src/log/journal/effect-format.ts';
import { FormatError } from '../../src/log/format-error.ts';
import { decodeHead, encodeHead, looksLikeHead, type Head } from '../../src/log/journal/head.ts';
import { numberOf, recordName } from '../../src/log/journal/names.ts';
import { decodeRecord, encodeRecord, type RecordEnvelope } from '../../src/log/journal/record.ts';
import { arbitraryEffect } from '../support/arbitrary-effects.ts';

const place = { database: 'd1', number: 7, databaseCount: 3 };
const envelope: RecordEnvelope = {
  database: 'd1',
  number: 7,
  id: '00112233445566778899aabb',
  parent: 'beginning',
  node: '127.0.0.1:6379',
  time: 1_800_000_000_000,
  content: '[["setString",0,"a","b"],["setExpiry",0,"a",null],["flush",2]]',
};
const head: Head = {
  database: 'd1',
  generation: 3,
  log: { number: 12, parent: '00112233445566778899aabb' },
  snapshot: 'db.snapshot/1.json',
  history: [{ number: 1, snapshot: undefined, at: 1_800_000_000_000 }],
  origins: [{ name: 'other', database: 'd0', until: 3 }],
  branches: [
    { name: 'a', database: 'd2', from: 1, until: 2, snapshot: undefined, at: 1_800_000_000_000 },
    { name: 'b', database: 'd3', from: 3, until: 9, snapshot: 'db.snapshot/1.json', at: 1_800_000_000_001 },
  ],
  retainMs: 60_000,
  graceMs: 3_600_000,
};

describe('effects', () => {
  it('come back, whatever bytes they hold', () => {
    fc.assert(
      fc.property(fc.array(arbitraryEffect), (effects) => {
        expect(decodeEffects(JSON.parse(encodeEffects(effects)), 3)).toEqual(effects);
      }),
    );
  });

  it('come back where they are long, too, whatever is among what they hold', () => {
    const words = fc.constantFrom(
      'a',
      'a "word"',
      '\\',
      '\x7f',
      '\xff',
      Buffer.from('größe', 'utf8').toString('latin1'),
    );
    const score = fc.oneof(
      { weight: 8, arbitrary: fc.integer() },
      fc.constantFrom(0.1, 1e300, -0, Infinity, -Infinity),
    );
    const pairs = fc.array(fc.tuple(fc.oneof({ weight: 8, arbitrary: fc.constant('b') }, words), score), {
      minLength: 5,
    });
    fc.assert(
      fc.property(pairs, (pairs) => {
        const members = pairs.map(([member]) => member);
        const place = { db: 0, key: 'k' };
        const effects: Effect[] = [
          { kind: 'setScores', ...place, members, scores: pairs.map(([, score]) => score) },
          { kind: 'pushElements', ...place, side: 'left', elements: members },
        ];
        expect(decodeEffects(JSON.parse(encodeEffects(effects)), 1)).toEqual(effects);
      }),
    );
  });

  it('are texts where they are text', () => {
    const key = Buffer.from('größe 🙂', 'utf8').toString('latin1');
    expect(encodeEffects([{ kind: 'setString', db: 0, key, value: '\xff' }])).toBe(
      '[["setString",0,"größe 🙂",{"base64":"/w=="}]]',
    );
  });

  it.each([
    ['no list', {}],
    ['an unknown kind', [['explode', 0, 'a']]],
    ['a database that is not there', [['flush', 3]]],
    ['a database that is no number', [['flush', '0']]],
    ['a negative offset', [['writeString', 0, 'a', -1, 'b']]],
    ['a missing value', [['setString', 0, 'a']]],
    ['more than it needs', [['delete', 0, 'a', 'del', 'b']]],
    ['an event that is no name', [['delete', 0, 'a', 'ü']]],
    ['no element', [['addMembers', 0, 'a', []]]],
    ['a field without a value', [['setFields', 0, 'a', ['b']]]],
    ['fewer scores than members', [['setScores', 0, 'a', ['b', 'c'], [1]]]],
    ['a score that is none', [['setScores', 0, 'a', ['b'], ['x']]]],
    ['no side', [['popElements', 0, 'a', 'top', 1]]],
    ['a pop of nothing', [['popElements', 0, 'a', 'left', 0]]],
    ['a number for a text', [['delete', 0, 5]]],
    ['half a surrogate', [['delete', 0, '\ud800']]],
    ['base64 that is none', [['delete', 0, { base64: '!' }]]],
    ['an unknown field', [['delete', 0, { base64: '', more: 1 }]]],
  ])('are refused: %s', (_, json) => {
    expect(() => decodeEffects(json, 3)).toThrow(FormatError);
  });
});

describe('a record', () => {
  it('comes back from where it was found', () => {
    const body = encodeRecord(envelope);
    expect(JSON.parse(body.toString())).toMatchObject({ valthree: 'record', version: 1, number: 7 });
    expect(decodeRecord(body, place)).toMatchObject({
      id: envelope.id,
      parent: 'beginning',
      content: { kind: 'effects' },
    });
    expect(() => decodeRecord(body, { ...place, number: 8 })).toThrow('another number');
    expect(() => decodeRecord(body, { ...place, database: 'd2' })).toThrow('another database');
  });

  it('is refused when any bit of it is not as it was written', () => {
    const body = encodeRecord(envelope);
    fc.assert(
      fc.property(fc.nat(body.length * 8 - 1), (bit) => {
        const damaged = Buffer.from(body);
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => decodeRecord(damaged, place)).toThrow(FormatError);
      }),
      { numRuns: 1000 },
    );
    for (let length = 0; length < body.length; length++) {
      expect(() => decodeRecord(body.subarray(0, length), place)).toThrow(FormatError);
    }
  });

  it('of another version, or with what is not known, is refused although its checksum is right', () => {
    const edited = (from: string, to: string): Buffer => {
      const text = encodeRecord(envelope).toString();
      const content = Buffer.from(text.slice(0, text.lastIndexOf(',"checksum"')).replace(from, to));
      return Buffer.concat([content, Buffer.from(`,"checksum":"${crc32(content)}"}`)]);
    };
    expect(() => decodeRecord(edited('', ''), place)).not.toThrow();
    expect(() => decodeRecord(edited('"version":1', '"version":2'), place)).toThrow('knows 1: version=2');
    expect(() => decodeRecord(edited('"time":', '"more":1,"time":'), place)).toThrow('unknown field: field="more"');
    expect(() => decodeRecord(edited('"record"', '"head"'), place)).toThrow('no record');
    expect(() => decodeRecord(edited('"parent":"beginning"', '"parent":""'), place)).toThrow('parent is not a text');
    expect(() => decodeRecord(edited('"time":18', '"time":-18'), place)).toThrow('time is not a whole number');
  });

  it('has a name that sorts as its number', () => {
    expect(recordName('db', 42)).toBe('db.log/0000000000000042.json');
    expect(numberOf('db', recordName('db', 42))).toBe(42);
    for (const name of ['db.log/42.json', 'db.log/a0000000000000042.json', 'dc.log/0000000000000042.json', 'db'])
      expect(numberOf('db', name)).toBeUndefined();
  });
});

describe('a head', () => {
  it('comes back', () => {
    expect(decodeHead(encodeHead(head))).toEqual(head);
    const first = { ...head, snapshot: undefined, history: [] };
    expect(decodeHead(encodeHead(first))).toEqual(first);
  });

  it('is told from a database in the plain layout', () => {
    expect(looksLikeHead(encodeHead(head))).toBe(true);
    for (const text of [
      '',
      '{}',
      '{"valthree":"head of state"}',
      '{"a":"valthree"}',
      '{"valthree":"head","version":"1"}',
    ])
      expect(looksLikeHead(Buffer.from(text))).toBe(false);
  });

  it('is refused when damaged', () => {
    const body = encodeHead(head);
    for (let at = 0; at < body.length; at++) {
      const damaged = Buffer.from(body);
      damaged[at]! ^= 1;
      expect(() => decodeHead(damaged)).toThrow(FormatError);
    }
  });
});
