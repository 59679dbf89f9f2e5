/** What LOLWUT draws: a bucket, and what falls into it. */
import type { Random } from '../../environment/environment.ts';

const width = 36;
const rainHeight = 5;
const drops = "'.`,:";

export function drawing(random: Random, version: string): string {
  const rain = Array.from({ length: rainHeight }, () =>
    Array.from({ length: width }, () =>
      random.uint32() % 9 === 0 ? (drops[random.uint32() % drops.length] as string) : ' ',
    )
      .join('')
      .trimEnd(),
  );
  const levels = Array.from({ length: 4 }, (_, depth) => {
    const inset = ' '.repeat(6 + depth);
    const inner = width - 14 - 2 * depth;
    const surface = depth === 0 ? '~' : '≈';
    return `${inset}\\${surface.repeat(inner)}/`;
  });
  const bottom = `${' '.repeat(10)}\\${'_'.repeat(width - 22)}/`;
  const picture = [...rain, ...levels, bottom].join('\n');
  return Buffer.from(`${picture}\n\nEvery key is a drop in the bucket. Valthree, as Valkey ver. ${version}\n`).toString(
    'latin1',
  );
}
