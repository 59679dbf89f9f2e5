/**
 * Flags as environment variables. Commander takes any value of a variable as "the flag is set", which would make
 * `VALTHREE_NO_PROTECTED_MODE=false` the opposite of what it says; here such a variable says yes or no, else it is
 * refused.
 */
import type { Command, Option } from 'commander';
import { UsageError } from './exit.ts';

const meanings: Readonly<Record<string, boolean>> = {
  '1': true,
  true: true,
  yes: true,
  on: true,
  '0': false,
  false: false,
  no: false,
  off: false,
};

/** Adds the option with its variable: `--s3-addr` is `VALTHREE_S3_ADDR`. */
export function addOptionWithVariable(command: Command, option: Option): void {
  command.addOption(option.env(variableOf(option)));
  if (option.required || option.optional) return;
  command.hook('preAction', () => {
    if (command.getOptionValueSource(option.attributeName()) !== 'env') return;
    const text = process.env[option.envVar as string];
    if (text === undefined) return;
    const says = meanings[text.toLowerCase()];
    if (says === undefined) throw new UsageError(`${option.envVar as string} must be yes or no, but is '${text}'`);
    command.setOptionValueWithSource(option.attributeName(), says !== option.negate, 'env');
  });
}

function variableOf(option: Option): string {
  return `VALTHREE_${option.name().replace(/^no-/, 'no_').replaceAll('-', '_').toUpperCase()}`;
}
