/** A bug to be planted in a copy of the sources. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** A test that must find it where the simulator, which has no disk, cannot. */
  readonly test?: string;
}
