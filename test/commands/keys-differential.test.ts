/**
 * The same random commands on keys that hold values of all types, to this node and to a real server: every reply must be
 * the same in both protocols, every key of two databases at the end, and every keyspace event.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isError, type Reply } from '../../src/resp/reply.ts';
import { arbitraryKeysCommands, keysOfAllTypes } from '../support/arbitrary-keys-command.ts';
import { CommandRunner } from '../support/command-runner.ts';
import { ReferenceEvents } from '../support/reference-events.ts';
import { hasReferenceServer } from '../support/reference-server.ts';
import { SideBySide } from '../support/side-by-side.ts';
import { unordered } from '../support/unordered.ts';

const runs = Number(process.env['VALTHREE_DIFFERENTIAL_RUNS'] ?? 100);

/** A real server tells of the same expiry again. Here that is no write. */
function isVain([name]: readonly string[], { effects }: CommandRunner): boolean {
  return name === 'expire' && effects.length === 0;
}

/** All of a key but for wrong types, which are answers too. */
const look = ['0', '1'].flatMap((db) => [
  ['SELECT', db],
  ['DBSIZE'],
  ...keysOfAllTypes.flatMap((key) => [
    ['TYPE', key],
    ['PEXPIRETIME', key],
    ['GET', key],
    ['LRANGE', key, '0', '-1'],
    ['SMEMBERS', key],
    ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
    ['HGETALL', key],
  ]),
]);

describe.skipIf(!hasReferenceServer)('commands on keys are those of a real server, whatever these hold', () => {
  let both: SideBySide;
  beforeAll(async () => {
    both = await SideBySide.start(['--enable-debug-command', 'yes', '--rdbcompression', 'no']);
  });
  afterAll(() => both.stop());

  /** As far as it can be the same: not how much memory something takes, or since when it is idle. */
  function comparable(words: readonly string[], reply: Reply): string {
    const [command, subcommand] = words.map((word) => word.toUpperCase());
    if (isError(reply) || reply === null) return unordered(reply);
    if (command === 'MEMORY' || (command === 'OBJECT' && subcommand !== 'FREQ')) return typeof reply;
    if (command === 'DUMP') return typeof reply;
    if (command === 'DEBUG') return fieldsOf(reply, both.reference.name === 'redis');
    if (/EXPIRETIME$/.test(command ?? '') && isSoon(reply as number)) return 'soon';
    return unordered(reply);
  }

  it.each(['2', '3'] as const)('by their replies in RESP%s', async (protocol) => {
    await fc.assert(
      fc.asyncProperty(arbitraryKeysCommands, async (commands) => {
        const all = [...commands, ...look];
        const replies = await both.replies(protocol, all);
        for (const [index, { our, their }] of replies.entries()) {
          const words = all[index] as string[];
          expect(comparable(words, our), `${JSON.stringify(words)} (command ${index})`).toBe(comparable(words, their));
        }
      }),
      { numRuns: runs, timeout: 5000 },
    );
  });

  it('by what keyspace events tell of them', async () => {
    const reference = await ReferenceEvents.listen(both.reference.port);
    await fc.assert(
      fc.asyncProperty(arbitraryKeysCommands, async (commands) => {
        const runner = new CommandRunner();
        runner.keyspace.eventSink = () => undefined;
        const all = [['SELECT', '0'], ...commands];
        const theirs = await reference.of(all);
        for (const [index, words] of all.entries()) {
          runner.run(...words);
          const ours = runner.events.filter(({ db }) => db === 0).map(({ name, key }) => [name, key]);
          expect(ours, JSON.stringify(words)).toEqual(theirs[index]!.filter((event) => !isVain(event, runner)));
        }
      }),
      { numRuns: runs, timeout: 5000 },
    );
    reference.close();
  });
});

/** A time that counts from when the command was executed, in seconds or in milliseconds. */
function isSoon(time: number): boolean {
  return (time > 1.7e9 && time < 4e9) || (time > 1.7e12 && time < 4e12);
}

/** Of DEBUG OBJECT: the fields that all servers tell, and the length, as DUMP writes the forms of Redis 7.0. */
function fieldsOf(reply: Reply, isRedis: boolean): string {
  const line = (reply as { readonly text: string }).text;
  const form = /^Value at:0x[0-9a-f]+ refcount:\d+ encoding:\w+ serializedlength:(\d+) lru:\d+ lru_seconds_idle:\d+/;
  const found = form.exec(line);
  return found === null ? line : `length ${isRedis ? found[1] : 'of its own'}`;
}
