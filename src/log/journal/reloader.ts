/**
 * Loads the whole database anew, beside the one that is there, for a node that is too far behind to read on in the log.
 * That may take longer than any command waits: it goes on by itself, and whoever comes next waits for the same. What was
 * loaded is kept until somebody takes it over; the log goes on meanwhile, so it is never said to be the newest state.
 */
import type { Environment } from '../../environment/environment.ts';
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
  readonly newKeyspace: () => Keyspace;
  /** It takes as long as it takes. */
  readonly load: (head: FoundHead, keyspace: Keyspace, progress: LoadProgress) => Promise<Loaded | Failure>;
}

interface Reload {
  readonly progress: LoadProgress;
  readonly result: Promise<Reloaded | Failure>;
}

export class Reloader {
  readonly #options: ReloaderOptions;
  #reload: Reload | undefined;

  constructor(options: ReloaderOptions) {
    this.#options = options;
  }

  /** What is being loaded, once it is; begins from this head where nothing is. A failure: not before the deadline. */
  async reload(head: FoundHead, deadline: Deadline): Promise<Reloaded | Failure> {
    this.#reload ??= this.#begin(head);
    const { result, progress } = this.#reload;
    return (await this.#within(result, deadline)) ?? notYet(progress);
  }

  /** What was loaded has been taken over. */
  finish(): void {
    this.#reload = undefined;
  }

  #begin(head: FoundHead): Reload {
    const { newKeyspace, load } = this.#options;
    const keyspace = newKeyspace();
    const progress = newLoadProgress();
    const result = load(head, keyspace, progress).then((loaded): Reloaded | Failure => {
      if (loaded.kind === 'loaded') return { kind: 'reloaded', keyspace, loaded };
      this.#reload = undefined;
      return loaded;
    });
    return { progress, result };
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
