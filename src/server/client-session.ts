/**
 * One client's connection: bytes in, commands to the engine, replies out, in the order of the commands.
 *
 * The hot path allocates one task and its arguments per command: commands are parsed straight out of the chunk that
 * was read, replies are held in a linked list until they are due, and what is due in one turn is written at once.
 *
 * Messages that it has subscribed to are pushed between its replies: behind those of settled commands, before the others.
 *
 * Bounds: while too many commands are unanswered, they and their replies hold too much memory, too many bytes are
 * unsent or the node as a whole is full (`admission.ts`), the socket is not read and nothing more is parsed, so a
 * client that sends but does not read costs no more than these bounds, and one command more. Replies are written out
 * only as far as the socket takes them; until then they are references to values. Messages come without being asked for:
 * a subscriber that falls too far behind is closed (`output-limit.ts`), and is read meanwhile, as it may unsubscribe.
 */
import type { Arguments, DataCommand, ExecutableCommand, SessionCommand, SessionContext } from '../commands/command.ts';
import { resolveCommand } from '../commands/resolve.ts';
import type { QueuedTransaction, Session, SessionStatistics } from '../commands/session.ts';
import { runsInsideMulti } from '../commands/transactions.ts';
import type { ByteString } from '../resp/bytes.ts';
import { error, isError, simple, type ErrorReply, type Reply } from '../resp/reply.ts';
import { RequestParser } from '../resp/request-parser.ts';
import { BlockingTask, mayBlock } from './blocking/blocking-task.ts';
import type { ClientSocket } from './client-socket.ts';
import { CommandTask } from './command-task.ts';
import { isHttpLine } from './cross-protocol.ts';
import { IdleWatch } from './idle-watch.ts';
import { Outbox } from './outbox.ts';
import { OutputWatch } from './output-limit.ts';
import { SessionSubscriptions } from './pubsub/session-subscriptions.ts';
import type { Subscriber } from './pubsub/subscriber-table.ts';
import { refusalOf } from './refusal.ts';
import { PendingReply } from './reply-line.ts';
import { ReplyMode } from './reply-mode.ts';
import type { SessionHost } from './session-host.ts';
import { SessionState } from './session-state.ts';
import { SessionTurn, SessionTurns } from './session-turn.ts';
import { addressOf, fileDescriptorOf } from './socket-facts.ts';
import { wordsBytes } from './weight.ts';

const queued = simple('QUEUED');

/** Bytes that a blocked client may send ahead: while it is read, its end is noticed. */
const sentAheadBytesMax = 1024 * 1024;

export class ClientSession extends SessionState implements Session, Subscriber {
  readonly id: number;
  readonly address: string;
  readonly localAddress: string;
  readonly fileDescriptor: number;
  readonly connectedAt: number;
  lastInteractionAt: number;
  readonly context: SessionContext;
  readonly subscriptions: SessionSubscriptions;
  readonly #host: SessionHost;
  readonly #socket: ClientSocket;
  readonly #parser: RequestParser;
  readonly #outbox: Outbox;
  readonly #turns: SessionTurns;
  readonly #outputWatch = new OutputWatch();
  readonly #idleWatch: IdleWatch;
  readonly #replies = new ReplyMode();
  #lastCommand: ExecutableCommand | undefined;
  /** A command that a pause holds back. */
  #deferred: ByteString[] | undefined;
  /** A command is not finished that those behind it must wait for. */
  #busy = false;
  /** The task that is that command, if it is a data command. */
  #heldBy: CommandTask | undefined;
  /** The socket is not read, because of a bound. */
  #stalled = false;
  #processing = false;
  #flushScheduled = false;
  #closing = false;
  #closed = false;
  #commandCount = 0;

