/**
 * DUMP payloads and a real server: it takes ours and holds what they say, as it would hold it had clients written it;
 * we read its own. fast-check prints the seed of a difference and shrinks it.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeDump, encodeDump } from '../../src/rdb/dump.ts';
import type { RdbStream, RdbValue } from '../../src/rdb/value.ts';
import type { ByteString } from '../../src/resp/bytes.ts';
import type { Reply } from '../../src/resp/reply.ts';
import {
  arbitraryList,
  arbitraryPlainHash,
  arbitrarySet,
  arbitraryStream,
  arbitraryString,
  arbitraryZset,
  inOrder,
  smallLimits,
} from '../support/arbitrary-rdb-value.ts';
import { RawClient } from '../support/raw-client.ts';
import { flagsOf, heldBy, writing } from '../support/rdb-reference.ts';
import { hasReferenceServer, startReferenceServer, type ReferenceServer } from '../support/reference-server.ts';
import { arbitraryStreamCommands } from '../support/arbitrary-stream-commands.ts';

const numRuns = Number(process.env['VALTHREE_DIFFERENTIAL_RUNS'] ?? 200);

/** A real server forgets the sign of a zero in a small sorted set. */
function withoutNegativeZero(value: RdbValue): RdbValue {
  return value.kind === 'zset' ? { ...value, scores: value.scores.map((score) => score + 0) } : value;
}

describe.skipIf(!hasReferenceServer)('a real server', () => {
  let reference: ReferenceServer;
  let client: RawClient;

  beforeAll(async () => {
    reference = await startReferenceServer(['--rdbcompression', 'no', ...flagsOf(smallLimits)]);
    client = await RawClient.connect(reference.port);
  });
  afterAll(async () => {
    client.close();
    await reference.stop();
  });

  async function restore(key: string, value: RdbValue): Promise<Reply> {
    const payload = encodeDump(value, smallLimits);
    expect(payload).toBeDefined();
    return client.call('RESTORE', key, '0', payload!, 'REPLACE');
  }

  async function dumped(key: string): Promise<ByteString> {
    const payload = await client.call('DUMP', key);
    expect(payload).toBeTypeOf('string');
    return payload as ByteString;
  }

  async function decoded(key: string): Promise<unknown> {
    const outcome = decodeDump(await dumped(key));
    return outcome.kind === 'value' ? inOrder(outcome.value) : outcome;
  }

  describe.each([
    ['strings', arbitraryString],
    ['lists', arbitraryList],
    ['sets', arbitrarySet],
    ['sorted sets', arbitraryZset],
    ['hashes', arbitraryPlainHash],
  ] as const)('with %s', (_, arbitrary: fc.Arbitrary<RdbValue>) => {
    it('takes ours, and holds them as if clients had written them', async () => {
      await fc.assert(
        fc.asyncProperty(arbitrary, async (value) => {
          expect(await restore('ours', value)).toEqual({ kind: 'simple', text: 'OK' });
          expect(inOrder(await heldBy(client, 'ours', value.kind))).toEqual(inOrder(value));
          await client.call('DEL', 'theirs');
          await client.pipeline(writing('theirs', value));
          const encoding = await client.call('OBJECT', 'ENCODING', 'ours');
          if (value.kind !== 'string') expect(encoding).toBe(await client.call('OBJECT', 'ENCODING', 'theirs'));
        }),
        { numRuns },
      );
    });

    it('writes what we read', async () => {
      await fc.assert(
        fc.asyncProperty(arbitrary, async (value) => {
          await client.call('DEL', 'theirs');
          await client.pipeline(writing('theirs', value));
          expect(await decoded('theirs')).toEqual(inOrder(withoutNegativeZero(value)));
        }),
        { numRuns },
      );
    });
  });

  it('writes the very bytes that we write, where the order of elements says something', async () => {
    if (reference.name !== 'redis' || !reference.version.startsWith('7.0.')) return;
    const arbitrary = fc.oneof(arbitraryString, arbitraryList, arbitrarySet, arbitraryPlainHash);
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(arbitrary, async (value) => {
        // It keeps a long element in a listpack, which Valkey does not.
        if (value.kind === 'list' && value.elements.some(({ length }) => length > 8192)) return;
        await client.call('DEL', 'theirs');
        await client.pipeline(writing('theirs', value));
        if ((await client.call('OBJECT', 'ENCODING', 'theirs')) === 'hashtable') return;
        compared++;
        expect(encodeDump(value, smallLimits)).toBe(await dumped('theirs'));
      }),
      { numRuns: 2 * numRuns },
    );
    expect(compared).toBeGreaterThan(numRuns);
  });

  describe('with streams', () => {
    it('takes ours', async () => {
      const knowsActivity = reference.name === 'valkey';
      await fc.assert(
        fc.asyncProperty(arbitraryStream, async (stream) => {
          const value = knowsActivity ? stream : withoutActivity(stream);
          expect(await restore('ours', value)).toEqual({ kind: 'simple', text: 'OK' });
          expect(inNameOrder(await heldBy(client, 'ours', 'stream'))).toEqual(inNameOrder(value));
        }),
        { numRuns },
      );
    });

    it('writes what we read, and takes it back', async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryStreamCommands('theirs'), async (commands) => {
          await client.call('DEL', 'theirs');
          await client.pipeline(commands);
          if ((await client.call('EXISTS', 'theirs')) === 0) return;
          const held = await heldBy(client, 'theirs', 'stream');
          const outcome = decodeDump(await dumped('theirs'));
          expect(outcome).toEqual({ kind: 'value', value: held });
          expect(await restore('ours', held)).toEqual({ kind: 'simple', text: 'OK' });
          expect(await heldBy(client, 'ours', 'stream')).toEqual(held);
        }),
        { numRuns },
      );
    });
  });
});

function withoutActivity(stream: RdbStream): RdbStream {
  const groups = stream.groups.map((group) => ({
    ...group,
    consumers: group.consumers.map((consumer) => ({ ...consumer, activeAt: consumer.seenAt })),
  }));
  return { ...stream, groups };
}

/** A server tells of groups and consumers in the order of their names. */
function inNameOrder(value: RdbValue): unknown {
  if (value.kind !== 'stream') return value;
  const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);
  const groups = value.groups.map((group) => ({ ...group, consumers: group.consumers.toSorted(byName) }));
  return { ...value, groups: groups.toSorted(byName) };
}
