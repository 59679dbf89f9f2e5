/** Measures operations on a small structure and a large one. */

/** What it is called, and one run of it, which leaves the structure about as large as it was. */
export type Operation<S> = readonly [name: string, run: (structure: S) => unknown];

const sizes = [1000, 1_000_000];
const runs = 30_000;
const rounds = 5;

/** Prints a table, in time of the processor, of the best of some rounds: other work on the machine only adds to it. */
export function compare<S>(operations: readonly Operation<S>[], make: (size: number) => S): void {
  const structures = sizes.map(make);
  const head = sizes.map((size) => size.toLocaleString('en').padStart(12)).join('');
  console.log(`${'nanoseconds at a size of'.padEnd(44)}${head}       ratio`);
  for (const [name, run] of operations) {
    const figures = structures.map((structure) => nanosecondsOf(() => run(structure)));
    const ratio = (figures[1] as number) / (figures[0] as number);
    const columns = figures.map((figure) => figure.toFixed(0).padStart(12)).join('');
    console.log(`${name.padEnd(44)}${columns}${ratio.toFixed(1).padStart(12)}`);
  }
}

function nanosecondsOf(run: () => unknown): number {
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const startedAt = process.cpuUsage();
    for (let i = 0; i < runs; i++) run();
    const { user, system } = process.cpuUsage(startedAt);
    best = Math.min(best, ((user + system) * 1000) / runs);
  }
  return best;
}
