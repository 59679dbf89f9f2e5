/** What the search tries in turn: long runs of uncertain operations are rarely what a history needs, and there are many. */
export interface Attempt {
  /** The longest run of uncertain operations. */
  readonly runMax: number;
  /** Only those that some answer shows. To leave others out is always legal, so what is found so is found. */
  readonly shownOnly: boolean;
}

export const attempts: readonly Attempt[] = [
  { runMax: 1, shownOnly: true },
  { runMax: 2, shownOnly: true },
  { runMax: 1, shownOnly: false },
  { runMax: 2, shownOnly: false },
  { runMax: 4, shownOnly: false },
  { runMax: Infinity, shownOnly: false },
];
