/**
 * Runs Valkey's own tests against a node: `npm run valkey-suite -- --suite DIR`, where DIR is a checkout of Valkey, with
 * `--single unit/type/set` for some units only, `--tags "-needs:debug"` for some tests and `--skip NAME` without one. It
 * starts a node with an empty memory store for each unit, and prints what passed and what failed. The checkout is left
 * as it is: the tests run in a copy, without what their preparation wants of every server and this one has not.
 *
 * What fails between two tests ends its unit: that is told as well.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = new URL('..', import.meta.url).pathname;
const unitsByDefault = [
  ...['string', 'incr', 'hash', 'list', 'list-2', 'list-3', 'set', 'zset'].map((name) => `unit/type/${name}`),
  ...['keyspace', 'scan', 'sort', 'expire', 'dump', 'multi', 'pubsub'].map((name) => `unit/${name}`),
  ...['protocol', 'info-command', 'introspection', 'introspection-2'].map((name) => `unit/${name}`),
];
/** They end halfway, and leave a setting, a transaction or a subscriber behind that others fail by. */
const skippedByDefault = [
  'SRANDMEMBER with a dict containing long chain',
  'command stats for MULTI',
  'Keyspace notifications: stream events test',
  'Keyspace notifications: evicted events',
  'publish to self inside script',
];
/** Replication, saving and server processes of their own are nothing that a node has. */
const tagsByDefault = '-needs:repl -needs:save -needs:reset';
const minutesMax = 8;

const { values: options } = parseArgs({
  options: {
    suite: { type: 'string' },
    single: { type: 'string', multiple: true, default: unitsByDefault },
    tags: { type: 'string', default: tagsByDefault },
    skip: { type: 'string', multiple: true, default: skippedByDefault },
  },
});
if (options.suite === undefined) throw new Error('which checkout of Valkey? --suite DIR');

interface Outcome {
  readonly passed: ReadonlySet<string>;
  /** By the test: why. */
  readonly failed: ReadonlyMap<string, string>;
  /** Of what happened outside of any test, or where time was up. */
  readonly end: string | undefined;
}

const suite = copyOf(resolve(options.suite));
try {
  for (const unit of options.single) report(unit, await onNode((port) => runUnit(unit, port)));
} finally {
  rmSync(suite, { recursive: true, force: true });
}

/** Of its own, as units leave settings behind. */
async function onNode<T>(run: (port: number) => Promise<T>): Promise<T> {
  const port = await freePort();
  const node = spawn(
    process.execPath,
    [join(root, 'dist/cli/main.js'), 'serve', '--store', 'memory:', '--addr', `127.0.0.1:${port}`],
    { stdio: 'ignore' },
  );
  try {
    await listening(node, port);
    return await run(port);
  } finally {
    node.kill('SIGKILL');
  }
}

function report(unit: string, { passed, failed, end }: Outcome): void {
  print(`${unit}: ${passed.size} passed, ${failed.size} failed${end === undefined ? '' : `, and then: ${end}`}`);
  for (const [test, reason] of failed) print(`  ${test}: ${reason}`);
  if (failed.size > 0 || end !== undefined) process.exitCode = 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function copyOf(checkout: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'valkey-suite-'));
  for (const part of ['tests', 'utils', 'runtest']) {
    if (existsSync(join(checkout, part))) cpSync(join(checkout, part), join(copy, part), { recursive: true });
  }
  mkdirSync(join(copy, 'src'));
  // The tests look for these, and use no more than valkey-cli and valkey-benchmark.
  for (const name of ['server', 'cli', 'benchmark']) {
    const built = join(checkout, 'src', `valkey-${name}`);
    symlinkSync(existsSync(built) ? built : installed(name), join(copy, 'src', `valkey-${name}`));
  }
  const preparation = join(copy, 'tests/support/server.tcl');
  writeFileSync(preparation, readFileSync(preparation, 'utf8').replace(/^\s*r function flush$/m, ''));
  return copy;
}

function installed(name: string): string {
  const directories = (process.env['PATH'] ?? '').split(':');
  const candidates = ['valkey', 'redis'].flatMap((family) =>
    directories.map((directory) => join(directory, `${family}-${name}`)),
  );
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`neither the checkout nor the PATH has a valkey-${name}`);
  return found;
}

async function runUnit(unit: string, port: number): Promise<Outcome> {
  return outcomeIn(await runTests(unit, port));
}

/** What `runtest` prints, in its colours. */
async function runTests(unit: string, port: number): Promise<string> {
  // Its own server's, so that several runs do not meet.
  const basePort = await freePort();
  const words = [
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--single',
    unit,
    '--tags',
    options.tags,
    '--durable',
    '--baseport',
    String(basePort),
    ...options.skip.flatMap((name) => ['--skiptest', name]),
  ];
  return new Promise((done, failed) => {
    const child = spawn(join(suite, 'runtest'), words, {
      cwd: suite,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString('latin1')));
    const timer = setTimeout(() => {
      output += `\n[exception]: not done after ${minutesMax} minutes\n`;
      // With all that it has started.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, minutesMax * 60_000);
    child.once('error', failed);
    child.once('close', () => {
      clearTimeout(timer);
      done(output);
    });
  });
}

function outcomeIn(output: string): Outcome {
  const passed = new Set<string>();
  const failed = new Map<string, string>();
  let end: string | undefined;
  // eslint-disable-next-line no-control-regex -- what terminals take for colours
  const lines = output.replace(/\x1b\[[\d;]*m/g, '').split('\n');
  for (const [index, line] of lines.entries()) {
    const [, kind, text = ''] = /^\[(ok|err|exception|timeout)\]: (.*)$/.exec(line) ?? [];
    if (kind === 'ok') passed.add(text.replace(/ \(\d+ ms\)$/, ''));
    else if (kind === 'err') failed.set(text.replace(/ in tests\/\S+$/, ''), lines[index + 1] ?? '');
    else if (kind !== undefined) end ??= text;
  }
  if (passed.size + failed.size === 0) end ??= `no test has run: ${lines.slice(-3).join(' ')}`;
  return { passed, failed, end };
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port: free } = server.address() as AddressInfo;
      server.close(() => {
        done(free);
      });
    });
  });
}

async function listening(node: ChildProcess, at: number): Promise<void> {
  for (;;) {
    if (node.exitCode !== null) throw new Error(`the node has ended: exitCode=${node.exitCode}`);
    const isUp = await new Promise<boolean>((done) => {
      const socket = connect({ port: at, host: '127.0.0.1' });
      socket.once('connect', () => {
        done(true);
        socket.destroy();
      });
      socket.once('error', () => {
        setTimeout(done, 50, false);
      });
    });
    if (isUp) return;
  }
}
