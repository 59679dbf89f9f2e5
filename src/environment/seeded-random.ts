/** A pseudo-random generator with a seed: sfc32 (Chris Doty-Humphrey, PractRand). Small, fast, passes its tests. */
import type { Random } from '../environment/environment.ts';

/**
 * A seed of its own for each name (FNV-1a, twice): one seed gives many independent generators, so that what one part
 * draws does not change what another part draws.
 */
export function derivedSeed(seed: number, name: string): number {
  let [high, low] = [0x811c9dc5, 0x9747b28c];
  const text = `${seed}/${name}`;
  for (let i = 0; i < text.length; i++) {
    high = Math.imul(high ^ text.charCodeAt(i), 0x01000193);
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
  }
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0);
}

export function seededRandom(seed: number): Random {
  let a = seed | 0;
  let b = (seed / 2 ** 32) | 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  // The first outputs still show the seed.
  for (let i = 0; i < 15; i++) next();
  return { uint32: next };
}
