/** The directory where a command writes what it has found. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { UsageError } from './exit.ts';

/** Makes it, where it is not there. Called before any work is done: hours later would be too late to say that it cannot. */
export function prepareArtifacts(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`--artifacts is no directory that can be written to, give another one: ${why}`);
  }
}
