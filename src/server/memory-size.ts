/** Sizes of memory as Valkey's configuration writes them, and as its `INFO` shows them. */

/** `k` is 1000 bytes, `kb` 1024. */
const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 2 ** 10,
  m: 1e6,
  mb: 2 ** 20,
  g: 1e9,
  gb: 2 ** 30,
};

/** In bytes; `undefined`: it is no size. */
export function parseMemorySize(text: string): number | undefined {
  const match = /^(\d{0,15})([a-z]*)$/i.exec(text);
  const unit = units[match?.[2]?.toLowerCase() ?? '?'];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}

/** `100B`, `1.50K`, `2.00M`. */
export function formatMemorySize(bytes: number): string {
  const letters = ['B', 'K', 'M', 'G', 'T', 'P'];
  const exponent = Math.min(Math.floor(Math.log2(Math.max(1, bytes)) / 10), letters.length - 1);
  const letter = letters[exponent] as string;
  return exponent === 0 ? `${bytes}${letter}` : `${(bytes / 1024 ** exponent).toFixed(2)}${letter}`;
}
