import { beforeEach, describe, expect, it } from 'vitest';
import { newRecording, type Recording } from '../../src/keyspace/keyspace.ts';
import { error, nullArray, ok, simple, type Reply } from '../../src/resp/reply.ts';
import { CommandRunner, isSubmitted, type RunnerClient, type Submitted } from '../support/command-runner.ts';

let runner: CommandRunner;
let other: RunnerClient;
beforeEach(() => {
  runner = new CommandRunner();
  other = runner.connect();
});

function run(line: string, client = runner.client): Reply {
  return client.run(...line.split(' '));
}
function runAll(...lines: string[]): Reply {
  return lines.map((line) => run(line)).at(-1)!;
}

describe('EXEC', () => {
  it('runs what was queued, in order, and answers every reply', () => {
    expect(run('MULTI')).toEqual(ok);
    expect(run('SET a 1')).toEqual(simple('QUEUED'));
    expect(run('GET a', other)).toBeNull();
    runAll('INCR a', 'GET a');
    expect(run('EXEC')).toEqual([ok, 2, '2']);
    expect(run('EXEC')).toEqual(error('ERR EXEC without MULTI'));
    expect(runAll('MULTI', 'EXEC')).toEqual([]);
    expect(runner.effects).toEqual([]);
  });

  it('goes on after a command that fails', () => {
    runAll('MULTI', 'SET a x', 'INCR a', 'EXPIRE a x', 'SET b 1');
    runner.run('CLIENT', 'SETNAME', 'with space');
    const notAnInteger = error('ERR value is not an integer or out of range');
    expect(run('EXEC')).toEqual([
      ok,
      notAnInteger,
      notAnInteger,
      ok,
      error('ERR Client names cannot contain spaces, newlines or special characters.'),
    ]);
    expect(runner.keyspace.size).toBe(2);
  });

  it.each(['NOSUCH', 'GET', 'CLIENT NOSUCH', 'MULTI', 'WATCH a'])(
    'runs nothing after %s could not be queued',
    (line) => {
      runAll('MULTI', 'SET a 1');
      expect(run(line)).toMatchObject({ kind: 'error' });
      expect(runAll('SET b 1', 'EXEC')).toEqual(error('EXECABORT Transaction discarded because of previous errors.'));
      expect(runner.keyspace.size).toBe(0);
      expect(run('SET a 1')).toEqual(ok);
    },
  );

  it('runs nothing after DISCARD', () => {
    expect(run('DISCARD')).toEqual(error('ERR DISCARD without MULTI'));
    expect(runAll('MULTI', 'SET a 1', 'DISCARD')).toEqual(ok);
    expect(run('GET a')).toBeNull();
  });

  it('follows SELECT, which holds afterwards', () => {
    expect(runAll('MULTI', 'SET a 0', 'SELECT 1', 'SET a 1', 'COPY a b', 'SELECT 99', 'COPY a c DB 2', 'EXEC')).toEqual(
      [ok, ok, ok, 1, error('ERR DB index is out of range'), 1],
    );
    expect(runner.client.session.db).toBe(1);
    expect(runner.keyspace.dump().map(([db, key, value]) => [db, key, value])).toEqual([
      [0, 'a', '0'],
      [1, 'a', '1'],
      [1, 'b', '1'],
      [2, 'c', '1'],
    ]);
  });
});

