/** How far a node has come with loading its database: a line on a terminal, else lines in the log. */
import type { LoadingEstimate } from '../server/loading-estimate.ts';
import type { Logger } from '../server/logger.ts';
import { ProgressLine } from './progress-line.ts';

/** Between two lines in the log; what takes less is not worth one. */
const logMs = 5000;

export class LoadingReport {
  readonly #logger: Logger;
  readonly #line = process.stderr.isTTY ? new ProgressLine() : undefined;
  #loggedAt = performance.now();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  show(estimate: LoadingEstimate): void {
    this.#line?.show(() => describeLoading(estimate));
    if (this.#line !== undefined || performance.now() - this.#loggedAt < logMs) return;
    this.#loggedAt = performance.now();
    const { keys, loadedBytes, totalBytes, secondsLeft } = estimate;
    this.#logger.info({ keys, loadedBytes, totalBytes, secondsLeft }, 'loading the database');
  }

  end(): void {
    this.#line?.end();
  }
}

function describeLoading({ keys, loadedBytes, totalBytes, secondsLeft }: LoadingEstimate): string {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const bytes = `${megabytes(loadedBytes)} of ${megabytes(totalBytes)} MB`;
  return `loading the database: ${keys.toLocaleString('en')} keys, ${bytes}, about ${secondsLeft} s left`;
}
