/**
 * The partial linearizations that a search has tried, as a tree in which each node knows its predecessor; and for each
 * operation the longest that contains it. What no longest one needs is garbage as soon as the search has left it.
 */
export interface PathNode {
  readonly previous: PathNode | undefined;
  readonly operation: number;
  readonly length: number;
}

/**
 * A picture of more is no use to anybody, and the steps of a long history that can be drawn are bounded anyway. The
 * longest come first, so it is the short ones that are left out.
 */
const pathsMax = 100;
const stepsMax = 1_000_000;

export class LongestPaths {
  readonly #longest = new Map<number, PathNode>();

  /** `path` contains the operation. */
  offer(operation: number, path: PathNode): void {
    if (path.length > (this.#longest.get(operation)?.length ?? 0)) this.#longest.set(operation, path);
  }

  /** The longest first, without doubles and without prefixes of others. */
  orders(): readonly (readonly number[])[] {
    const paths = [...new Set(this.#longest.values())].sort((left, right) => right.length - left.length);
    const drawn = new Set<PathNode>();
    const chosen: PathNode[] = [];
    let steps = 0;
    for (const path of paths) {
      if (drawn.has(path)) continue;
      steps += path.length;
      if (chosen.length > 0 && (chosen.length === pathsMax || steps > stepsMax)) break;
      chosen.push(path);
      for (let node: PathNode | undefined = path; node !== undefined && !drawn.has(node); node = node.previous) {
        drawn.add(node);
      }
    }
    return chosen.map(orderOf);
  }
}

/** The operations along a path. */
export function orderOf(path: PathNode): readonly number[] {
  const order: number[] = [];
  for (let node: PathNode | undefined = path; node !== undefined; node = node.previous) order.push(node.operation);
  return order.reverse();
}
