/**
 * What a command answers, before it is written to a socket. The common answers are plain JavaScript values, so that
 * the hot path allocates nothing; the rest is tagged. `encode` writes any of them in RESP2 or RESP3.
 * Protocol: https://valkey.io/topics/protocol/
 */
import type { ByteString } from './bytes.ts';

export type Reply =
  /** Null: `_` in RESP3, `$-1` in RESP2. */
  | null
  /** A bulk string. */
  | ByteString
  /** An integer; `bigint` where it may pass 2^53. */
  | number
  | bigint
  /** `#t` in RESP3, `:1` in RESP2. */
  | boolean
  | readonly Reply[]
  | TaggedReply;

export type TaggedReply =
  /** A line: `+OK`. It holds no CR or LF. */
  | { readonly kind: 'simple'; readonly text: string }
  | ErrorReply
  /** A null where an array was expected: `*-1` in RESP2. */
  | { readonly kind: 'nullArray' }
  /** `,1.5` in RESP3, a bulk string in RESP2. */
  | { readonly kind: 'double'; readonly value: number }
  /** `(123…` in RESP3, a bulk string in RESP2. Decimal digits, possibly after a minus. */
  | { readonly kind: 'bigNumber'; readonly digits: string }
  /** `=15:txt:…` in RESP3, a bulk string in RESP2. `format` is three characters. */
  | { readonly kind: 'verbatim'; readonly format: string; readonly text: ByteString }
  /** Keys and values in turn. `%` in RESP3, a flat array in RESP2. */
  | { readonly kind: 'map'; readonly items: readonly Reply[] }
  /** Names and what belongs to them in turn: an array of pairs in RESP3, a flat array in RESP2. */
  | { readonly kind: 'pairs'; readonly items: readonly Reply[] }
  /** `~` in RESP3, an array in RESP2. */
  | { readonly kind: 'set'; readonly items: readonly Reply[] }
  /** Out-of-band data: `>` in RESP3, an array in RESP2. */
  | { readonly kind: 'push'; readonly items: readonly Reply[] }
  /** A reply, and out-of-band data behind it; only the reply in RESP2. */
  | { readonly kind: 'withPush'; readonly reply: Reply; readonly push: readonly Reply[] }
  /** A push for each of these, where Valkey answers one command several times: `SUBSCRIBE` with several channels. */
  | { readonly kind: 'pushes'; readonly items: readonly (readonly Reply[])[] }
  | SharedReply
  /** A reply with attributes (keys and values in turn) before it; only the reply in RESP2. */
  | { readonly kind: 'attributed'; readonly attributes: readonly Reply[]; readonly reply: Reply };

/** An error line. `text` begins with its code (`ERR …`, `WRONGTYPE …`) and holds no CR or LF. */
export interface ErrorReply {
  readonly kind: 'error';
  readonly text: string;
}

/** A reply that goes to many connections: `encode` writes it out once for each protocol and keeps that here. */
export interface SharedReply {
  readonly kind: 'shared';
  readonly reply: Reply;
  readonly encoded: Map<2 | 3, ByteString>;
}

export const ok: Reply = { kind: 'simple', text: 'OK' };
export const nullArray: Reply = { kind: 'nullArray' };

export function simple(text: string): Reply {
  return { kind: 'simple', text };
}

/** An error reply; bytes that would break the line become spaces, as Valkey does. */
export function error(text: string): ErrorReply {
  return { kind: 'error', text: text.replace(/[\r\n]/g, ' ') };
}

export function shared(reply: Reply): SharedReply {
  return { kind: 'shared', reply, encoded: new Map() };
}

export function isError(reply: Reply): reply is ErrorReply {
  return typeof reply === 'object' && reply !== null && 'kind' in reply && reply.kind === 'error';
}
