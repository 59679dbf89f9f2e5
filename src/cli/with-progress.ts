/** Shows how far work has come that only counts, and does not tell. */
import { ProgressLine } from './progress-line.ts';

const lookMs = 200;

/** @param describe how far it has come, in a line */
export async function withProgress<Result>(describe: () => string, work: () => Promise<Result>): Promise<Result> {
  const progress = new ProgressLine();
  const timer = setInterval(() => {
    progress.show(describe);
  }, lookMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    progress.end();
  }
}
