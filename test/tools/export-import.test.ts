/** What is exported is what is imported, byte by byte; what is not such a file changes nothing, and its line is named. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { difference } from '../../src/keyspace/difference.ts';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import { FormatError } from '../../src/log/format-error.ts';
import { exportLines } from '../../src/tools/export-lines.ts';
import { exportResp } from '../../src/tools/export-resp.ts';
import { ImportError, readImport } from '../../src/tools/import-lines.ts';
import { planImport, type ConflictRule } from '../../src/tools/plan-import.ts';
import { readLines } from '../../src/tools/read-lines.ts';
import { arbitraryEffect, isApplicable } from '../support/arbitrary-effects.ts';

const origin = { database: 'db', commit: { number: 7, time: 0 } };
const header = '{"valthree":"export","version":1,"database":"db","commit":7,"time":"1970-01-01T00:00:00.000Z"}\n';

const latin1 = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 40 });
const utf8 = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => Buffer.from(text).toString('latin1'));
const bytes = fc.oneof(latin1, utf8);
const entries = fc.uniqueArray(
  fc.record({ db: fc.nat(2), key: bytes, value: bytes, expireAt: fc.option(fc.nat(2 ** 50), { nil: undefined }) }),
  { selector: ({ db, key }) => `${db} ${key}`, maxLength: 12 },
);
type Entries = typeof entries extends fc.Arbitrary<infer T> ? T : never;

function keyspaceOf(list: Partial<Entries[number]>[], databaseCount = 3): Keyspace {
  const keyspace = new Keyspace(databaseCount);
  for (const { db = 0, key = 'a', value = '1', expireAt } of list) {
    keyspace.apply({ kind: 'setString', db, key, value });
    if (expireAt !== undefined) keyspace.apply({ kind: 'setExpiry', db, key, expireAt });
  }
  return keyspace;
}

async function* chunksOf(text: string | Buffer, length = Infinity): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = Buffer.from(text);
  for (let at = 0; at < buffer.length; at += length) {
    await Promise.resolve();
    yield buffer.subarray(at, Math.min(buffer.length, at + length));
  }
}

function read(text: string | Buffer, databaseCount = 3, chunkLength?: number): Promise<Keyspace> {
  return readImport(readLines(chunksOf(text, chunkLength)), databaseCount);
}

describe('lines of JSON', () => {
  it('bring every database back, however values and chunks are cut', async () => {
    await fc.assert(
      fc.asyncProperty(entries, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 50 }), async (...given) => {
        const [list, pieceLength, chunkLength] = given;
        const keyspace = keyspaceOf(list);
        const text = [...exportLines(keyspace, origin, { now: -1, pieceLength })].join('');
        expect((await read(text, 3, chunkLength)).dump()).toEqual(keyspace.dump());
      }),
      { numRuns: 300 },
    );
  });

  it('bring collections back, cut anywhere', async () => {
    const effects = fc.array(arbitraryEffect, { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(effects, fc.integer({ min: 1, max: 30 }), async (list, pieceLength) => {
        const keyspace = new Keyspace(3);
        for (const effect of list) if (isApplicable(effect, keyspace)) keyspace.apply(effect);
        const text = [...exportLines(keyspace, origin, { now: -1, pieceLength })].join('');
        expect((await read(text)).dump()).toEqual(keyspace.dump());
      }),
      { numRuns: 300 },
    );
  });

  it('are for people, in the order of the keys, whatever came first', () => {
    const keyspace = keyspaceOf([
      { key: 'b', value: 'ü' },
      { db: 2, key: '\xff' },
      { key: 'a', expireAt: 9 },
    ]);
    expect([...exportLines(keyspaceOf([{ key: 'b', value: 'ü' }]), origin, { now: 0 })][1]).toContain('base64');
    keyspace.apply({ kind: 'setString', db: 0, key: 'b', value: '\xc3\xbc' });
    expect([...exportLines(keyspace, origin, { now: 0 })]).toEqual([
      header,
      '{"db":0,"key":"a","type":"string","value":"1","expireAt":9}\n',
      '{"db":0,"key":"b","type":"string","value":"ü"}\n',
      '{"db":2,"key":{"base64":"/w=="},"type":"string","value":"1"}\n',
      '{"end":{"keys":3}}\n',
    ]);
  });

  it('leave out what has expired', () => {
    const keyspace = keyspaceOf([
      { key: 'a', expireAt: 9 },
      { key: 'b', expireAt: 10 },
    ]);
    expect([...exportLines(keyspace, origin, { now: 9 })].join('')).not.toContain('"a"');
    expect([...exportResp(keyspace, 9)].join('')).not.toContain('$1\r\na\r\n');
  });

  it('may be written by hand', async () => {
    const keyspace = await read('\n{"key":"a","value":""}\r\n{"value":{"base64":"/w=="},"key":"b","db":1}');
    expect(keyspace.dump()).toEqual([
      [0, 'a', '', undefined],
      [1, 'b', '\xff', undefined],
    ]);
    expect((await read('')).size).toBe(0);
  });

  const a = '{"key":"a","value":"1"}\n';
  it.each<[number, string | Buffer, string]>([
    [1, 'a\n', 'it is not valid JSON, or was cut off'],
    [2, `${a}[]\n`, 'the line is not a JSON object'],
    [2, `${a}${a}`, 'the same key twice: db=0 key="a"'],
    [1, '{"key":"a","value":1}', 'the value is neither a text nor {"base64": "..."}: value=1'],
    [1, '{"value":"1"}', 'the key is neither a text nor {"base64": "..."}: value=none'],
    [1, '{"key":"\\ud800","value":"1"}', 'the key is a text with an unpaired surrogate'],
    [1, '{"key":"a","value":{"base64":"?"}}', 'the value is not base64: value="?"'],
    [1, '{"key":"a","value":"1","ttl":5}', 'the line has an unknown field: field="ttl"'],
    [1, '{"key":"a","value":"1","expireAt":-5}', 'expireAt is not a whole number: value=-5'],
    [1, '{"key":"a","value":"1","type":"stream"}', 'its type is not known to this release: type="stream"'],
    [1, '{"key":"a","elements":[],"type":"list"}', 'the line holds nothing: it would be no key'],
    [1, '{"key":"a","value":"1","db":3}', 'there is no such database, see --databases: db=3 databases=3'],
    [1, '{"key":"a","value":"1","db":0.5}', 'there is no such database, see --databases: db=0.5 databases=3'],
    [2, Buffer.concat([Buffer.from(a), Buffer.of(0x22, 0xff)]), 'it is not valid UTF-8'],
    [1, '{"valthree":"backup"}', 'it is no export of a database: valthree="backup"'],
    [1, '{"valthree":"export","version":2}', 'its version is not known to this release, which knows 1: version=2'],
    [2, `${a}${header}`, 'another export begins within this one'],
    [3, `${header}${a}`, 'the export ends before its end: it was cut off'],
    [3, `${header}${a}{"end":{"keys":2}}`, 'something is missing, or was added: keys=1 at the end=2'],
    [4, `${header}${a}{"end":{"keys":1}}\n${a}`, 'there is more after the end'],
    [2, `${a}{"key":"a","offset":2,"value":"1"}`, 'a piece of the value is missing: offset=2 so far=1'],
    [2, `${a}{"key":"b","offset":1,"value":"1"}`, 'it goes on with a key that is not that of the line before'],
    [1, '{"key":"a","offset":0,"value":"1"}', 'it goes on with a key that is not that of the line before'],
  ])('line %i of %j is refused', async (line, text, what) => {
    await expect(read(text)).rejects.toThrow(new ImportError(`line ${line}: ${what}`));
  });

  it('that end nowhere are refused before they fill the memory', async () => {
    const lines = readLines(chunksOf('x'.repeat(100), 10), 50);
    await expect(lines.next()).rejects.toThrow(FormatError);
    await expect(readImport(readLines(chunksOf(`{}\n${'x'.repeat(100)}`, 10), 50), 1)).rejects.toThrow(
      /^line 1: the key/,
    );
  });

  it('cut off anywhere are refused, or are the whole', async () => {
    const keyspace = keyspaceOf([
      { key: 'a', value: 'long enough' },
      { key: 'b', expireAt: 99 },
    ]);
    const text = [...exportLines(keyspace, origin, { now: 0, pieceLength: 4 })].join('');
    for (let end = header.length; end < text.length - 1; end++)
      await expect(read(text.slice(0, end)), `cut at ${end}`).rejects.toThrow(ImportError);
    expect((await read(text.slice(0, -1))).dump()).toEqual(keyspace.dump());
  });
});

describe('what an import does', () => {
  const incoming = keyspaceOf([
    { key: 'a', value: 'new' },
    { key: 'b', value: 'new', expireAt: 50 },
    { key: 'c', expireAt: 10 },
  ]);
  const there = [{ key: 'a', value: 'old', expireAt: 30 }, { key: 'b', value: 'old', expireAt: 10 }, { key: 'z' }];

  function result(rule: ConflictRule): unknown {
    const keyspace = keyspaceOf(there);
    const plan = planImport(incoming, { keyspace, rule, now: 20 });
    if (plan.kind === 'unavailable') return plan.reason;
    for (const effect of plan.effects) keyspace.apply(effect);
    return { ...plan.summary, dump: keyspace.dump() };
  }

  it('is nothing where a key is there, if nothing else is said', () => {
    expect(result('fail')).toMatch(/^nothing was imported: a key is there already: db=0 key=a; --on-conflict/);
  });

  it('leaves such a key alone; one that has expired is not there', () => {
    expect(result('skip')).toEqual({
      set: 1,
      skipped: 1,
      expired: 1,
      dump: [
        [0, 'a', 'old', 30],
        [0, 'b', 'new', 50],
        [0, 'z', '1', undefined],
      ],
    });
  });

  it('or replaces it with its expiry', () => {
    expect(result('replace')).toEqual({
      set: 2,
      skipped: 0,
      expired: 1,
      dump: [
        [0, 'a', 'new', undefined],
        [0, 'b', 'new', 50],
        [0, 'z', '1', undefined],
      ],
    });
  });

  it('by replacing is what it would be in an empty database, for its keys', () => {
    fc.assert(
      fc.property(entries, entries, (before, list) => {
        const [keyspace, wanted] = [keyspaceOf(before), keyspaceOf(list)];
        const plan = planImport(wanted, { keyspace, rule: 'replace', now: -1 });
        if (plan.kind === 'unavailable') throw new Error(plan.reason);
        for (const effect of plan.effects) keyspace.apply(effect);
        expect(difference(keyspace, wanted, -1).every(({ kind }) => kind === 'delete')).toBe(true);
      }),
    );
  });
});
