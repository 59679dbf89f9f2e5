/** The part of the package that is used here; it brings no types of its own. */
declare module 'fs-native-extensions' {
  /** Does not wait: `false` where another open file holds the lock. */
  export function tryLock(fd: number): boolean;
  export function unlock(fd: number): void;
}
