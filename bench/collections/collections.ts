/** The figures of the collections: against redis-server, by size, and what it costs to undo. */
import { printFigures } from '../support/figure.ts';
import { compareFamilies } from './families.ts';
import { measureRollback } from './rollback.ts';
import { compareSizes } from './sizes.ts';

export async function measureCollections(quick: boolean): Promise<void> {
  console.log('\ncollections, memory store:');
  printFigures(await compareFamilies(quick));
  printFigures(await compareSizes(quick));
  printFigures([measureRollback()]);
}
