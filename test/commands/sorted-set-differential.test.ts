/**
 * The same random commands on sorted sets to this node and to a real server: every reply must be the same in both
 * protocols, every sorted set at the end, and every keyspace event. Scores are compared as numbers, since Redis 7.0
 * prints them with 17 digits, and 0 as -0, since a real server tells them apart in large sets only.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/resp/reply.ts';
import { arbitrarySortedSetCommands, evenKey } from '../support/arbitrary-sorted-set-command.ts';
import { arbitraryKeys } from '../support/arbitrary-words.ts';
import { CommandRunner } from '../support/command-runner.ts';
import { ReferenceEvents } from '../support/reference-events.ts';
import { hasReferenceServer } from '../support/reference-server.ts';
import { SideBySide } from '../support/side-by-side.ts';
import { unordered } from '../support/unordered.ts';

const runs = Number(process.env['VALTHREE_DIFFERENTIAL_RUNS'] ?? 100);

/** The same for all texts of one number. */
function withPlainNumbers(reply: Reply): Reply {
  if (typeof reply === 'string') return /^-?\d[\d.]*(e[+-]?\d+)?$/.test(reply) ? String(Number(reply)) : reply;
  if (Array.isArray(reply)) return (reply as Reply[]).map(withPlainNumbers);
  if (typeof reply !== 'object' || reply === null || !('kind' in reply)) return reply;
  return reply.kind === 'double' ? { kind: 'double', value: reply.value + 0 } : reply;
}

function show(reply: Reply, [name]: readonly string[]): string {
  const plain = withPlainNumbers(reply);
  return name === 'ZSCAN' || name === 'ZRANDMEMBER' ? unordered(plain) : JSON.stringify(plain);
}

/** A real server tells of an expiry that is set to what it is. Here that is no write. */
function isVain([name]: readonly string[], { effects }: CommandRunner): boolean {
  return name === 'expire' && effects.length === 0;
}

/** Valkey counts a negative offset from the other end of the range, but in large sorted sets only. */
function hasNegativeOffset(words: readonly string[]): boolean {
  return (
    /^Z(REV)?RANGE/.test(words[0]!) && words.some((word, index) => word === 'LIMIT' && words[index + 1]?.[0] === '-')
  );
}

describe.skipIf(!hasReferenceServer)('commands on sorted sets are those of a real server', () => {
  let both: SideBySide;
  beforeAll(async () => {
    both = await SideBySide.start();
  });
  afterAll(() => both.stop());

  const look = [...arbitraryKeys, evenKey].flatMap((key) => [
    ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
    ['PEXPIRETIME', key],
  ]);

  function comparable(commands: readonly string[][]): string[][] {
    return commands.filter((words) => both.reference.name === 'redis' || !hasNegativeOffset(words));
  }

  it.each(['2', '3'] as const)('by their replies in RESP%s', async (protocol) => {
    await fc.assert(
      fc.asyncProperty(arbitrarySortedSetCommands, async (arbitrary) => {
        const all = [...comparable(arbitrary), ...look];
        const replies = await both.replies(protocol, all);
        for (const [index, { our, their }] of replies.entries()) {
          const words = all[index]!;
          expect(show(our, words), `${JSON.stringify(words)} (command ${index})`).toBe(show(their, words));
        }
      }),
      { numRuns: runs, timeout: 5000 },
    );
  });

  it('by what keyspace events tell of them', async () => {
    const reference = await ReferenceEvents.listen(both.reference.port);
    await fc.assert(
      fc.asyncProperty(arbitrarySortedSetCommands, async (arbitrary) => {
        const commands = comparable(arbitrary);
        const runner = new CommandRunner();
        runner.keyspace.eventSink = () => undefined;
        const theirs = await reference.of(commands);
        for (const [index, words] of commands.entries()) {
          runner.run(...words);
          const ours = runner.events.map(({ name, key }) => [name, key]);
          expect(ours, JSON.stringify(words)).toEqual(theirs[index]!.filter((event) => !isVain(event, runner)));
        }
      }),
      { numRuns: runs, timeout: 5000 },
    );
    reference.close();
  });
});
