/**
 * The same random SORT commands to this node and to a real server: every reply must be the same in both protocols, and
 * every keyspace event. Elements of a set that nothing orders are compared as a set, or counted where LIMIT takes some.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Reply } from '../../src/resp/reply.ts';
import { arbitrarySortCommands, isUnordered } from '../support/arbitrary-sort-command.ts';
import { CommandRunner } from '../support/command-runner.ts';
import { ReferenceEvents } from '../support/reference-events.ts';
import { hasReferenceServer } from '../support/reference-server.ts';
import { SideBySide } from '../support/side-by-side.ts';
import { unordered } from '../support/unordered.ts';

const runs = Number(process.env['VALTHREE_DIFFERENTIAL_RUNS'] ?? 100);

function show(reply: Reply, words: readonly string[]): unknown {
  if (!isUnordered(words) || !Array.isArray(reply) || words[0] === 'COMMAND') return reply;
  return words.some((word) => word.toUpperCase() === 'LIMIT') ? reply.length : unordered(reply);
}

describe.skipIf(!hasReferenceServer)('SORT is that of a real server', () => {
  let both: SideBySide;
  beforeAll(async () => {
    both = await SideBySide.start();
  });
  afterAll(() => both.stop());

  it.each(['2', '3'] as const)('by its replies in RESP%s', async (protocol) => {
    await fc.assert(
      fc.asyncProperty(arbitrarySortCommands, async (commands) => {
        const replies = await both.replies(protocol, commands);
        for (const [index, { our, their }] of replies.entries()) {
          const words = commands[index]!;
          expect(show(our, words), `${JSON.stringify(words)} (command ${index})`).toEqual(show(their, words));
        }
      }),
      { numRuns: runs, timeout: 5000 },
    );
  });

  it('by what keyspace events tell of it', async () => {
    const reference = await ReferenceEvents.listen(both.reference.port);
    await fc.assert(
      fc.asyncProperty(arbitrarySortCommands, async (commands) => {
        const runner = new CommandRunner();
        runner.keyspace.eventSink = () => undefined;
        const theirs = await reference.of(commands);
        for (const [index, words] of commands.entries()) {
          runner.run(...words);
          // Where BY or GET leads nowhere for members of a set, the order of what is missed is that of the set; and
          // with LIMIT, which members are looked at.
          const isLimited = words.some((word) => word.toUpperCase() === 'LIMIT');
          const told = (events: readonly (readonly [string, string])[]): readonly string[] =>
            events
              .filter(([name]) => !isLimited || name !== 'keymiss')
              .map((event) => event.join(' '))
              .toSorted();
          const ours = runner.events.map(({ name, key }) => [name, key] as const);
          expect(told(ours), JSON.stringify(words)).toEqual(told(theirs[index]!));
        }
      }),
      { numRuns: runs, timeout: 5000 },
    );
    reference.close();
  });
});
