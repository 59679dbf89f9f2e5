/** Replies of every kind, and what a client gets to see of them. */
import fc from 'fast-check';
import { formatDouble } from '../../src/resp/double.ts';
import { nullArray, ok, type Reply, type TaggedReply } from '../../src/resp/reply.ts';

const bytes = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 12 });
const line = fc.string({
  unit: fc
    .nat(255)
    .map((code) => String.fromCharCode(code))
    .filter((char) => char !== '\r' && char !== '\n'),
  maxLength: 12,
});

const tree = fc.letrec<{ reply: Reply; pairs: Reply[] }>((tie) => ({
  pairs: fc.array(fc.tuple(tie('reply'), tie('reply')), { maxLength: 3 }).map((pairs) => pairs.flat()),
  reply: fc.oneof(
    { maxDepth: 4 },
    bytes,
    fc.constantFrom<Reply>(null, true, false, ok, nullArray),
    fc.maxSafeInteger().map((value) => value + 0),
    fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.record({ kind: fc.constant('simple' as const), text: line }),
    fc.record({ kind: fc.constant('error' as const), text: line }),
    fc.record({ kind: fc.constant('double' as const), value: fc.double() }),
    fc.record({ kind: fc.constant('bigNumber' as const), digits: fc.bigInt().map(String) }),
    fc.record({ kind: fc.constant('verbatim' as const), format: fc.constantFrom('txt', 'mkd'), text: bytes }),
    fc.array(tie('reply'), { maxLength: 4 }),
    fc.record({
      kind: fc.constantFrom('set' as const, 'push' as const),
      items: fc.array(tie('reply'), { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constantFrom('map' as const, 'pairs' as const), items: tie('pairs') }),
    fc.record({ kind: fc.constant('attributed' as const), attributes: tie('pairs'), reply: tie('reply') }),
  ),
}));

export const arbitraryReply: fc.Arbitrary<Reply> = tree.reply;

/** Nulls are of one kind there. */
export function inResp3(reply: Reply): Reply {
  if (reply === null || typeof reply !== 'object') return reply;
  if (isArray(reply)) return reply.map(inResp3);
  switch (reply.kind) {
    case 'nullArray':
      return null;
    case 'pairs':
      return reply.items.flatMap((name, i) => (i % 2 === 0 ? [[name, reply.items[i + 1] as Reply].map(inResp3)] : []));
    case 'map':
    case 'set':
    case 'push':
      return { kind: reply.kind, items: reply.items.map(inResp3) };
    case 'attributed':
      return { kind: 'attributed', attributes: reply.attributes.map(inResp3), reply: inResp3(reply.reply) };
    default:
      return reply;
  }
}

/** Only lines, integers, bulk strings, arrays and the two nulls are left. */
export function inResp2(reply: Reply): Reply {
  if (typeof reply === 'boolean') return reply ? 1 : 0;
  if (reply === null || typeof reply !== 'object') return reply;
  if (isArray(reply)) return reply.map(inResp2);
  switch (reply.kind) {
    case 'double':
      return formatDouble(reply.value);
    case 'bigNumber':
      return reply.digits;
    case 'verbatim':
      return reply.text;
    case 'map':
    case 'pairs':
    case 'set':
    case 'push':
      return reply.items.map(inResp2);
    case 'attributed':
      return inResp2(reply.reply);
    default:
      return reply;
  }
}

function isArray(reply: readonly Reply[] | TaggedReply): reply is readonly Reply[] {
  return Array.isArray(reply);
}
