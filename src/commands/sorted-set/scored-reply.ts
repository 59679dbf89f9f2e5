/** How members are answered: by themselves, or each with its score. */
import type { Scored } from '../../keyspace/sorted-set/scored-member.ts';
import type { Reply } from '../../resp/reply.ts';

export function scoreReply(score: number): Reply {
  return { kind: 'double', value: score };
}

/** Members and scores in turn. */
export function flat(members: readonly Scored[]): readonly Reply[] {
  const items: Reply[] = [];
  for (const { member, score } of members) items.push(member, scoreReply(score));
  return items;
}

export function membersReply(members: readonly Scored[], options: { readonly withScores: boolean }): Reply {
  return options.withScores ? { kind: 'pairs', items: flat(members) } : members.map(({ member }) => member);
}
