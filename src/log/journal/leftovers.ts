/**
 * What a database leaves behind whose head was deleted. A new one of the same name would take old records for its own,
 * and delete old snapshots: so it is not begun before they are gone, or the head is back.
 */
import type { Deadline, Failure } from '../log.ts';
import { decodeHead } from './head.ts';
import { prefixesOf } from './names.ts';
import type { Requests } from './requests.ts';

/** For whoever has just found no head of this name. `undefined`: nothing is left, or there is a head by now. */
export async function refuseLeftovers(
  requests: Requests,
  name: string,
  deadline: Deadline,
): Promise<Failure | undefined> {
  const prefixes = prefixesOf(name);
  for (const prefix of prefixes) {
    // Who may not list will not collect either, and is not kept from serving.
    const [left] = (await requests.list(prefix, deadline)) ?? [];
    if (left === undefined) continue;
    // Somebody who creates it puts the head first.
    const head = await requests.fetch(name, deadline, decodeHead);
    if (head.kind === 'unavailable') return head;
    if (head.kind === 'found') return undefined;
    const what =
      'is of a database whose head is not there any more: bring that back, or delete all objects whose names begin ' +
      `with ${prefixes.join(', ')} to begin with an empty one`;
    return requests.failure(what, left.name);
  }
  return undefined;
}
