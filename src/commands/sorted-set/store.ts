/** What the STORE forms do with the members that they have found. */
import type { Scored } from '../../keyspace/sorted-set/scored-member.ts';
import type { View } from '../../keyspace/view.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { storeResult } from '../store-result.ts';

/** Returns how many members there are. @param members of which none is there twice */
export function storeMembers(
  view: View,
  { destination, event }: { readonly destination: ByteString; readonly event: string },
  members: readonly Scored[],
): number {
  const result = {
    kind: 'setScores',
    key: destination,
    members: members.map(({ member }) => member),
    scores: members.map(({ score }) => storedScore(score)),
    event,
  } as const;
  storeResult(view, destination, members.length > 0 ? result : undefined);
  return members.length;
}

/** There is but one zero, as in Valkey's compact form. */
export function storedScore(score: number): number {
  return score + 0;
}
