/** DUMP and RESTORE: values come back, in this server and in a real one; what is no such payload changes nothing. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ByteString } from '../../src/resp/bytes.ts';
import { error, isError, ok } from '../../src/resp/reply.ts';
import { arbitraryEffect, isApplicable } from '../support/arbitrary-effects.ts';
import { CommandRunner, startMs } from '../support/command-runner.ts';
import { RawClient } from '../support/raw-client.ts';
import { compressedString, dump } from '../support/rdb-builder.ts';
import { hasReferenceServer, startReferenceServer, type ReferenceServer } from '../support/reference-server.ts';

/** Some values of all types, under the keys that effects are random about. */
const filled = fc.array(arbitraryEffect, { minLength: 1, maxLength: 40 }).map((effects) => {
  const runner = new CommandRunner();
  for (const effect of effects) if (isApplicable(effect, runner.keyspace)) runner.keyspace.apply(effect);
  return runner;
});

function keysOf({ keyspace }: CommandRunner): readonly ByteString[] {
  return [...keyspace.database(0).entries()].map(({ key }) => key);
}

describe('RESTORE', () => {
  it('makes of what DUMP answers what was there', () => {
    fc.assert(
      fc.property(filled, (runner) => {
        runner.now = 0;
        const other = new CommandRunner();
        other.now = 0;
        for (const key of keysOf(runner)) {
          const expireAt = runner.keyspace.database(0).find(key)?.expireAt ?? 0;
          const payload = runner.run('DUMP', key) as ByteString;
          expect(other.run('RESTORE', key, String(expireAt), payload, 'ABSTTL')).toEqual(ok);
          expect(other.keyspace.database(0).memory).toBeGreaterThan(0);
        }
        expect(other.keyspace.dump()).toEqual(runner.keyspace.dump().filter(([db]) => db === 0));
      }),
      { numRuns: 500 },
    );
  });

  it('is one event, and leaves nothing of what it replaces', () => {
    const runner = new CommandRunner();
    runner.keyspace.eventSink = () => undefined;
    for (const element of ['a', 'b'])
      runner.keyspace.apply({ kind: 'pushElements', db: 0, key: 'l', side: 'right', elements: [element] });
    const payload = runner.run('DUMP', 'l') as ByteString;
    runner.run('SET', 'l', 'x', 'EX', '100');
    expect(runner.run('RESTORE', 'l', '0', payload, 'REPLACE')).toEqual(ok);
    expect(runner.keyspace.dump()).toEqual([[0, 'l', ['list', 'a', 'b'], undefined]]);
    expect(runner.effects.map((effect) => ('event' in effect ? effect.event : undefined))).toEqual(['', 'restore']);
  });

  it('is refused where it would take too much of the room that is left, and not before what else refuses it', () => {
    const runner = new CommandRunner();
    const elements = Array.from({ length: 50_000 }, () => '5');
    runner.keyspace.apply({ kind: 'pushElements', db: 0, key: 'l', side: 'right', elements });
    const payload = runner.run('DUMP', 'l') as ByteString;
    Object.assign(runner.server, { memoryRoom: 4 * 41 * 50_000 - 1 });
    expect(runner.run('RESTORE', 'l', '0', payload)).toEqual(error('BUSYKEY Target key name already exists.'));
    expect(runner.run('RESTORE', 'm', '-1', payload)).toEqual(error('ERR Invalid TTL value, must be >= 0'));
    expect(runner.run('RESTORE', 'm', '0', payload)).toEqual(error('ERR Bad data format'));
    Object.assign(runner.server, { memoryRoom: 4 * 41 * 50_000 });
    expect(runner.run('RESTORE', 'm', '0', payload)).toEqual(ok);
  });

  it('is refused where it would take long, whatever room is left', () => {
    const runner = new CommandRunner();
    expect(runner.server.memoryRoom).toBe(Infinity);
    const payload = dump(10, 0, compressedString({ byte: 'x', times: 2 ** 28 }, 'y'));
    expect(runner.run('RESTORE', 'k', '0', payload)).toEqual(error('ERR Bad data format'));
  });

  it('takes what is small or hardly more than its payload, whatever room is left', () => {
    const runner = new CommandRunner();
    Object.assign(runner.server, { memoryRoom: 0 });
    const members = Array.from({ length: 100_000 }, (_, i) => String(i));
    runner.keyspace.apply({ kind: 'addMembers', db: 0, key: 'large', members });
    runner.run('RPUSH', 'small', ...members.slice(0, 100));
    for (const key of ['large', 'small'])
      expect(runner.run('RESTORE', `${key} copy`, '0', runner.run('DUMP', key) as ByteString)).toEqual(ok);
  });

  it('takes a time to live, relative or absolute, and one that is over', () => {
    const runner = new CommandRunner();
    runner.run('SET', 'k', 'v');
    const payload = runner.run('DUMP', 'k') as ByteString;
    runner.run('RESTORE', 'relative', '5000', payload);
    runner.run('RESTORE', 'absolute', String(startMs + 7000), payload, 'ABSTTL');
    expect(runner.run('PTTL', 'relative')).toBe(5000);
    expect(runner.run('PTTL', 'absolute')).toBe(7000);
    expect(runner.run('RESTORE', 'late', '1', payload, 'ABSTTL')).toEqual(ok);
    expect(runner.run('RESTORE', 'k', '1', payload, 'ABSTTL', 'REPLACE')).toEqual(ok);
    expect([runner.run('EXISTS', 'late'), runner.run('EXISTS', 'k')]).toEqual([0, 0]);
    runner.run('RESTORE', 'idle', '0', payload, 'IDLETIME', '1000');
    expect(runner.run('OBJECT', 'IDLETIME', 'idle')).toBe(1000);
  });

  it.each([
    [['k', '0', 'payload'], 'BUSYKEY Target key name already exists.'],
    [['x', '0', 'payload'], 'ERR DUMP payload version or checksum are wrong'],
    [['x', '-1', 'payload'], 'ERR Invalid TTL value, must be >= 0'],
    [['x', 'soon', 'payload'], 'ERR value is not an integer or out of range'],
    [['x', '0', 'payload', 'NOW'], 'ERR syntax error'],
    [['x', '0', 'payload', 'IDLETIME'], 'ERR syntax error'],
    [['x', '0', 'payload', 'IDLETIME', '-1'], 'ERR Invalid IDLETIME value, must be >= 0'],
    [['x', '0', 'payload', 'FREQ', '256'], 'ERR Invalid FREQ value, must be >= 0 and <= 255'],
    [['x', '0', 'payload', 'FREQ', '1', 'IDLETIME', '1'], 'ERR syntax error'],
  ])('refuses %j', (words, text) => {
    const runner = new CommandRunner();
    runner.run('SET', 'k', 'v');
    expect(runner.run('RESTORE', ...words)).toEqual(error(text));
    expect(runner.effects).toEqual([]);
  });

  it('changes nothing by a payload that was damaged anywhere', () => {
    fc.assert(
      fc.property(filled, fc.nat(), fc.integer({ min: 1, max: 255 }), (runner, place, flip) => {
        runner.now = 0;
        for (const key of keysOf(runner)) {
          const payload = runner.run('DUMP', key) as ByteString;
          const at = place % payload.length;
          const damaged = String.fromCharCode(payload.charCodeAt(at) ^ flip);
          const reply = runner.run('RESTORE', 'new', '0', payload.slice(0, at) + damaged + payload.slice(at + 1));
          expect(reply).toEqual(error('ERR DUMP payload version or checksum are wrong'));
          expect(runner.effects).toEqual([]);
        }
      }),
    );
  });
});

