#!/usr/bin/env -S node --max-semi-space-size=64
/**
 * The program: one subcommand a file. A larger young generation than Node's default of 16 MB lets a batch of commands die
 * young: a third more commands per second.
 */
import { Command, CommanderError } from 'commander';
import { branchCommand } from './branch.ts';
import { checkCommand } from './check.ts';
import { clusterCommand } from './cluster.ts';
import { copyCommand } from './copy.ts';
import { exitCodes, UsageError } from './exit.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { inspectCommand } from './inspect.ts';
import { logCommand } from './log.ts';
import { restoreCommand } from './restore.ts';
import { serveCommand } from './serve.ts';
import { simulateCommand } from './simulate.ts';
import { workloadCommand } from './workload.ts';
import { verifyCommand } from './verify.ts';
import { version } from './version.ts';

const program = new Command('valthree')
  .description('A strongly consistent, distributed, Valkey-compatible database that keeps all data in S3.')
  .version(version, '-V, --version')
  .showSuggestionAfterError()
  .exitOverride();

const commands = [
  serveCommand(),
  clusterCommand(),
  branchCommand(),
  restoreCommand(),
  exportCommand(),
  importCommand(),
  copyCommand(),
  inspectCommand(),
  logCommand(),
  verifyCommand(),
  workloadCommand(),
  checkCommand(),
  simulateCommand(),
];
for (const command of commands) {
  program.addCommand(command.copyInheritedSettings(program));
}

// Set to nothing is not set: that is what compose files and shells mean by it.
for (const [name, value] of Object.entries(process.env)) {
  if (name.startsWith('VALTHREE_') && value === '') Reflect.deleteProperty(process.env, name);
}

try {
  await program.parseAsync();
} catch (cause) {
  if (cause instanceof UsageError) {
    process.stderr.write(`valthree: ${cause.message}\n`);
    process.exit(exitCodes.usage);
  }
  // Commander has said it already, in one line; help and version are no errors.
  if (cause instanceof CommanderError) process.exit(cause.exitCode === 0 ? exitCodes.ok : exitCodes.usage);
  throw cause;
}
