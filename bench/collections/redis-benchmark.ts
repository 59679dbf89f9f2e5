/** One load of `redis-benchmark`: 50 clients, pipelined by 16. */
import { spawnSync } from 'node:child_process';

const clients = 50;
const pipeline = 16;

export interface Load {
  /** Of a test that it has, as for `-t`, or the words of a command, in which `__rand_int__` may stand. */
  readonly test: string | readonly string[];
  readonly commands: number;
  /** `__rand_int__` is below this. */
  readonly random: number;
}

/** @returns commands per second */
export function runLoad(port: number, { test, commands, random }: Load): number {
  const args = ['-p', String(port), '-c', String(clients), '-P', String(pipeline), '-n', String(commands)];
  const what = typeof test === 'string' ? ['-t', test] : test;
  const { stdout, stderr } = spawnSync('redis-benchmark', [...args, '-r', String(random), '--csv', ...what], {
    encoding: 'utf8',
  });
  // The last line is that of the test; those before it may be of what it needs.
  const perSecond = Number(/^".*?","([0-9.]+)"/.exec(stdout.trimEnd().split('\n').at(-1) ?? '')?.[1]);
  if (!(perSecond > 0)) throw new Error(`redis-benchmark said nothing of ${String(test)}: ${stdout}${stderr}`);
  return perSecond;
}
