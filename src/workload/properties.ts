/** What a testing platform may watch of a workload (`src/environment/properties.ts`). */
import type { Property } from '../environment/properties.ts';

export const workloadProperties = {
  linearizable: { kind: 'always', message: 'What clients see of single keys is linearizable' },
  serializable: { kind: 'always', message: 'What clients see of transactions is strictly serializable' },
  answersFit: { kind: 'always', message: 'Servers answer what they were asked' },
  judged: { kind: 'always', message: 'A history can be judged within bounds' },
  allDefinite: { kind: 'sometimes', message: 'An iteration had definite answers only' },
  uncertain: { kind: 'reachable', message: 'A client does not know whether what it asked for happened' },
  answered: { kind: 'always', message: 'Every server answers in the end' },
} as const satisfies Record<string, Property>;
