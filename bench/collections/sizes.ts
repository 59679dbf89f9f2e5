/** The same commands on a small collection and on a large one, in turns. */
import { connect } from 'node:net';
import { atMost, median, type Figure } from '../support/figure.ts';
import { startValthree } from '../support/servers.ts';
import { runLoad } from './redis-benchmark.ts';

const smallSize = 1000;
const rounds = 5;
const most = 2;
const batchSize = 1000;

/** How a collection is filled, and the command that is measured; its key comes first. */
interface Sized {
  readonly what: string;
  readonly fill: (key: string, from: number, to: number) => readonly string[];
  readonly commands: (key: string) => readonly (readonly string[])[];
}

const numbers = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, i) => String(from + i).padStart(12, '0'));

const sized: readonly Sized[] = [
  {
    what: 'ZADD and ZRANK, sorted set',
    fill: (key, from, to) => ['ZADD', key, ...numbers(from, to).flatMap((number) => [number, `member:${number}`])],
    commands: (key) => [
      ['zadd', key, '__rand_int__', 'member:__rand_int__'],
      ['zrank', key, 'member:__rand_int__'],
    ],
  },
  {
    what: 'HSET, hash',
    fill: (key, from, to) => ['HSET', key, ...numbers(from, to).flatMap((number) => [`field:${number}`, 'value'])],
    commands: (key) => [['hset', key, 'field:__rand_int__', 'other']],
  },
  {
    what: 'LPUSH, list',
    fill: (key, from, to) => ['RPUSH', key, ...numbers(from, to)],
    commands: (key) => [['lpush', key, 'element']],
  },
];

export async function compareSizes(quick: boolean): Promise<Figure[]> {
  const largeSize = quick ? 100_000 : 1_000_000;
  const commands = quick ? 30_000 : 200_000;
  const node = await startValthree(['--store', 'memory:']);
  const figures: Figure[] = [];
  try {
    for (const { what, fill, commands: commandsOn } of sized) {
      await fillOne(node.port, 'small', smallSize, fill);
      await fillOne(node.port, 'large', largeSize, fill);
      const seconds = (key: string, random: number): number =>
        commandsOn(key).reduce((sum, test) => sum + commands / runLoad(node.port, { test, commands, random }), 0);
      const ratios: number[] = [];
      for (let round = 0; round <= rounds; round++) {
        const ratio = seconds('large', largeSize) / seconds('small', smallSize);
        if (round > 0) ratios.push(ratio);
      }
      const sizes = `of ${largeSize.toLocaleString('en')} against ${smallSize.toLocaleString('en')}`;
      figures.push({ what: `${what} ${sizes}, time`, ...atMost(median(ratios), most) });
      await send(node.port, ['FLUSHALL']);
    }
    return figures;
  } finally {
    await node.stop();
  }
}

async function fillOne(port: number, key: string, size: number, fill: Sized['fill']): Promise<void> {
  for (let from = 0; from < size; from += batchSize)
    await send(port, fill(key, from, Math.min(size, from + batchSize)));
}

/** One command, whose reply must be no error. */
function send(port: number, words: readonly string[]): Promise<void> {
  const request = words.map((word) => `$${word.length}\r\n${word}\r\n`).join('');
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`*${words.length}\r\n${request}`, 'latin1'));
    socket.once('data', (data) => {
      socket.destroy();
      if (data[0] === '-'.charCodeAt(0)) reject(new Error(data.toString('latin1')));
      else resolve();
    });
    socket.once('error', reject);
  });
}
