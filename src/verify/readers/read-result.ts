/** What a reader makes of a text: a history, and where its operations stand in the text, for messages about them. */
import type { History } from '../history.ts';

export interface ReadResult {
  readonly history: History;
  /** The line of the operation with this index. */
  readonly lineOf: (operation: number) => number;
}
