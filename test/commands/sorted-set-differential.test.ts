/**
 * The same random commands on sorted sets to this node and to a real server. Scores are compared as numbers, since Redis
 * 7.0 prints them with 17 digits, and 0 as -0, since a real server tells them apart in large sets only.
 */
import type { Reply } from '../../src/resp/reply.ts';
import { arbitrarySortedSetCommands, evenKey } from '../support/arbitrary-sorted-set-command.ts';
import { arbitraryKeys } from '../support/arbitrary-words.ts';
import { compareCommands, isSameExpiry } from '../support/compare-commands.ts';
import { unordered } from '../support/unordered.ts';

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

/** Valkey counts a negative offset from the other end of the range, but in large sorted sets only. */
function hasNegativeOffset(words: readonly string[]): boolean {
  return (
    /^Z(REV)?RANGE/.test(words[0]!) && words.some((word, index) => word === 'LIMIT' && words[index + 1]?.[0] === '-')
  );
}

compareCommands('commands on sorted sets are those of a real server', {
  commands: arbitrarySortedSetCommands,
  look: [...arbitraryKeys, evenKey].flatMap((key) => [
    ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
    ['PEXPIRETIME', key],
  ]),
  isComparable: (words, reference) => reference.name === 'redis' || !hasNegativeOffset(words),
  show,
  isVain: isSameExpiry,
});
