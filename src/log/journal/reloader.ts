/**
 * Loads the whole database anew, beside the one that is there, for a node that is too far behind to read on in the log.
 * That may take longer than any command waits: it goes on by itself, and whoever comes next waits for the same. What was
 * loaded is kept until somebody takes it over, as long as the log can be read on from there: it is as large as the
 * database. The log goes on meanwhile, so it is never said to be the newest state.
 */
import type { Environment, Timer } from '../../environment/environment.ts';
import type { Keyspace } from '../../keyspace/keyspace.ts';
import { newLoadProgress, type Deadline, type Failure, type LoadProgress } from '../log.ts';
import type { FoundHead } from './heads.ts';
import type { Loaded } from './loader.ts';

export interface Reloaded {
  readonly kind: 'reloaded';
  readonly keyspace: Keyspace;
  readonly loaded: Loaded;
}

interface ReloaderOptions {
  readonly environment: Environment;
  /** How long what was loaded is worth to be kept. */
  readonly keptMs: () => number;
  readonly newKeyspace: () => Keyspace;
  /** It takes as long as it takes. */
  readonly load: (head: FoundHead, keyspace: Keyspace, progress: LoadProgress) => Promise<Loaded | Failure>;
}

interface Reload {
  readonly progress: LoadProgress;
  readonly result: Promise<Reloaded | Failure>;
  /** Once it is there. */
  reloaded: Reloaded | undefined;
}

export class Reloader {
  readonly #options: ReloaderOptions;
  #reload: Reload | undefined;
  #forgetting: Timer | undefined;

  constructor(options: ReloaderOptions) {
    this.#options = options;
  }

  /** What is being loaded, once it is; begins from this head where nothing is. A failure: not before the deadline. */
  async reload(head: FoundHead, deadline: Deadline): Promise<Reloaded | Failure> {
    const known = this.#reload?.reloaded?.loaded;
    if (known !== undefined && known.tip.next < head.content.log.number) this.finish();
    this.#reload ??= this.#begin(head);
    const { result, progress } = this.#reload;
    return (await this.#within(result, deadline)) ?? notYet(progress);
  }

  /** What was loaded has been taken over, or is of no more use. */
  finish(): void {
    this.#reload = undefined;
    if (this.#forgetting !== undefined) this.#options.environment.timers.clear(this.#forgetting);
    this.#forgetting = undefined;
  }

  #begin(head: FoundHead): Reload {
    const { newKeyspace, load } = this.#options;
    const keyspace = newKeyspace();
    const progress = newLoadProgress();
    const result = load(head, keyspace, progress).then((loaded): Reloaded | Failure => {
      const outcome = loaded.kind === 'loaded' ? ({ kind: 'reloaded', keyspace, loaded } as const) : loaded;
      if (this.#reload === reload) this.#keep(reload, outcome);
      return outcome;
    });
    const reload: Reload = { progress, result, reloaded: undefined };
    return reload;
  }

  #keep(reload: Reload, outcome: Reloaded | Failure): void {
    const { environment, keptMs } = this.#options;
    if (outcome.kind === 'unavailable') {
      this.finish();
      return;
    }
    reload.reloaded = outcome;
    this.#forgetting = environment.timers.set(() => {
      this.finish();
    }, keptMs());
  }

  #within<Result>(result: Promise<Result>, deadline: Deadline): Promise<Result | undefined> {
    const { clock, timers } = this.#options.environment;
    return new Promise((resolve) => {
      const timer = timers.set(
        () => {
          resolve(undefined);
        },
        Math.max(0, deadline - clock.monotonic()),
      );
      void result.then((value) => {
        timers.clear(timer);
        resolve(value);
      });
    });
  }
}

function notYet({ loadedBytes, totalBytes }: LoadProgress): Failure {
  const reason =
    'this node was far behind, and the database is being loaded anew; try again later: ' +
    `loaded_bytes=${loadedBytes} total_bytes=${totalBytes}`;
  return { kind: 'unavailable', reason };
}
