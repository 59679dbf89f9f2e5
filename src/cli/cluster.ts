/**
 * `valthree cluster`: several nodes over one store, each a process of its own, in one terminal. For trying things out;
 * in production every node is started by itself. Ctrl-C stops them all; a node that dies takes the others with it, so
 * that nobody believes in a cluster of three that is one of two.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Command, Option } from 'commander';
import { formatAddress } from './addresses.ts';
import { exitCodes, UsageError } from './exit.ts';
import { integer } from './integer-option.ts';
import { addServeOptions, resolveServeFlags, type ResolvedServeOptions } from './serve-options.ts';

const description = `Start several nodes over one store in this terminal. Takes the flags of serve; the nodes listen on
consecutive ports, beginning with that of --addr. Ctrl-C stops them all.`;

const colours = [36, 33, 35, 32, 34, 31];

export function clusterCommand(): Command {
  const command = new Command('cluster')
    .summary('Start several nodes over one store in this terminal.')
    .description(description);
  command.addOption(
    new Option('--nodes <n>', 'number of nodes').argParser(integer(1, 64)).default(3).env('VALTHREE_NODES'),
  );
  return addServeOptions(command).action(() => {
    const flags = command.opts<Parameters<typeof resolveServeFlags>[0] & { nodes: number }>();
    startCluster(resolveServeFlags(flags), flags.nodes, forwardedFlags(command));
  });
}

/** The flags for the nodes: those of the command line but `--nodes` and the addresses, which differ. */
function forwardedFlags(command: Command): string[] {
  const own = new Set(['nodes', 'addr', 'httpAddr']);
  return command.options.flatMap((option) => {
    const name = option.attributeName();
    const value: unknown = command.getOptionValue(name);
    if (own.has(name) || command.getOptionValueSource(name) !== 'cli') return [];
    if (typeof value !== 'boolean') return [option.long ?? '', rawValue(command, option)];
    return option.negate === !value ? [option.long ?? ''] : [];
  });
}

/** As it stood on the command line, before it was parsed. */
function rawValue(command: Command, option: Option): string {
  const words = (command.parent as Command & { rawArgs: string[] }).rawArgs;
  const names = [option.long, option.short].filter((name) => name !== undefined);
  const at = words.findLastIndex((word) => names.some((name) => word === name || word.startsWith(`${name}=`)));
  const word = words[at] as string;
  const equals = word.indexOf('=');
  return word.startsWith('--') && equals > 0 ? word.slice(equals + 1) : (words[at + 1] as string);
}

function startCluster(options: ResolvedServeOptions, count: number, flags: readonly string[]): void {
  if (options.store.url.startsWith('memory:')) {
    throw new UsageError('the nodes of a cluster share a store; memory: is one process only');
  }
  if (options.port !== 0 && options.port + count - 1 > 65_535) throw new UsageError('there are not so many ports');
  const main = process.argv[1] as string;
  const nodes = Array.from({ length: count }, (_, index) => {
    const addr = formatAddress({ host: options.host, port: options.port === 0 ? 0 : options.port + index });
    const http = options.http && { ...options.http, port: options.http.port === 0 ? 0 : options.http.port + index };
    const addresses = ['--addr', addr, ...(http === undefined ? [] : ['--http-addr', formatAddress(http)])];
    // A group of its own: Ctrl-C reaches this process only, which then stops the nodes in order. The channel tells a
    // node when this process has ended in a way that it could not tell of.
    const child = spawn(process.execPath, [...process.execArgv, main, 'serve', ...addresses, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
      env: { ...process.env, VALTHREE_HTTP_ADDR: '', VALTHREE_ADDR: '' },
    });
    relay(child, index);
    return child;
  });
  superviseNodes(nodes);
}

function relay(child: ChildProcess, index: number): void {
  const colour = colours[index % colours.length] as number;
  const label = process.stdout.isTTY ? `\u001b[${colour}mnode ${index}\u001b[0m ` : `node ${index} `;
  for (const [stream, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => to.write(`${label}${line}\n`));
  }
}

function superviseNodes(nodes: readonly ChildProcess[]): void {
  let running = nodes.length;
  let stopping = false;
  let exitCode: number = exitCodes.ok;
  const stop = (signal: NodeJS.Signals): void => {
    stopping = true;
    for (const node of nodes) node.kill(signal);
  };
  for (const [index, node] of nodes.entries()) {
    node.once('exit', (code, signal) => {
      running--;
      if (!stopping) {
        process.stderr.write(`node ${index} has ended (${signal ?? `exit code ${code ?? 0}`}); stopping the others\n`);
        exitCode = exitCodes.failure;
        stop('SIGTERM');
      }
      if (running === 0) process.exit(exitCode);
    });
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    // The nodes drain at the first signal and leave at once at the second.
    process.on(signal, () => {
      stop('SIGTERM');
    });
  }
}
