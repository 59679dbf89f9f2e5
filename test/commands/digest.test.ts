import { beforeEach, describe, expect, it } from 'vitest';
import { error, ok, simple } from '../../src/resp/reply.ts';
import { CommandRunner } from '../support/command-runner.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestNode } from '../support/test-node.ts';

let runner: CommandRunner;
beforeEach(() => {
  runner = new CommandRunner();
});

function run(line: string): unknown {
  return runner.run(...line.split(' '));
}

const nothing = simple('0'.repeat(40));

describe('DEBUG DIGEST-VALUE', () => {
  it.each([
    ['SADD', 'a b c', 'c a b'],
    ['HSET', 'f 1 g 2', 'g 2 f 1'],
    ['ZADD', '1 a 2 b', '2 b 1 a'],
    ['RPUSH', 'a b', 'a b'],
    ['SET', '1', '1'],
  ])('is that of what a key holds, whatever way it came there: %s', (name, one, other) => {
    run(`${name} one ${one}`);
    run(`${name} other ${other}`);
    const [first, second, missing] = run('DEBUG DIGEST-VALUE one other missing') as unknown[];
    expect(first).toEqual(second);
    expect(first).not.toEqual(nothing);
    expect(missing).toEqual(nothing);
    run('PEXPIRE other 1000');
    expect(run('DEBUG DIGEST-VALUE other')).not.toEqual([first]);
  });

  it('tells orders of a list apart, and types', () => {
    run('RPUSH one a b');
    run('RPUSH two b a');
    run('SADD three a b');
    const digests = run('DEBUG DIGEST-VALUE one two three') as { text: string }[];
    expect(new Set(digests.map((digest) => JSON.stringify(digest))).size).toBe(3);
  });
});

describe('DEBUG DIGEST', () => {
  it('is that of all databases: which key holds what, where', () => {
    expect(run('DEBUG DIGEST')).toEqual(nothing);
    run('MSET a 1 b 2');
    const digest = run('DEBUG DIGEST');
    run('MSET a 2 b 1');
    expect(run('DEBUG DIGEST')).not.toEqual(digest);
    run('FLUSHALL');
    run('MSET b 2 a 1');
    expect(run('DEBUG DIGEST')).toEqual(digest);
    run('MOVE a 1');
    expect(run('DEBUG DIGEST')).not.toEqual(digest);
    run('FLUSHALL');
    expect(run('DEBUG DIGEST')).toEqual(nothing);
  });

  it('is answered by a node, and counted as DEBUG', async () => {
    const node = await startTestNode();
    const client = await RawClient.connect(node.port);
    expect(await client.call('DEBUG', 'digest')).toEqual(nothing);
    expect(await client.call('DEBUG', 'DIGEST-VALUE', 'a')).toEqual([nothing]);
    expect(await client.call('DEBUG', 'RELOAD')).toEqual(ok);
    expect(await client.call('INFO', 'commandstats')).toMatch(/cmdstat_debug:calls=3,/);
    client.close();
    await node.drain();
  });

  it('takes no more words', () => {
    expect(run('DEBUG DIGEST x')).toEqual(
      error("ERR unknown subcommand or wrong number of arguments for 'DIGEST'. Try DEBUG HELP."),
    );
  });
});
