/**
 * The log of a database whose layout is not known before it is opened: it is chosen when the database is created, and
 * recognised from then on. One object decides, that of the database's own name: a head, or the whole database.
 */
import type { Keyspace } from '../keyspace/keyspace.ts';
import { looksLikeHead } from './journal/head.ts';
import { JournalLog, type JournalLogOptions } from './journal/journal-log.ts';
import { Requests } from './journal/requests.ts';
import type {
  AppendOutcome,
  Commit,
  Deadline,
  LoadProgress,
  Log,
  OpenOutcome,
  SnapshotStatistics,
  TurnStatistics,
  VerifyOutcome,
} from './log.ts';
import { PlainLog } from './plain/plain-log.ts';

export const layouts = ['journal', 'plain'] as const;
export type Layout = (typeof layouts)[number];

export interface RecognisingLogOptions extends JournalLogOptions {
  /** Of a database that does not exist yet. */
  readonly layout: Layout;
}

export class RecognisingLog implements Log {
  /** As recognised; before that, as it would be created. */
  layout: Layout;
  readonly #options: RecognisingLogOptions;
  #log: Log | undefined;

  constructor(options: RecognisingLogOptions) {
    this.#options = options;
    this.layout = options.layout;
  }

  get pipelineDepth(): number {
    return this.#opened.pipelineDepth;
  }

  get retries(): number {
    return this.#log?.retries ?? 0;
  }

  get snapshots(): SnapshotStatistics | undefined {
    return this.#log?.snapshots;
  }

  get turns(): TurnStatistics | undefined {
    return this.#log?.turns;
  }

  async open(keyspace: Keyspace, deadline: Deadline, progress?: LoadProgress): Promise<OpenOutcome> {
    const { name } = this.#options;
    const result = await new Requests(this.#options).get(name, deadline);
    if (result.kind === 'unavailable') return result;
    if (result.kind === 'found') this.layout = looksLikeHead(result.body) ? 'journal' : 'plain';
    const options = { ...this.#options, mustExist: result.kind === 'found' };
    if (this.layout === 'journal') {
      this.#log = new JournalLog(options);
      return this.#log.open(keyspace, deadline, progress);
    }
    this.#log = new PlainLog(options);
    const bytes = result.kind === 'found' ? result.body.length : 0;
    if (progress !== undefined) progress.totalBytes = bytes;
    const outcome = await this.#log.open(keyspace, deadline);
    if (progress !== undefined) progress.loadedBytes = bytes;
    return outcome;
  }

  append(commit: Commit, deadline: Deadline): Promise<AppendOutcome> {
    return this.#opened.append(commit, deadline);
  }

  verify(deadline: Deadline): Promise<VerifyOutcome> {
    return this.#opened.verify(deadline);
  }

  async close(): Promise<void> {
    await this.#log?.close();
  }

  get #opened(): Log {
    if (this.#log === undefined) throw new Error('the log is not open');
    return this.#log;
  }
}
