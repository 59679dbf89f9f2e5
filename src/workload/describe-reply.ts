/** A reply in words, for people who read what a server has answered. */
import type { Reply } from '../resp/reply.ts';

const lengthMax = 200;

/** In the manner of valkey-cli, on one line: `(integer) 5`, `"text"`, `(nil)`. At most 200 characters. */
export function describeReply(reply: Reply): string {
  const text = describe(reply);
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
}

function describe(reply: Reply): string {
  if (reply === null) return '(nil)';
  if (typeof reply === 'string') return JSON.stringify(reply);
  if (typeof reply === 'number' || typeof reply === 'bigint') return `(integer) ${reply}`;
  if (typeof reply === 'boolean') return `(${reply})`;
  if (isArray(reply)) return `[${reply.map(describe).join(', ')}]`;
  switch (reply.kind) {
    case 'simple':
      return reply.text;
    case 'error':
      return `(error) ${reply.text}`;
    case 'nullArray':
      return '(nil)';
    case 'double':
      return `(double) ${reply.value}`;
    case 'bigNumber':
      return `(big number) ${reply.digits}`;
    case 'verbatim':
      return JSON.stringify(reply.text);
    case 'map':
    case 'pairs':
    case 'set':
    case 'push':
      return `(${reply.kind}) [${reply.items.map(describe).join(', ')}]`;
    case 'pushes':
      return reply.items.map((items) => describe({ kind: 'push', items })).join(' ');
    case 'withPush':
    case 'shared':
    case 'attributed':
      return describe(reply.reply);
  }
}

function isArray(reply: Reply): reply is readonly Reply[] {
  return Array.isArray(reply);
}
