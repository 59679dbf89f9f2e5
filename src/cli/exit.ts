/** How the program ends: 0 clean, 1 something failed at run time, 2 it was called wrongly. See docs/operations.md. */
export const exitCodes = { ok: 0, failure: 1, usage: 2 } as const;

/** Called wrongly: one line, and exit code 2. */
export class UsageError extends Error {}

/** Something failed at run time: one line, and the exit code. */
export function fail(reason: string): number {
  process.stderr.write(`valthree: ${reason}\n`);
  return exitCodes.failure;
}
