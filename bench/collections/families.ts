/** The usual commands on collections, this node beside redis-server, in turns. */
import { atLeast, median, type Figure } from '../support/figure.ts';
import { startRedis, startValthree } from '../support/servers.ts';
import { runLoad, type Load } from './redis-benchmark.ts';

const rounds = 5;
const least = 0.4;
const random = 100_000;

function loads(quick: boolean): readonly { readonly name: string; readonly load: Load }[] {
  const commands = quick ? 50_000 : 300_000;
  const ofTest = (name: string, test: Load['test'], share = 1): { readonly name: string; readonly load: Load } => ({
    name,
    load: { test, commands: commands * share, random },
  });
  return [
    ofTest('LPUSH', 'lpush'),
    ofTest('RPOP', 'rpop'),
    ofTest('SADD', 'sadd'),
    ofTest('HSET', 'hset'),
    ofTest('ZADD', ['zadd', 'zset', '__rand_int__', 'member:__rand_int__']),
    ofTest('ZRANGE 0 9', ['zrange', 'zset', '0', '9']),
    ofTest('LRANGE_100', 'lrange_100', 1 / 5),
  ];
}

export async function compareFamilies(quick: boolean): Promise<Figure[]> {
  const ours = await startValthree(['--store', 'memory:']);
  const theirs = await startRedis(false);
  try {
    return loads(quick).map(({ name, load }) => {
      process.stderr.write(`\r${name}`.padEnd(60));
      const ratios: number[] = [];
      for (let round = 0; round <= rounds; round++) {
        const ratio = runLoad(ours.port, load) / runLoad(theirs.port, load);
        // The first round warms up.
        if (round > 0) ratios.push(ratio);
      }
      process.stderr.write('\r'.padEnd(60));
      return { what: `${name}, 50 clients pipelined by 16, against redis-server`, ...atLeast(median(ratios), least) };
    });
  } finally {
    await ours.stop();
    await theirs.stop();
  }
}
