/** What is said of the journal layout is true: its JSON schema, and the example of a reader in another language. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Effect } from '../../src/keyspace/effect.ts';
import { elementsOf, fieldsOf, scoresOf } from '../../src/keyspace/contents.ts';
import { difference } from '../../src/keyspace/difference.ts';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import type { Value } from '../../src/keyspace/value.ts';
import { decodeEffects, encodeEffects } from '../../src/log/journal/effect-format.ts';
import { decodeRecord, encodeRecord } from '../../src/log/journal/record.ts';
import { FormatError } from '../../src/log/format-error.ts';
import { toBuffer, type ByteString } from '../../src/resp/bytes.ts';
import { arbitraryEffect, isApplicable } from '../support/arbitrary-effects.ts';
import { JournalWorld, Writer } from '../support/journal-world.ts';
import { requirement } from '../support/requirement.ts';

const read = (path: string): string => readFileSync(new URL(`../../docs/${path}`, import.meta.url), 'utf8');
const ajv = new Ajv2020();
const schema = JSON.parse(read('journal.schema.json')) as { readonly $defs: object };
const isObject = ajv.compile(schema);
const isEffects = ajv.compile({ $defs: schema.$defs, $ref: '#/$defs/effects' });

/** Snapshots in parts of one and of several objects, a log behind them, side objects, every kind of effect, a branch. */
async function sample(): Promise<JournalWorld> {
  const world = new JournalWorld(1);
  const writer = await Writer.open(world, 'db');
  for (const effects of fc.sample(fc.array(arbitraryEffect, { minLength: 5, maxLength: 20 }), { numRuns: 60, seed: 7 }))
    await writer.write(applicable(effects, writer.keyspace));
  await writer.write([{ kind: 'setString', db: 0, key: 'large', value: '\xc3\xbc'.repeat(600_000) }]);
  await world.branch('db', 'test');
  const branch = await Writer.open(world, 'test', { recordsMax: Infinity });
  for (let i = 0; i < 3; i++) await branch.write([{ kind: 'setString', db: 1, key: `b${i}`, value: '\xff' }]);
  return world;
}

function applicable(effects: readonly Effect[], keyspace: Keyspace): readonly Effect[] {
  const trial = new Keyspace(keyspace.databaseCount);
  for (const effect of difference(trial, keyspace, 0)) trial.apply(effect);
  return effects.filter((effect) => {
    if (!isApplicable(effect, trial)) return false;
    trial.apply(effect);
    return true;
  });
}

let world: JournalWorld;
beforeAll(async () => {
  world = await sample();
});

