/** How far a node has come with loading its database, and how long it may take yet; for `INFO` and for the log. */
import type { NodeServer } from './node-server.ts';

export interface LoadingEstimate {
  readonly keys: number;
  readonly totalBytes: number;
  readonly loadedBytes: number;
  readonly percent: number;
  readonly secondsLeft: number;
}

export function loadingEstimate({ engine, keyspace, loadingSince, environment }: NodeServer): LoadingEstimate {
  const { totalBytes, loadedBytes } = engine.loading;
  const elapsedMs = Math.max(0, environment.clock.now() - loadingSince);
  const msLeft = (elapsedMs * (totalBytes - loadedBytes)) / (loadedBytes + 1);
  return {
    keys: keyspace.size,
    totalBytes,
    loadedBytes,
    percent: totalBytes === 0 ? 0 : (loadedBytes / totalBytes) * 100,
    // As in Valkey, a second where nothing can be said yet.
    secondsLeft: loadedBytes === 0 ? 1 : Math.ceil(msLeft / 1000),
  };
}
