/** The log: JSON lines, or lines for people. Secrets never get here: nothing logs arguments, settings or credentials. */
import { Writable } from 'node:stream';
import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export function createLogger(options: { readonly json: boolean; readonly level: LogLevel }): Logger {
  const settings = { level: options.level, base: null };
  if (options.json) {
    const json = {
      ...settings,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level: string) => ({ level }) },
    };
    return pino(json, standardOutput());
  }
  const destination = standardOutput();
  return pino(
    settings,
    pretty({ destination, colorize: process.stdout.isTTY, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' }),
  );
}

/** Of the standard output of this process: watched for errors, and closed at the other end. */
let isWatched = false;
let isGone = false;

/**
 * Where nobody reads the log any more, a node goes on without one: pino's own destinations would try for ever. Node
 * writes to files, terminals and pipes at once, so the last words before an exit are not lost.
 */
function standardOutput(): Writable {
  if (!isWatched) {
    isWatched = true;
    process.stdout.on('error', () => {
      isGone = true;
    });
  }
  return new Writable({
    decodeStrings: false,
    write: (line: string, _, done) => {
      if (!isGone) process.stdout.write(line);
      done();
    },
  });
}
