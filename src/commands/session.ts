/**
 * What commands may know and ask of the connection and of the node they run on. The server implements these; the
 * interfaces stand here because imports go down the layers only.
 */
import type { Watch, Watches } from '../keyspace/watches.ts';
import type { ByteString } from '../resp/bytes.ts';
import type { Reply } from '../resp/reply.ts';
import type { ExecutableCommand, Arguments } from './command.ts';
import type { EncodingLimits } from './generic/encoding.ts';
import type { Broker, Channels, Subscriptions } from './pubsub/broker.ts';

/** One client's connection. */
export interface Session {
  readonly id: number;
  /** `127.0.0.1:51234`. */
  readonly address: string;
  readonly localAddress: string;
  /** Of its socket; -1 where there is none to tell. */
  readonly fileDescriptor: number;
  /** By the node's wall clock, in milliseconds. */
  readonly connectedAt: number;
  readonly lastInteractionAt: number;
  /** The last command, lower case, `client|list`. */
  readonly lastCommand: string;
  name: ByteString;
  libraryName: ByteString;
  libraryVersion: ByteString;
  /** The protocol of replies from now on. */
  protocol: 2 | 3;
  /** The selected database. */
  db: number;
  authenticated: boolean;
  readonly user: string;
  noEvict: boolean;
  noTouch: boolean;
  /** `CLIENT REPLY`: `skip` drops the next reply only. */
  replyMode: 'on' | 'off' | 'skip';
  /** What it has subscribed to by SUBSCRIBE and its like. */
  readonly subscriptions: Subscriptions;
  /** Between MULTI and EXEC. */
  transaction: QueuedTransaction | undefined;
  /** What WATCH has placed. */
  readonly watches: Watch[];
  /** Takes all watches back. */
  unwatch(): void;
  /** Hands the watches over to a transaction, which takes them back when it is settled. */
  takeWatches(): readonly Watch[];
  /** Whether its last command waits: for keys (`BLPOP`), or for the end of a pause. */
  readonly isBlocked: boolean;
  /** Ends a wait for keys, as if its time were over or with an error; whether there was one. */
  unblock(how: 'timeout' | 'error'): boolean;
  /** Ends the connection when the replies due so far have been sent. */
  closeAfterReplies(): void;
  /** Ends the connection at once. */
  kill(): void;
  /** Back to the state of a new connection (`RESET`). */
  reset(): void;
  /** Numbers for `CLIENT LIST`. */
  readonly statistics: SessionStatistics;
}

export interface SessionStatistics {
  readonly queryBufferBytes: number;
  readonly outputBytes: number;
  /** Held by commands that are not answered yet. */
  readonly unansweredBytes: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly commandCount: number;
}

export interface QueuedTransaction {
  readonly commands: { readonly command: ExecutableCommand; readonly argv: Arguments }[];
  /** A command could not be queued: EXEC will refuse, so no more is kept. */
  broken: boolean;
  /** What the queued words take; bounded by `client-query-buffer-limit`. */
  bytes: number;
}

/** The node. */
export interface Server {
  /** The version of Valkey whose behaviour this node has, as `HELLO` and `INFO` give it. */
  readonly valkeyVersion: string;
  readonly configuration: Configuration;
  /** Of the node's keyspace. */
  readonly watches: Watches;
  readonly sessions: Iterable<Session>;
  /** Where messages are published. */
  readonly broker: Broker;
  readonly channels: Channels;
  readonly startedAt: number;
  /** 40 hexadecimal characters, new at every start. */
  readonly runId: string;
  /** Whether a user must authenticate first. */
  readonly passwordRequired: boolean;
  /** Compares in constant time. */
  checkPassword(user: ByteString, password: ByteString): boolean;
  /** More memory is used than `maxmemory` allows. */
  readonly isOutOfMemory: boolean;
  /** Bytes that keys and values may still take, by `maxmemory` and by the heap. */
  readonly memoryRoom: number;
  findSession(id: number): Session | undefined;
  /** The text of `INFO` with these sections (lower case; `default`, `all`, `everything` too). */
  info(sections: readonly string[]): ByteString;
  resetStatistics(): void;
  /** `CLIENT PAUSE`: commands (or only those that may write) wait until this time on `clock.now`. */
  pause(until: number, mode: 'write' | 'all'): void;
  unpause(): void;
  /** Settles what waits, closes the connections and ends the process with exit code 0. */
  shutdown(options: { now: boolean }): void;
  /** `DEBUG SET-ACTIVE-EXPIRE`. */
  setActiveExpiry(enabled: boolean): void;
}

/** `CONFIG GET` and `CONFIG SET`. */
export interface Configuration {
  /** Names and values as `CONFIG GET` prints them, matching any of these glob patterns. */
  get(patterns: readonly ByteString[]): readonly (readonly [name: string, value: string])[];
  /** Sets all or none; an error reply that says why not. */
  set(values: readonly (readonly [name: ByteString, value: ByteString])[]): Reply;
  readonly databases: number;
  /** `proto-max-bulk-len`. */
  readonly bulkLengthMax: number;
  /** What `OBJECT ENCODING` goes by: `hash-max-listpack-entries` and the like. */
  readonly encodingLimits: EncodingLimits;
}
