/** The figures of the `journal` layout. */
import { Ceph } from '../../test/support/ceph.ts';
import { printFigures, type Figure } from '../support/figure.ts';
import { measureLatency } from './latency.ts';
import { measureNodes } from './nodes.ts';
import { filePlace, s3Place, type Place } from './place.ts';
import { measureSize } from './size.ts';
import { measureTraffic } from './traffic.ts';

/** @param ceph left out: what needs an S3 server is not measured */
export async function measureJournal(directory: string, ceph: Ceph | undefined, quick: boolean): Promise<Figure[]> {
  const keys = quick ? 100_000 : 1_000_000;
  const places: Place[] = [filePlace(directory)];
  if (ceph !== undefined) places.push(s3Place(ceph, ceph.endpoints[0] as string));
  const figures: Figure[] = [];
  const measured = (some: readonly Figure[]): void => {
    printFigures(some);
    figures.push(...some);
  };
  console.log('\nthe layout `journal`:');
  measured(await measureLatency(quick));
  for (const place of places) measured(await measureSize(place, keys, quick));
  if (ceph === undefined) return figures;
  measured(await measureTraffic(ceph));
  measured(await measureNodes(ceph, quick));
  return figures;
}