  constructor(host: SessionHost, socket: ClientSocket, id: number) {
    super(host.keyspace);
    this.id = id;
    this.#host = host;
    this.#socket = socket;
    this.#outbox = new Outbox(socket);
    this.#idleWatch = new IdleWatch(socket);
    this.#turns = new SessionTurns(this.#outbox, host.admission, ({ command, args }) => {
      if (command.holdsConnection === true) this.#busy = false;
      return this.#runNow(command, args) as Reply | undefined;
    });
    const { server, environment, table } = host;
    this.subscriptions = new SessionSubscriptions(host.channels, this);
    this.context = { session: this, server, environment, table };
    this.address = addressOf(socket.remoteAddress, socket.remotePort);
    this.localAddress = addressOf(socket.localAddress, socket.localPort);
    this.fileDescriptor = fileDescriptorOf(socket);
    this.connectedAt = this.lastInteractionAt = environment.clock.now();
    this.#parser = new RequestParser({ ...host.parserLimits(), authenticated: !server.passwordRequired });
    socket.on('data', (chunk: Buffer) => {
      this.#onData(chunk);
    });
    socket.on('drain', () => {
      this.flush();
    });
    socket.on('end', () => {
      this.closeAfterReplies();
    });
    socket.on('error', () => {
      // The connection is gone, which 'close' tells as well; the client knows why.
    });
    socket.on('close', () => {
      this.#onClose();
    });
  }

  get authenticated(): boolean {
    return this.#parser.limits.authenticated;
  }

  set authenticated(value: boolean) {
    this.#parser.limits.authenticated = value;
  }

  get replyMode(): 'on' | 'off' | 'skip' {
    return this.#replies.mode;
  }

  set replyMode(mode: 'on' | 'off' | 'skip') {
    this.#replies.mode = mode;
  }

  get lastCommand(): string {
    return this.#lastCommand === undefined ? '' : this.#host.nameOf(this.#lastCommand);
  }

  get statistics(): SessionStatistics {
    return {
      queryBufferBytes: this.#parser.bufferedBytes,
      outputBytes: this.#outbox.unreadBytes,
      unansweredBytes: this.#outbox.unansweredBytes,
      bytesIn: this.#socket.bytesRead,
      bytesOut: this.#socket.bytesWritten,
      // One that waits counts when it is done, as in Valkey.
      commandCount: this.#commandCount - (this.#blocking?.isBlocked === true ? 1 : 0),
    };
  }

  get isBlocked(): boolean {
    return this.#deferred !== undefined || this.#blocking?.isBlocked === true;
  }

  get #blocking(): BlockingTask | undefined {
    return this.#heldBy instanceof BlockingTask ? this.#heldBy : undefined;
  }

  unblock(how: 'timeout' | 'error'): boolean {
    return this.#blocking?.unblock(how) === true;
  }

  /** Whether commands wait for their replies. */
  get isWaiting(): boolean {
    return !this.#outbox.isEmpty || this.#busy;
  }

  /**
   * Closes the connection if since then nothing has come or gone, and nothing is owed to the client. A subscriber may
   * wait for messages for ever.
   */
  closeIfIdleSince(time: number): void {
    if (this.subscriptions.total > 0) return;
    if (this.#idleWatch.hasMoved()) this.lastInteractionAt = this.context.environment.clock.now();
    const owed = this.#busy || this.#deferred !== undefined || (!this.#outbox.isEmpty && !this.#outbox.isDue);
    if (!owed && this.lastInteractionAt < time) this.kill();
  }

  override reset(): void {
    super.reset();
    this.subscriptions.removeAll();
    this.#replies.reset();
    this.authenticated = !this.#host.server.passwordRequired;
  }

  closeAfterReplies(): void {
    this.#closing = true;
    this.#blocking?.leave();
    this.scheduleFlush();
  }

  kill(): void {
    this.#socket.destroy();
  }

  /** Goes on where a bound or a pause had stopped it, if it may. */
  resume(): void {
    const deferred = this.#deferred;
    this.#deferred = undefined;
    if (deferred !== undefined) this.#dispatch(deferred);
    this.flush();
  }

  #onData(chunk: Buffer): void {
    this.lastInteractionAt = this.context.environment.clock.now();
    // Whatever comes behind QUIT, an error or the end is nobody's.
    if (this.#closing) return;
    this.#parser.push(chunk);
    if (!this.#stalled) this.#process();
    else {
      this.#parser.detach();
      if (this.#parser.bufferedBytes > sentAheadBytesMax) this.#socket.pause();
    }
  }

  #process(): void {
    this.#processing = true;
    while (this.#mayGoOn()) {
      const next = this.#parser.next();
      if (next === undefined) break;
      if (Array.isArray(next)) {
        this.#dispatch(next);
      } else {
        if (!next.silent) this.#answer(error(`ERR ${next.message}`));
        this.#closing = true;
      }
    }
    this.#processing = false;
    if (!this.#mayGoOn()) this.#stall();
    this.flush();
  }

  #mayGoOn(): boolean {
    return (
      !this.#closing &&
      !this.#busy &&
      this.#deferred === undefined &&
      this.#outbox.hasRoom &&
      (!this.#outbox.isFull || this.subscriptions.total > 0) &&
      !this.#host.admission.isFull
    );
  }

  /** Stops reading. */
  #stall(): void {
    this.#parser.detach();
    if (this.#closing || this.#stalled) return;
    this.#stalled = true;
    this.#socket.pause();
    if (this.#host.admission.isFull) this.#host.admission.await(this);
  }

  #dispatch(argv: ByteString[]): void {
    this.#commandCount++;
    this.#replies.begin();
    const host = this.#host;
    if (isHttpLine(argv)) {
      host.onHttpRequest(this);
      this.kill();
      this.#closing = true;
      return;
    }
    const command = resolveCommand(host.table, argv);
    if (command.kind === 'error') {
      this.#reject(argv, command);
      return;
    }
    this.#lastCommand = command;
    const refusal = refusalOf(command, this, host);
    if (refusal !== undefined) {
      this.#reject(argv, refusal);
      return;
    }
    if (this.transaction !== undefined && !runsInsideMulti(command)) {
      this.#queue(this.transaction, command, argv);
      this.#answer(queued);
      return;
    }
    if (host.mayHoldBack && host.holdsBack(command, this)) {
      // It comes here again, as if for the first time.
      this.#deferred = argv;
      this.#commandCount--;
      this.#replies.takeBack();
      return;
    }
    if (command.kind === 'data') this.#submit(command, argv);
    else this.#run(command, argv);
  }

  #submit(command: DataCommand, argv: Arguments): void {
    const host = this.#host;
    // Between MULTI and EXEC only EXEC comes here, and takes what was queued.
    const bytes = wordsBytes(argv) + (this.transaction?.bytes ?? 0);
    let args: unknown;
    try {
      args = command.parse(argv, this.context);
    } catch (cause) {
      this.#refuse(command, cause);
      return;
    }
    const call = { args, bytes, silent: this.#replies.isSilent };
    const task = mayBlock(command) ? new BlockingTask(this, command, call, host) : new CommandTask(this, command, call);
    this.#outbox.append(task);
    host.admission.hold(bytes);
    const counter = host.counterOf(command);
    const startedAt = counter.isTimed ? host.environment.clock.monotonic() : NaN;
    if (command.holdsConnection?.(args) === true) {
      this.#heldBy = task;
      this.#busy = true;
    }
    host.engine.submit(task);
    host.commandsProcessed++;
    counter.count(startedAt, host.environment.clock);
  }

  #run(command: SessionCommand, argv: Arguments): void {
    let args: unknown;
    try {
      args = command.parse(argv, this.context);
    } catch (cause) {
      this.#refuse(command, cause);
      return;
    }
    if (command.runsInTurn === true) {
      const silent = this.#replies.isSilent;
      if (command.holdsConnection === true) this.#busy = true;
      this.#turns.add(new SessionTurn(command, { args, bytes: wordsBytes(argv), silent }, this.protocol));
      return;
    }
    const reply = this.#runNow(command, args);
    if (reply instanceof Promise) this.#hold(command, reply);
    else this.#answer(reply);
  }

  #runNow(command: SessionCommand, args: unknown): Reply | undefined | Promise<Reply | undefined> {
    const host = this.#host;
    const counter = host.counterOf(command);
    const startedAt = counter.isTimed ? host.environment.clock.monotonic() : NaN;
    try {
      const reply = command.run(this.context, args);
      host.commandsProcessed++;
      counter.count(startedAt, host.environment.clock);
      return reply;
    } catch (cause) {
      return this.#failureOf(command, cause);
    }
  }

  #hold(command: SessionCommand, promise: Promise<Reply | undefined>): void {
    const place = new PendingReply(this.protocol);
    const silent = this.#replies.isSilent;
    this.#outbox.append(place);
    this.#busy = true;
    const settle = (reply: Reply | undefined): void => {
      place.done = true;
      if (!silent) place.reply = reply;
      this.#busy = false;
      this.flush();
    };
    promise.then(settle, (cause: unknown) => {
      settle(this.#host.replyToError(cause, this.#host.nameOf(command)));
    });
  }

  #queue(transaction: QueuedTransaction, command: ExecutableCommand, argv: Arguments): void {
    if (transaction.broken) return;
    transaction.commands.push({ command, argv });
    transaction.bytes += wordsBytes(argv);
    if (transaction.bytes > this.#host.parserLimits().queryBufferBytesMax) this.kill();
  }

  /** A command that may not even be queued: the transaction will fail, and at once where the command is EXEC. */
  #reject(argv: Arguments, reply: ErrorReply): void {
    this.#host.countRejection(argv, reply);
    if (this.transaction !== undefined) this.transaction.broken = true;
    if (argv[0]?.toUpperCase() !== 'EXEC') {
      this.#answer(reply);
      return;
    }
    this.transaction = undefined;
    this.unwatch();
    this.#answer(error(`EXECABORT Transaction discarded because of: ${reply.text.replace(/^ERR /, '')}`));
  }

  /** A command that could not be parsed or run. */
  #refuse(command: ExecutableCommand, cause: unknown): void {
    this.#answer(this.#failureOf(command, cause));
  }

  #failureOf(command: ExecutableCommand, cause: unknown): ErrorReply {
    const reply = this.#host.replyToError(cause, this.#host.nameOf(command));
    this.#host.countFailure(command, reply);
    return reply;
  }

  #answer(reply: Reply | undefined): void {
    if (reply === undefined || this.#replies.isSilent) return;
    this.#outbox.answer(reply, this.protocol);
  }

  replyToError(command: DataCommand, cause: unknown): Reply {
    return this.#host.replyToError(cause, this.#host.nameOf(command));
  }

  /** Called by the tasks of this session when they are executed, again too. */
  weigh(task: CommandTask, bytes: number): void {
    this.#host.admission.hold(bytes - task.bytes);
    this.#outbox.weigh(task, bytes);
  }

  /** Called by the tasks of this session: what they push to it goes behind their replies. */
  whileSettling(task: CommandTask, settled: () => void): void {
    this.#outbox.pushingBehind(task, settled);
  }

  /** Called by the tasks of this session. */
  onSettled(task: CommandTask, command: DataCommand, reply: Reply): void {
    this.#host.admission.release(task.bytes);
    if (isError(reply) && task.isRefused) this.#host.countRefusal(command, reply);
    else if (isError(reply)) this.#host.countFailure(command, reply);
    if (task === this.#heldBy) {
      this.#heldBy = undefined;
      this.#busy = false;
    }
    this.#turns.take();
    if (!this.#flushScheduled) this.scheduleFlush();
  }

  /** Called by the task of this session that begins to wait, or goes on: it holds up nobody, and its end is noticed. */
  onBlocked(task: BlockingTask): void {
    this.#outbox.weigh(task, 0);
    if (this.#parser.bufferedBytes <= sentAheadBytesMax) this.#socket.resume();
  }

  push(message: Reply): void {
    if (this.#closing) return;
    this.#outbox.push(message, this.protocol);
    this.closeIfTooFarBehind();
    this.scheduleFlush();
  }

  /** Closes a subscriber for which more waits than may. */
  closeIfTooFarBehind(): void {
    const { environment, outputLimits } = this.#host;
    const limit = this.subscriptions.total > 0 ? outputLimits.pubsub : undefined;
    if (!this.#outputWatch.isPassed(this.#outbox.unreadBytes, limit, environment.clock.monotonic()) || this.#closing)
      return;
    this.#closing = true;
    this.#host.onOutputLimit(this);
    this.kill();
  }

  scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    this.#host.flushSoon(this);
  }

  /** Sends the replies that are due, and goes on with what they held up. */
  flush(): void {
    this.#flushScheduled = false;
    if (this.#closed) return;
    this.#outbox.send();
    if (this.#closing) {
      // After the last byte both directions are closed: a half-open client would hold the connection for ever.
      if (!this.isWaiting) this.#socket.destroySoon();
    } else if (this.#stalled && !this.#processing && this.#mayGoOn()) {
      this.#stalled = false;
      this.#socket.resume();
      this.#process();
    }
  }

  #onClose(): void {
    this.#closed = this.#closing = true;
    this.unwatch();
    this.#blocking?.abandon();
    this.subscriptions.end();
    this.#host.onClosed(this);
  }
}
