/**
 * The same random commands on keys that hold values of all types, to this node and to a real server, and every key of two
 * databases at the end.
 */
import { isError, type Reply } from '../../src/resp/reply.ts';
import { arbitraryKeysCommands, keysOfAllTypes } from '../support/arbitrary-keys-command.ts';
import { compareCommands, isSameExpiry } from '../support/compare-commands.ts';
import type { ReferenceServer } from '../support/reference-server.ts';
import { unordered } from '../support/unordered.ts';

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

/** As far as it can be the same: not how much memory something takes, or since when it is idle. */
function show(reply: Reply, words: readonly string[], reference: ReferenceServer): string {
  const [command, subcommand] = words.map((word) => word.toUpperCase());
  if (isError(reply) || reply === null) return unordered(reply);
  if (command === 'MEMORY' || (command === 'OBJECT' && subcommand !== 'FREQ')) return typeof reply;
  if (command === 'DUMP') return typeof reply;
  if (command === 'DEBUG') return fieldsOf(reply, reference.name === 'redis');
  if (/EXPIRETIME$/.test(command ?? '') && isSoon(reply as number)) return 'soon';
  return unordered(reply);
}

compareCommands('commands on keys are those of a real server, whatever these hold', {
  flags: ['--enable-debug-command', 'yes', '--rdbcompression', 'no'],
  commands: arbitraryKeysCommands,
  look,
  show,
  isVain: isSameExpiry,
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
