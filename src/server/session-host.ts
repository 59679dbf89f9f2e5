/** What a connection needs of its node. */
import type { CommandTable, ExecutableCommand } from '../commands/command.ts';
import type { Server } from '../commands/session.ts';
import type { Engine } from '../engine/engine.ts';
import type { Environment } from '../environment/environment.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { ErrorReply } from '../resp/reply.ts';
import type { Admission } from './admission.ts';
import type { WaitingClients } from './blocking/waiting-clients.ts';
import type { ClientSession } from './client-session.ts';
import type { CommandCounter } from './command-counters.ts';
import type { OutputLimits } from './output-limit.ts';
import type { NodeChannels } from './pubsub/node-channels.ts';

export interface SessionHost {
  readonly server: Server;
  readonly engine: Engine;
  readonly keyspace: Keyspace;
  readonly environment: Environment;
  readonly table: CommandTable;
  parserLimits(): { bulkLengthMax: number; queryBufferBytesMax: number };
  /** Flushes the session when everything that settles now has been settled. */
  flushSoon(session: ClientSession): void;
  readonly admission: Admission;
  readonly waiting: WaitingClients;
  readonly channels: NodeChannels;
  readonly outputLimits: OutputLimits;
  /** The session is about to be closed, as it does not read what it has subscribed to. */
  onOutputLimit(session: ClientSession): void;
  /** Somebody speaks HTTP to us, perhaps without knowing. */
  onHttpRequest(session: ClientSession): void;
  /** The keyspace is no state of the database yet. */
  readonly isLoading: boolean;
  /** `CLIENT PAUSE` is in force, or the node is loading. */
  readonly mayHoldBack: boolean;
  /** Whether this command is held back; the session is then resumed when the reason for it has ended. */
  holdsBack(command: ExecutableCommand, session: ClientSession): boolean;
  /** Expected refusals as they are; anything else is logged and answered as an internal error. */
  replyToError(cause: unknown, commandName: string): ErrorReply;
  /** `get`, `client|list`. */
  nameOf(command: ExecutableCommand): string;
  counterOf(command: ExecutableCommand): CommandCounter;
  commandsProcessed: number;
  countFailure(command: ExecutableCommand, reply: ErrorReply): void;
  /** Of a command that was counted as called, but was refused when its turn came. */
  countRefusal(command: ExecutableCommand, reply: ErrorReply): void;
  countRejection(argv: readonly string[], reply: ErrorReply): void;
  /** Asks the store what other nodes have done, though no command wants to know: they may have made room. */
  learnNews(): void;
  onClosed(session: ClientSession): void;
}
