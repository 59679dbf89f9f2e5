/**
 * The same random commands on lists to this node and to a real server: every reply must be the same in both protocols,
 * every list at the end, and every keyspace event.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { int64Min } from '../../src/resp/integer.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { arbitraryKeys } from '../support/arbitrary-words.ts';
import { arbitraryListCommands } from '../support/arbitrary-list-command.ts';
import { CommandRunner } from '../support/command-runner.ts';
import { RawClient } from '../support/raw-client.ts';
import { hasReferenceServer, type ReferenceServer } from '../support/reference-server.ts';
import { SideBySide } from '../support/side-by-side.ts';

const runs = Number(process.env['VALTHREE_DIFFERENTIAL_RUNS'] ?? 100);

/** A real server tells of an LTRIM that removes nothing. Here that is no write. */
function isVain([name]: readonly string[], { effects }: CommandRunner): boolean {
  return name === 'ltrim' && effects.length === 0;
}

/**
 * Redis 7.0 takes counts and ranks that have no positive counterpart; Valkey cuts an index of LSET to 32 bits, and so
 * finds an element where there is none.
 */
function isComparable(words: readonly string[], reference: ReferenceServer): boolean {
  if (reference.name === 'valkey') return words[0] !== 'LSET' || words[2]!.length <= 11;
  return !/^(LPOS|LREM)$/.test(words[0]!) || !words.includes(String(int64Min));
}

describe.skipIf(!hasReferenceServer)('commands on lists are those of a real server', () => {
  let both: SideBySide;
  beforeAll(async () => {
    both = await SideBySide.start();
  });
  afterAll(() => both.stop());

  const look = arbitraryKeys.flatMap((key) => [
    ['LRANGE', key, '0', '-1'],
    ['PEXPIRETIME', key],
  ]);

  function comparable(commands: readonly string[][]): string[][] {
    return commands.filter((words) => isComparable(words, both.reference));
  }

  it.each(['2', '3'] as const)('by their replies in RESP%s', async (protocol) => {
    await fc.assert(
      fc.asyncProperty(arbitraryListCommands, async (commands) => {
        const all = [...comparable(commands), ...look];
        const replies = await both.replies(protocol, all);
        for (const [index, { our, their }] of replies.entries()) {
          expect(our, `${JSON.stringify(all[index])} (command ${index})`).toEqual(their);
        }
      }),
      { numRuns: runs, timeout: 5000 },
    );
  });

  it('by what notifications tell of them', async () => {
    const [client, subscriber] = await Promise.all([
      RawClient.connect(both.reference.port),
      RawClient.connect(both.reference.port),
    ]);
    await client.call('CONFIG', 'SET', 'notify-keyspace-events', 'EAnm');
    await subscriber.pipeline([
      ['PSUBSCRIBE', '__keyevent@0__:*'],
      ['SUBSCRIBE', 'end'],
    ]);

    /** What is told of each of these commands. */
    async function theirEvents(commands: readonly string[][]): Promise<string[][][]> {
      const end = ['PUBLISH', 'end', ''];
      await client.pipeline([['FLUSHALL'], ...commands.flatMap((words) => [words, end])]);
      const told: string[][][] = [];
      for (let current: string[][] = []; told.length < commands.length;) {
        const message = (await subscriber.reply()) as Reply[] as string[];
        if (message[0] === 'pmessage') current.push([message[2]!.replace('__keyevent@0__:', ''), message[3]!]);
        else {
          told.push(current);
          current = [];
        }
      }
      return told;
    }

    await fc.assert(
      fc.asyncProperty(arbitraryListCommands, async (arbitrary) => {
        const commands = comparable(arbitrary);
        const runner = new CommandRunner();
        runner.keyspace.eventSink = () => undefined;
        const theirs = await theirEvents(commands);
        for (const [index, words] of commands.entries()) {
          runner.run(...words);
          const ours = runner.events.map(({ name, key }) => [name, key]);
          expect(ours, JSON.stringify(words)).toEqual(theirs[index]!.filter((event) => !isVain(event, runner)));
        }
      }),
      { numRuns: runs, timeout: 5000 },
    );
    client.close();
    subscriber.close();
  });
});
