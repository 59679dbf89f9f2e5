/** How members are answered: by themselves, or each with its score. */
import type { ByteString } from '../../resp/bytes.ts';
import type { Reply } from '../../resp/reply.ts';

export interface Scored {
  readonly member: ByteString;
  readonly score: number;
}

export function scoreReply(score: number): Reply {
  return { kind: 'double', value: score };
}

/** Members and scores in turn. */
export function flat(members: readonly Scored[]): readonly Reply[] {
  return members.flatMap(({ member, score }) => [member, scoreReply(score)]);
}

export function membersReply(members: readonly Scored[], options: { readonly withScores: boolean }): Reply {
  return options.withScores ? { kind: 'pairs', items: flat(members) } : members.map(({ member }) => member);
}