describe('WATCH', () => {
  function exec(): Reply {
    return runAll('MULTI', 'SET done 1', 'EXEC');
  }

  it.each([
    'SET a 2',
    'DEL a',
    'APPEND a x',
    'EXPIRE a 10',
    'RENAME a x',
    'RENAME b a',
    'COPY b a REPLACE',
    'MOVE a 1',
    'SETRANGE a 0 1',
    'FLUSHALL',
    'FLUSHDB',
    'SWAPDB 0 1',
    'GETDEL a',
    'PEXPIREAT a 1',
  ])('stops the transaction after %s', (line) => {
    runAll('MSET a 1 b 2', 'WATCH a');
    run(line, other);
    expect(exec()).toEqual(nullArray);
    expect(exec()).toEqual([ok]);
  });

  it.each(['GET a', 'SETNX a 2', 'SET c 1', 'COPY a c', 'SWAPDB 1 2', 'PERSIST a', 'SETRANGE missing 1 x'])(
    'lets it run after %s',
    (line) => {
      runAll('MSET a 1 b 2', 'WATCH a');
      run(line, other);
      expect(exec()).toEqual([ok]);
    },
  );

  it('of a missing key does not mind that the others go', () => {
    runAll('SET b 1', 'WATCH a');
    for (const line of ['FLUSHDB', 'SET b 1', 'SWAPDB 0 1']) run(line, other);
    expect(exec()).toEqual([ok]);
  });

  it('of a missing key does not mind a key that has expired in its place', () => {
    for (const stale of [['SELECT 1', 'SET a 1 PX 10', 'SELECT 0'], ['SET a 1 PX 10']]) {
      runAll('FLUSHALL', 'SET b 1', ...stale);
      runner.now += 10;
      run('WATCH a');
      run('SWAPDB 0 1', other);
      expect(exec()).toEqual([ok]);
    }
  });

  it('is in the database that was selected', () => {
    runAll('SELECT 1', 'WATCH a', 'SELECT 0');
    run('SET a 1', other);
    expect(exec()).toEqual([ok]);
    runAll('SELECT 1', 'WATCH a', 'SELECT 0');
    run('SELECT 1', other);
    run('SET a 1', other);
    expect(exec()).toEqual(nullArray);
  });

  it('sees a key expire, but not one that had expired before', () => {
    runAll('SET a 1 PX 10', 'WATCH a');
    runner.now += 10;
    expect(exec()).toEqual(nullArray);
    run('SET a 1 PX 10');
    runner.now += 10;
    run('WATCH a');
    expect(exec()).toEqual([ok]);
  });

  it.each(['UNWATCH', 'DISCARD', 'RESET'])('ends with %s', (line) => {
    runAll('SET a 1', 'WATCH a', ...(line === 'DISCARD' ? ['MULTI'] : []), line);
    run('SET a 2', other);
    expect(exec()).toEqual([ok]);
  });

  it('is ended by a transaction that fails, too', () => {
    runAll('WATCH a', 'MULTI', 'NOSUCH', 'EXEC');
    run('SET a 1', other);
    expect(exec()).toEqual([ok]);
  });
});

/** What the engine does after a conflict: all back, the changes of another node, all again. */
describe('after a conflict', () => {
  let recording: Recording;
  let submitted: Submitted[];
  beforeEach(() => {
    recording = newRecording();
    submitted = [];
  });

  function submit(line: string, client = runner.client): Reply {
    const outcome = client.submit(...line.split(' '));
    if (!isSubmitted(outcome)) return outcome;
    submitted.push(outcome);
    return outcome.execute(recording);
  }

  function conflict(line?: string): Reply[] {
    runner.keyspace.rollback(recording);
    if (line !== undefined) run(line, other);
    return submitted.map((each) => each.execute(recording));
  }

  function settle(replies: readonly Reply[]): Reply[] {
    return replies.map((reply, index) => submitted[index]!.settle(reply));
  }

  it('a transaction runs again, on the new state', () => {
    for (const line of ['MULTI', 'INCR a', 'SELECT 1', 'INCR a', 'CLIENT SETNAME me']) submit(line);
    submit('EXEC');
    expect(runner.client.session.db, 'SELECT waits').toBe(0);
    const replies = settle(conflict('SET a 41'));
    expect(replies).toEqual([[42, ok, 1, ok]]);
    expect(runner.client.session).toMatchObject({ db: 1, name: 'me' });
    expect(runner.keyspace.dump().map(([db, key, value]) => [db, key, value])).toEqual([
      [0, 'a', '42'],
      [1, 'a', '1'],
    ]);
  });

  it('a watch that another node trips stops the transaction, and its SELECT does not happen', () => {
    run('WATCH a');
    for (const line of ['MULTI', 'SET b 1', 'SELECT 1']) submit(line);
    expect(submit('EXEC')).toEqual([ok, null]);
    expect(settle(conflict('SET a 1'))).toEqual([nullArray]);
    expect(runner.client.session.db).toBe(0);
    expect(runner.keyspace.dump().map(([, key]) => key)).toEqual(['a']);
  });

  it('a WATCH that is run again watches what it now sees', () => {
    run('SET a 1');
    submit('WATCH a');
    submit('MULTI');
    submit('SET b 1');
    submit('EXEC');
    expect(settle(conflict('SET a 2'))).toEqual([ok, [ok]]);
  });

  it('a change between WATCH and EXEC in the same round still stops the transaction', () => {
    submit('WATCH a');
    submit('SET a 1', other);
    submit('MULTI');
    expect(submit('EXEC')).toEqual(nullArray);
    expect(settle(conflict())).toEqual([ok, ok, nullArray]);
  });

  it('nothing is watched any more when all is settled', () => {
    submit('WATCH a a b');
    submit('WATCH a');
    submit('MULTI');
    submit('EXEC');
    settle(conflict());
    const touched: string[] = [];
    for (let db = 0; db < 16; db++) {
      runner.keyspace.watches.touchWhere(db, (key) => {
        touched.push(key);
        return true;
      });
    }
    expect(touched).toEqual([]);
  });
});