describe.skipIf(!hasReferenceServer)('a real server', () => {
  let reference: ReferenceServer;
  let client: RawClient;
  beforeAll(async () => {
    reference = await startReferenceServer();
    client = await RawClient.connect(reference.port);
  });
  afterAll(async () => {
    client.close();
    await reference.stop();
  });

  /** Redis 7.0 knows no fields that expire. */
  function withoutFieldExpiry(runner: CommandRunner): void {
    for (const key of keysOf(runner)) {
      const value = runner.keyspace.database(0).find(key)?.value;
      if (value === undefined || typeof value === 'string' || value.kind !== 'hash') continue;
      const fields = [...value].map(([field]) => field).filter((field) => value.expiryOf(field) !== undefined);
      if (fields.length > 0) runner.keyspace.apply({ kind: 'setFieldExpiry', db: 0, key, fields, expireAt: undefined });
    }
  }

  it('restores what this one dumps, and the other way round', async () => {
    await fc.assert(
      fc.asyncProperty(filled, async (runner) => {
        runner.now = 0;
        withoutFieldExpiry(runner);
        await client.call('FLUSHALL');
        const other = new CommandRunner();
        for (const key of keysOf(runner)) {
          const theirs = await client.call('RESTORE', key, '0', runner.run('DUMP', key) as ByteString);
          expect(isError(theirs), JSON.stringify(theirs)).toBe(false);
          expect(other.run('RESTORE', key, '0', (await client.call('DUMP', key)) as ByteString)).toEqual(ok);
        }
        const values = runner.keyspace.dump().filter(([db]) => db === 0);
        expect(other.keyspace.dump()).toEqual(values.map(([db, key, value]) => [db, key, value, undefined]));
      }),
      { numRuns: 200 },
    );
  });
});
