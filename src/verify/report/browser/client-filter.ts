/** Which clients are shown, as a person writes it: `1 3 5-9`, with spaces or commas; nothing means all. */

/** `undefined`: this cannot be read. */
export function parseClientFilter(text: string): ((process: number) => boolean) | undefined {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  const ranges: (readonly [number, number])[] = [];
  for (const part of parts) {
    const [, from, to = from] = /^(-?\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (from === undefined) return undefined;
    ranges.push([Number(from), Number(to)]);
  }
  return (process) => ranges.length === 0 || ranges.some(([from, to]) => from <= process && process <= to);
}
