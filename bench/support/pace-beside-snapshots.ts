/** How fast a node takes commands while it writes a snapshot, against while it writes none: by its own INFO. */
import { infoFields } from './servers.ts';

const everyMs = 100;

interface Sample {
  readonly atMs: number;
  readonly commands: number;
  readonly isSnapshotUnderWay: boolean;
}

export class PaceBesideSnapshots {
  readonly #port: number;
  /** In the time with and without a snapshot. */
  readonly #with = { commands: 0, ms: 0 };
  readonly #without = { commands: 0, ms: 0 };
  #isOver = false;
  readonly #sampling: Promise<void>;

  /** Begins to look. */
  constructor(port: number) {
    this.#port = port;
    this.#sampling = this.#sample();
  }

  /** @returns `undefined` where there was no snapshot, or nothing else */
  async end(): Promise<number | undefined> {
    this.#isOver = true;
    await this.#sampling;
    const [during, otherwise] = [this.#with, this.#without].map(({ commands, ms }) => commands / ms) as [
      number,
      number,
    ];
    return this.#with.ms > 0 && this.#without.ms > 0 ? during / otherwise : undefined;
  }

  async #sample(): Promise<void> {
    let before = await this.#look();
    while (!this.#isOver) {
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      const now = await this.#look();
      // In between it has begun or ended.
      if (now.isSnapshotUnderWay === before.isSnapshotUnderWay) {
        const sum = now.isSnapshotUnderWay ? this.#with : this.#without;
        sum.commands += now.commands - before.commands;
        sum.ms += now.atMs - before.atMs;
      }
      before = now;
    }
  }

  async #look(): Promise<Sample> {
    const fields = await infoFields(this.#port, ['rdb_bgsave_in_progress', 'total_commands_processed']);
    const [underWay, commands] = fields as [string, string];
    return { atMs: performance.now(), commands: Number(commands), isSnapshotUnderWay: underWay === '1' };
  }
}
