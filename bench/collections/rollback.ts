/** What it costs to undo effects, beside what it has cost to apply them. */
import type { Effect } from '../../src/keyspace/effect.ts';
import { Keyspace, newRecording } from '../../src/keyspace/keyspace.ts';
import { atMost, median, type Figure } from '../support/figure.ts';

const effectCount = 10_000;
const keys = 100;
const rounds = 30;

export function measureRollback(): Figure {
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const keyspace = new Keyspace();
    for (const effect of effectsOf(0)) keyspace.apply(effect);
    const recording = newRecording();
    const effects = effectsOf(1);
    keyspace.record(recording);
    const startedAt = performance.now();
    for (const effect of effects) keyspace.apply(effect);
    const appliedAt = performance.now();
    keyspace.record(undefined);
    keyspace.rollback(recording);
    // The first round warms up.
    if (round > 0) ratios.push((performance.now() - appliedAt) / (appliedAt - startedAt));
  }
  const what = `${effectCount.toLocaleString('en')} effects undone, against the time to apply them`;
  return { what, ...atMost(median(ratios), 1) };
}

/** Of all types, on a hundred keys of each. */
function effectsOf(turn: number): readonly Effect[] {
  return Array.from({ length: effectCount }, (_, i): Effect => {
    const place = { db: 0, key: `${i % 5}:${i % keys}` };
    const name = `element:${turn}:${i}`;
    switch (i % 5) {
      case 0:
        return { kind: 'setString', ...place, value: name };
      case 1:
        return { kind: 'setFields', ...place, fields: [`field:${i}`, name] };
      case 2:
        return { kind: 'addMembers', ...place, members: [name] };
      case 3:
        return { kind: 'setScores', ...place, members: [`member:${i}`], scores: [turn + i] };
      default:
        return { kind: 'pushElements', ...place, side: i % 2 === 0 ? 'left' : 'right', elements: [name] };
    }
  });
}
