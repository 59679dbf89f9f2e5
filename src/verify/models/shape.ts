/** What the operations of a model look like: one row an operation, checked before a model ever sees one. */
import type { Json, Operation } from '../history.ts';
import { isArray, showJson } from '../json.ts';

export interface Rule {
  /** Goes on after "must be". */
  readonly wanted: string;
  readonly admits: (value: Json) => boolean;
}

export interface Shape {
  readonly input: Rule;
  readonly output: Rule;
}

export const anything: Rule = { wanted: 'anything', admits: () => true };
export const nothing: Rule = { wanted: 'null', admits: (value) => value === null };
export const something: Rule = { wanted: 'a value other than null', admits: (value) => value !== null };
export const text: Rule = { wanted: 'a string', admits: (value) => typeof value === 'string' };
export const flag: Rule = { wanted: 'true or false', admits: (value) => typeof value === 'boolean' };
export const array: Rule = { wanted: 'an array', admits: isArray };
export const arrayWithoutNull: Rule = {
  wanted: 'an array without null',
  admits: (value) => isArray(value) && !value.includes(null),
};
export const pair: Rule = {
  wanted: 'an array of two values, [from, to]',
  admits: (value) => isArray(value) && value.length === 2,
};
export const natural: Rule = {
  wanted: 'a whole number that is not negative',
  admits: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
};
export const finite: Rule = { wanted: 'a number', admits: (value) => typeof value === 'number' };
export const nonNegative: Rule = {
  wanted: 'a number that is not negative',
  admits: (value) => typeof value === 'number' && value >= 0,
};
export const integer: Rule = { wanted: 'a whole number', admits: (value) => Number.isSafeInteger(value) };
export const zeroOrOne: Rule = {
  wanted: '0, 1, true or false',
  admits: (value) => value === 0 || value === 1 || typeof value === 'boolean',
};

export function oneOf(...names: readonly string[]): Rule {
  return {
    wanted: names.map((name) => showJson(name)).join(' or '),
    admits: (value) => names.includes(value as string),
  };
}

export function arrayOf(rule: Rule): Rule {
  return {
    wanted: `an array of which each is ${rule.wanted}`,
    admits: (value) => isArray(value) && value.every((element) => rule.admits(element)),
  };
}

/** At least one. */
export function someOf(rule: Rule): Rule {
  const { wanted, admits } = arrayOf(rule);
  return { wanted: `${wanted}, not empty`, admits: (value) => admits(value) && (value as readonly Json[]).length > 0 };
}

/** So many, each of its own kind. */
export function tuple(...rules: readonly Rule[]): Rule {
  return {
    wanted: `[${rules.map(({ wanted }) => wanted).join(', ')}]`,
    admits: (value) =>
      isArray(value) && value.length === rules.length && rules.every((rule, at) => rule.admits(value[at] as Json)),
  };
}

export function orNull(rule: Rule): Rule {
  return { wanted: `${rule.wanted} or null`, admits: (value) => value === null || rule.admits(value) };
}

/** Says what is wrong with an operation, if something is. Only what has been answered has an output. */
export function validateBy(shapes: Readonly<Record<string, Shape>>): (operation: Operation) => string | undefined {
  return ({ f, input, output, outcome }) => {
    const shape = Object.hasOwn(shapes, f) ? shapes[f] : undefined;
    if (shape === undefined) return `f must be one of ${Object.keys(shapes).join(', ')}, not ${showJson(f)}`;
    if (!shape.input.admits(input))
      return `the value that ${f} is called with must be ${shape.input.wanted}, not ${showJson(input)}`;
    if (outcome === 'ok' && !shape.output.admits(output)) {
      return `the value that ${f} answers must be ${shape.output.wanted}, not ${showJson(output)}`;
    }
    return undefined;
  };
}

export function validateInitialBy(rule: Rule): (initial: Json) => string | undefined {
  return (initial) =>
    rule.admits(initial) ? undefined : `the initial value must be ${rule.wanted}, not ${showJson(initial)}`;
}