describe('the JSON schema', () => {
  it('describes all objects that there are', async () => {
    const kinds = new Map<string, number>();
    for (const name of await world.names()) {
      const body = await world.body(name);
      const json = JSON.parse((name.endsWith('.gz') ? gunzipSync(body) : body).toString()) as { valthree?: string };
      const isValid = Array.isArray(json) ? isEffects(json) : isObject(json);
      expect(isValid, `${name}: ${ajv.errorsText(isObject.errors)}`).toBe(true);
      const kind = json.valthree ?? 'side';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    expect([...kinds.keys()].sort()).toEqual(['head', 'part', 'record', 'side', 'snapshot']);
  });

  it('takes and refuses the lists of effects that the node does', () => {
    const item = fc.oneof(
      fc.constantFrom('setString', 'writeString', 'setExpiry', 'delete', 'rename', 'copy', 'flush', 'swap', 'a', ''),
      fc.constantFrom('deleteFields', 'addMembers', 'pushElements', 'popElements', 'setElement', 'left', ['x'], [1]),
      fc.constantFrom(0, 1, -1, 0.5, null, 2 ** 53, {}, { base64: 'AA==' }, { base64: 1 }, { text: '' }, []),
    );
    const valid = fc
      .array(arbitraryEffect, { maxLength: 3 })
      .map((effects) => JSON.parse(encodeEffects(effects)) as unknown);
    const broken = fc.array(fc.oneof(fc.array(item, { maxLength: 6 }), item), { maxLength: 2 });
    fc.assert(
      fc.property(fc.oneof(valid, broken), (effects) => {
        expect(isEffects(effects)).toBe(isTaken(() => decodeEffects(effects, 10)));
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses records that the node refuses', () => {
    const place = { database: 'd', number: 3, databaseCount: 10 };
    const good = { ...place, id: 'i', parent: 'p', node: 'n', time: 5, content: '[]' };
    expect(isObject(JSON.parse(encodeRecord(good).toString()))).toBe(true);
    for (const change of [{ id: '' }, { parent: '' }, { node: '' }, { time: -1 }, { time: 0.5 }, { content: '{}' }]) {
      const body = encodeRecord({ ...good, ...change });
      expect(isTaken(() => decodeRecord(body, place))).toBe(false);
      expect(isObject(JSON.parse(body.toString())), JSON.stringify(change)).toBe(false);
    }
  });
});

function isTaken(decode: () => unknown): boolean {
  try {
    decode();
    return true;
  } catch (cause) {
    if (cause instanceof FormatError) return false;
    throw cause;
  }
}

const hasPython = requirement(
  spawnSync('python3', ['--version']).status === 0,
  'a reader in another language: apt-get install python3',
);

describe.runIf(hasPython)('the reader in Python', () => {
  const directory = mkdtempSync(join(tmpdir(), 'valthree-reader-'));
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });
  const program = new URL('../../docs/examples/read_journal.py', import.meta.url).pathname;

  async function store(): Promise<void> {
    for (const name of await world.names()) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), await world.body(name));
    }
  }

  it.each(['db', 'test'])('reads what a node reads (%s)', async (name) => {
    await store();
    const { stdout, stderr } = spawnSync('python3', [program, directory, name], { maxBuffer: 2 ** 26 });
    expect(stderr.toString()).toBe('');
    const { keyspace } = await Writer.open(world, name);
    expect(keyspace.size).toBeGreaterThan(1);
    expect(stdout.toString()).toBe(listOf(keyspace));
  });

  it('believes nothing that is damaged', async () => {
    await store();
    const [name] = (await world.names('test.log/')).slice(-1) as [string];
    const body = await world.body(name);
    writeFileSync(join(directory, name), body.toString().replace('"time":', '"time":1'));
    const { status, stderr } = spawnSync('python3', [program, directory, 'test'], { maxBuffer: 2 ** 26 });
    expect([status, stderr.toString()]).toEqual([1, `${name}: damaged\n`]);
  });
});

function listOf(keyspace: Keyspace): string {
  const lines = keyspace.dump().map(([db, key, , expireAt]) => {
    const value = keyspace.database(db).find(key)?.value as Value;
    return `${db} ${hex(key) || '-'} ${shown(value)} ${expireAt ?? '-'}\n`;
  });
  return lines.join('');
}

function hex(bytes: ByteString): string {
  return toBuffer(bytes).toString('hex');
}

function shown(value: Value): string {
  if (typeof value === 'string') return hex(value) || '-';
  switch (value.kind) {
    case 'list':
      return `list:${elementsOf(value).map(hex).join(',')}`;
    case 'set':
      return `set:${[...elementsOf(value)].sort().map(hex).join(',')}`;
    case 'zset':
      return `zset:${[...scoresOf(value)].map(([member, score]) => `${hex(member)}=${doubleHex(score)}`).join(',')}`;
    case 'hash': {
      const fields = [...fieldsOf(value)].sort(([one], [other]) => (one < other ? -1 : 1));
      const texts = fields.map(([field, held]) => `${hex(field)}=${hex(held.value)}@${held.expireAt ?? ''}`);
      return `hash:${texts.join(',')}`;
    }
  }
}

function doubleHex(score: number): string {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleBE(score);
  return buffer.toString('hex');
}
