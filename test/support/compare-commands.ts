/**
 * The same random commands to this node and to a real server: every reply in both protocols, what is there at the end,
 * and every keyspace event. fast-check prints the seed of a difference and shrinks it.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/resp/reply.ts';
import { CommandRunner } from './command-runner.ts';
import { ReferenceEvents, type NamedEvent } from './reference-events.ts';
import { hasReferenceServer, type ReferenceServer } from './reference-server.ts';
import { SideBySide } from './side-by-side.ts';

type Words = readonly string[];

export interface Comparison {
  /** Of the real server. */
  readonly flags?: Words;
  readonly commands: fc.Arbitrary<readonly Words[]>;
  /** Asked behind them: what is there at the end. */
  readonly look?: readonly Words[];
  /** Left out where the real server means something else by a command. Default: it never does. */
  readonly isComparable?: (words: Words, reference: ReferenceServer) => boolean;
  /** A reply as far as it must be the same. Default: all of it. */
  readonly show?: (reply: Reply, words: Words, reference: ReferenceServer) => unknown;
  /** What a real server tells of, where there is no write here. Default: nothing. */
  readonly isVain?: (event: NamedEvent, runner: CommandRunner) => boolean;
  /** The events of one command as far as they must be the same. Default: all of them, in order. */
  readonly told?: (events: readonly NamedEvent[], words: Words) => unknown;
}

const runs = Number(process.env['VALTHREE_DIFFERENTIAL_RUNS'] ?? 100);

/** A real server tells of the same expiry again. Here that is no write. */
export function isSameExpiry([name]: NamedEvent, { effects }: CommandRunner): boolean {
  return name === 'expire' && effects.length === 0;
}

/** @param what is the same as on a real server */
export function compareCommands(what: string, comparison: Comparison): void {
  const { commands, look = [], flags = [] } = comparison;
  const { isComparable = () => true, show = (reply: Reply): unknown => reply } = comparison;
  const { isVain = () => false, told = (events: readonly NamedEvent[]): unknown => events } = comparison;

  describe.skipIf(!hasReferenceServer)(what, () => {
    let both: SideBySide;
    beforeAll(async () => {
      both = await SideBySide.start(flags);
    });
    afterAll(() => both.stop());

    it.each(['2', '3'] as const)('by their replies in RESP%s', async (protocol) => {
      const { reference } = both;
      await fc.assert(
        fc.asyncProperty(commands, async (arbitrary) => {
          const all = [...arbitrary.filter((words) => isComparable(words, reference)), ...look];
          const replies = await both.replies(protocol, all);
          for (const [index, { our, their }] of replies.entries()) {
            const words = all[index]!;
            const where = `${JSON.stringify(words)} (command ${index})`;
            expect(show(our, words, reference), where).toEqual(show(their, words, reference));
          }
        }),
        { numRuns: runs, timeout: 5000 },
      );
    });

    it('by what keyspace events tell of them', async () => {
      const { reference } = both;
      const events = await ReferenceEvents.listen(reference.port);
      await fc.assert(
        fc.asyncProperty(commands, async (arbitrary) => {
          // Of this database events are listened to; some of the commands before have chosen another.
          const all = [['SELECT', '0'], ...arbitrary.filter((words) => isComparable(words, reference))];
          const runner = new CommandRunner();
          runner.keyspace.eventSink = () => undefined;
          const theirs = await events.of(all);
          for (const [index, words] of all.entries()) {
            runner.run(...words);
            const ours = runner.events.filter(({ db }) => db === 0).map(({ name, key }) => [name, key] as const);
            const expected = theirs[index]!.filter((event) => !isVain(event, runner));
            expect(told(ours, words), JSON.stringify(words)).toEqual(told(expected, words));
          }
        }),
        { numRuns: runs, timeout: 5000 },
      );
      events.close();
    });
  });
}
