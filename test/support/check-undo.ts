/**
 * What must hold for any commands: they are undone without a trace, their effects alone do the same elsewhere, and run
 * again they answer the same.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Effect } from '../../src/keyspace/effect.ts';
import { Keyspace, newRecording } from '../../src/keyspace/keyspace.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { CommandRunner, isSubmitted, type Submitted } from './command-runner.ts';
import { unordered } from './unordered.ts';

/** Commands, and how much time passes before each. */
export type History = readonly { readonly words: readonly string[]; readonly pauseMs: number }[];

/** These commands among some that let keys expire on the way. */
export function historyOf(commands: fc.Arbitrary<string[][]>): fc.Arbitrary<History> {
  return fc
    .tuple(
      commands,
      fc.array(
        fc.oneof(
          fc
            .tuple(fc.constantFrom('PEXPIRE', 'PSETEX'), fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '50'))
            .map(([name, key, ms]) => (name === 'PSETEX' ? [name, key, ms, 'v'] : [name, key, ms])),
          fc.constantFrom(['FLUSHALL'], ['KEYS', '*'], ['DBSIZE'], ['EXPIRE', 'a', '1', 'LT'], ['TTL', 'b']),
        ),
        { maxLength: 20 },
      ),
      fc.array(fc.constantFrom(0, 0, 1, 30, 1000), { minLength: 1, maxLength: 20 }),
    )
    .map(([main, extra, pauses]) => {
      const mixed = main.flatMap((command, index) => [command, ...extra.slice(index, index + 1)]);
      return mixed.map((words, index) => ({ words, pauseMs: pauses[index % pauses.length] as number }));
    });
}

function play(runner: CommandRunner, history: History): Effect[] {
  return history.flatMap(({ words, pauseMs }) => {
    runner.now += pauseMs;
    runner.run(...words);
    return runner.effects;
  });
}

/** @param speculative what runs after the others, and is undone */
export function checkUndo(before: History, speculative: History): void {
  const runner = new CommandRunner();
  const { keyspace } = runner;
  const copy = new Keyspace();
  for (const effect of play(runner, before)) copy.apply(effect);
  const dump = keyspace.dump();
  expect(copy.dump()).toEqual(dump);

  const client = runner.connect();
  const recording = newRecording();
  const executed: { at: number; submitted: Submitted; reply: Reply }[] = [];
  for (const { words, pauseMs } of speculative) {
    runner.now += pauseMs;
    const submitted = client.submit(...words);
    if (!isSubmitted(submitted)) continue;
    executed.push({ at: runner.now, submitted, reply: submitted.execute(recording) });
  }
  const after = keyspace.dump();
  for (const effect of recording.effects) copy.apply(effect);
  expect(copy.dump()).toEqual(after);

  keyspace.rollback(recording);
  expect(keyspace.dump()).toEqual(dump);

  for (const { at, submitted, reply } of executed) {
    runner.now = at;
    expect(unordered(submitted.execute(recording))).toBe(unordered(reply));
  }
  expect(keyspace.dump()).toEqual(after);
}
