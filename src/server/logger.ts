/** The log: JSON lines, or lines for people. Secrets never get here: nothing logs arguments, settings or credentials. */
import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export function createLogger(options: { readonly json: boolean; readonly level: LogLevel }): Logger {
  const settings = { level: options.level, base: null };
  if (options.json) {
    return pino({
      ...settings,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    });
  }
  return pino(
    settings,
    // Synchronous, so that the last words before an exit are not lost.
    pretty({ sync: true, colorize: process.stdout.isTTY, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' }),
  );
}
