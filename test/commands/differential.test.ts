/**
 * The same random commands to this node and to a real server: every reply must be the same, byte for byte, in both
 * protocols, and at the end every key. fast-check prints the seed of a difference and shrinks it.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encode } from '../../src/resp/encode.ts';
import { isError, type Reply } from '../../src/resp/reply.ts';
import { arbitraryCommands } from '../support/arbitrary-command.ts';
import { arbitraryKeys } from '../support/arbitrary-words.ts';
import { hasReferenceServer, type ReferenceServer } from '../support/reference-server.ts';
import { SideBySide } from '../support/side-by-side.ts';

/** Differences that are meant, by the words of the command and the real server. `undefined`: compare. */
function expectedDifference(argv: readonly string[], reference: ReferenceServer): string | undefined {
  const name = argv[0]?.toUpperCase();
  const sub = argv[1]?.toUpperCase();
  if (name === 'OBJECT' && sub === 'ENCODING') return 'a real server remembers how a string came to be';
  if (name === 'OBJECT' && sub === 'REFCOUNT') return 'a real server shares objects otherwise';
  if (name === 'CLIENT' && sub === 'KILL') return 'who else is connected differs';
  if (reference.name === 'redis') {
    if (name === 'COMMAND' && sub === 'GETKEYS') return 'Valkey words an error otherwise';
    if (name === 'EXPIRE' || name === 'PEXPIRE') return 'Valkey words an overflow otherwise';
    if (name === 'WAIT') return 'Redis 7.0 does not check the range of the timeout';
    if (name === 'DBSIZE') return 'Redis 7.0 keeps a key that SET lets expire at once until somebody looks';
    if (name === 'SCAN') return 'Redis 7.0 takes a negative cursor';
  }
  return undefined;
}

/** `SET … IFEQ` came with Valkey 8.1, and Redis 7.0 wants more words after `COMMAND GETKEYS`. */
function isKnown(argv: readonly string[], reference: ReferenceServer): boolean {
  const [major = 0, minor = 0] = reference.version.split('.').map(Number);
  const hasIfeq = reference.name === 'valkey' && (major > 8 || (major === 8 && minor >= 1));
  if (argv[3] === 'IFEQ') return hasIfeq;
  return reference.name === 'valkey' || argv[1] !== 'GETKEYS' || argv.length > 3;
}

/** Redis 7.0 lets a transaction go on after a nested MULTI or WATCH; Valkey does not. */
function withoutNested(commands: readonly string[][]): string[][] {
  let inMulti = false;
  return commands.filter(([name]) => {
    if (inMulti && (name === 'MULTI' || name === 'WATCH')) return false;
    if (name === 'MULTI') inMulti = true;
    if (name === 'EXEC' || name === 'DISCARD') inMulti = false;
    return true;
  });
}

/** Keys come in any order. */
function show(reply: Reply): string {
  if (Array.isArray(reply)) return `[${(reply as Reply[]).map(show).sort().join()}]`;
  return JSON.stringify(encode(reply, 3));
}

describe.skipIf(!hasReferenceServer)('replies are those of a real server', () => {
  let both: SideBySide;
  beforeAll(async () => {
    both = await SideBySide.start();
  });
  afterAll(() => both.stop());

  async function compare(protocol: '2' | '3', commands: readonly string[][]): Promise<void> {
    const { reference } = both;
    const tearDown = [
      ['DISCARD'],
      ...['0', '1'].flatMap((db) => [
        ['SELECT', db],
        ...arbitraryKeys.flatMap((key) => [
          ['GET', key],
          ['PEXPIRETIME', key],
        ]),
        ['DBSIZE'],
      ]),
    ];
    const known = commands.filter((argv) => isKnown(argv, reference));
    const all = [...(reference.name === 'redis' ? withoutNested(known) : known), ...tearDown];
    const replies = await both.replies(protocol, all);
    let inMulti: string[][] | undefined;
    for (const [index, argv] of all.entries()) {
      const { our, their } = replies[index]!;
      const name = argv[0]!.toUpperCase();
      const queued = inMulti;
      if (name === 'MULTI' && !isError(our)) inMulti = [];
      else if (name === 'EXEC' || name === 'DISCARD') inMulti = undefined;
      else inMulti?.push(argv);
      const excused = [argv, ...(name === 'EXEC' ? (queued ?? []) : [])].some(
        (each) => expectedDifference(each, reference) !== undefined,
      );
      if (!excused) expect(show(our), `${JSON.stringify(argv)} (command ${index})`).toBe(show(their));
    }
  }

  it.each(['2', '3'] as const)('in RESP%s', async (protocol) => {
    await fc.assert(
      fc.asyncProperty(arbitraryCommands, (commands) => compare(protocol, commands)),
      { numRuns: Number(process.env['VALTHREE_DIFFERENTIAL_RUNS'] ?? 150), timeout: 5000 },
    );
  });
});
