/** `--types`: which types of keys a workload asks for something. */
import { InvalidArgumentError } from 'commander';
import { valueTypes, type ValueType } from '../workload/plan.ts';

/** @throws InvalidArgumentError if one of them is none */
export function parseValueTypes(text: string): readonly ValueType[] {
  const names = text.split(',');
  const unknown = names.find((name) => !(valueTypes as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no type '${unknown}'.`);
  return names as ValueType[];
}
