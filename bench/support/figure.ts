/** One of the figures that the project has set itself for the `journal` layout. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  /** Left out: it is only told. */
  readonly goal?: { readonly text: string; readonly isReached: boolean };
}

export function printFigures(figures: readonly Figure[]): void {
  for (const { what, measured, goal } of figures) {
    const verdict = goal === undefined ? '' : `   goal ${goal.text}: ${goal.isReached ? 'reached' : 'NOT REACHED'}`;
    console.log(`  ${`${what}:`.padEnd(62)} ${measured}${verdict}`);
  }
}

export function atLeast(ratio: number, least: number): Pick<Figure, 'measured' | 'goal'> {
  return {
    measured: `${ratio.toFixed(2)} ×`,
    goal: { text: `at least ${least} ×`, isReached: ratio >= least },
  };
}

export function atMost(ratio: number, most: number): Pick<Figure, 'measured' | 'goal'> {
  return { measured: `${ratio.toFixed(2)} ×`, goal: { text: `at most ${most} ×`, isReached: ratio <= most } };
}

export function atMostMs(ms: number, most: number): Pick<Figure, 'measured' | 'goal'> {
  return {
    measured: `${ms.toFixed(1)} ms`,
    goal: { text: `at most ${most.toFixed(1)} ms`, isReached: ms <= most },
  };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
