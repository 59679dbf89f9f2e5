/** Each planted bug has its place in the code, exactly once: else `npm run mutants` would plant nothing. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mutants } from './mutants.ts';

it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('%s', (_, { file, find, replace }) => {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  expect(text.split(find)).toHaveLength(2);
  expect(replace).not.toBe(find);
});
