/** How a store says that a request failed; one place, so that all of them say it in the same shape. */
import type { FailureKind, StoreFailure } from './object-store.ts';

export function storeFailure(failure: FailureKind, message: string): StoreFailure {
  return { kind: 'failed', failure, message };
}
