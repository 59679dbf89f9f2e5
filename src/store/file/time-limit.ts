/**
 * Gives up a request to the file system when its time is over. Such a request cannot be called back; what can be is a
 * change that has not begun.
 */
import { storeFailure } from '../failure.ts';
import type { FailureKind, StoreFailure } from '../object-store.ts';

/** A request's way to the step that has an effect. */
export interface Attempt {
  /** Whether the caller has been answered. */
  readonly isOver: () => boolean;
  /** Whether the step has begun, so that the outcome of a failure is unknown. */
  readonly effective: boolean;
  /** Called right before that step. `false`: it must not be taken any more, the caller was told that it was not. */
  begin(): boolean;
  /** The step has failed for certain. */
  undo(): void;
}

/** @param early the kind of failure where the step with the effect had not begun */
export function limit<Result>(
  timeoutMs: number,
  early: FailureKind,
  request: (attempt: Attempt) => Promise<Result>,
): Promise<Result | StoreFailure> {
  let over = false;
  let effective = false;
  const attempt: Attempt = {
    isOver: () => over,
    get effective() {
      return effective;
    },
    begin: () => {
      if (!over) effective = true;
      return !over;
    },
    undo: () => {
      effective = false;
    },
  };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      over = true;
      const failure = effective ? 'unknown' : early;
      resolve(storeFailure(failure, `the disk did not answer in time: timeout_ms=${timeoutMs}`));
    }, timeoutMs);
    request(attempt)
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
      });
  });
}
