/** A load in a process of its own, so that it does not share the event loop with the other work of the bench. */
import { spawn } from 'node:child_process';
import type { LoadOptions, LoadResult } from './load.ts';

const main = new URL('./load-main.ts', import.meta.url).pathname;

/** Rejects where a command was answered with an error. */
export function runInProcess(load: LoadOptions): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', main, JSON.stringify(load)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code !== 0) {
        reject(new Error(`the load generator ended with ${code ?? 'a signal'}: ${output}`));
        return;
      }
      const result = JSON.parse(output) as LoadResult;
      if (result.errors > 0) reject(new Error(`${result.errors} commands were answered with an error`));
      else resolve(result);
    });
  });
}
