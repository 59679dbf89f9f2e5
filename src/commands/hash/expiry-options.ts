/** The options of HGETEX and HSETEX: when fields shall expire, and on which conditions they are set. */
import type { ByteString } from '../../resp/bytes.ts';
import type { Arguments } from '../command.ts';
import { CommandError, syntaxError } from '../command-error.ts';
import { expiryUnit, type Expiry } from '../expiry-option.ts';

export interface Options {
  expiration: Expiry | 'PERSIST' | 'KEEPTTL' | undefined;
  keyCondition: 'NX' | 'XX' | undefined;
  fieldCondition: 'FNX' | 'FXX' | undefined;
}

/** Each may be given again, but no other of its kind. */
export function parseOptions(
  words: Arguments,
  allowed: { alternative: 'PERSIST' | 'KEEPTTL'; conditional: boolean },
): Options {
  const options: Options = { expiration: undefined, keyCondition: undefined, fieldCondition: undefined };
  for (let i = 0; i < words.length; i++) {
    const option = (words[i] as ByteString).toUpperCase();
    if (allowed.conditional && (option === 'NX' || option === 'XX')) {
      options.keyCondition = same(options.keyCondition, option);
    } else if (allowed.conditional && (option === 'FNX' || option === 'FXX')) {
      options.fieldCondition = same(options.fieldCondition, option);
    } else if (option === allowed.alternative) {
      options.expiration = same(options.expiration, allowed.alternative);
    } else {
      options.expiration = expiryOf(option, words[++i], options.expiration);
    }
  }
  return options;
}

function expiryOf(option: string, text: ByteString | undefined, before: Options['expiration']): Expiry {
  const unit = expiryUnit(option);
  if (unit === undefined || text === undefined) throw new CommandError(syntaxError);
  same(typeof before === 'object' ? before.unit : before, unit);
  return { unit, text };
}

function same<Option>(before: Option | undefined, option: Option): Option {
  if (before !== undefined && before !== option) throw new CommandError(syntaxError);
  return option;
}
