import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTrail, encodeTrail, idOfForeign, newCommitId, trailLengthMax } from '../../src/log/plain/trail.ts';
import { seededRandom } from '../../src/environment/seeded-random.ts';

const ids = fc.array(
  fc.integer({ min: 1, max: 2 ** 31 }).map((seed) => newCommitId(seededRandom(seed))),
  { minLength: 1, maxLength: 40 },
);

describe('the trail', () => {
  it('brings back the newest ids, and is white space to every JSON parser', () => {
    fc.assert(
      fc.property(ids, (trail) => {
        const json = '{"a":" \\n "}';
        const body = json + encodeTrail(trail, json);
        expect(decodeTrail(body)).toEqual({ ids: trail.slice(0, trailLengthMax), isIntact: true });
        expect(JSON.parse(body)).toEqual({ a: ' \n ' });
      }),
    );
  });

  it('is absent where somebody else wrote or an editor trimmed', () => {
    for (const space of ['', '\n', ' '.repeat(50), '\n'.repeat(500), '\r\n']) {
      expect(decodeTrail(`{"a":"b"}${space}`)).toBeUndefined();
    }
    const trail = encodeTrail([newCommitId(seededRandom(1))], '{}');
    for (let cut = 1; cut < trail.length; cut++) {
      expect(decodeTrail(`{}${trail.slice(0, -cut)}`)).toBeUndefined();
      expect(decodeTrail(`{}${trail.slice(cut)}`)).toBeUndefined();
    }
    expect(decodeTrail(`{}${trail}\n`)).toBeUndefined();
  });

  it('says so where somebody has edited the JSON before it', () => {
    const json = '{"a":"b","ü":"ß"}';
    const trail = encodeTrail([newCommitId(seededRandom(1))], json);
    expect(decodeTrail(json + trail)).toMatchObject({ isIntact: true });
    for (const edited of ['{"a":"c","ü":"ß"}', '{"a":"b"}', '{"a":"b","ü":"ß" }', '']) {
      expect(decodeTrail(edited + trail), edited).toMatchObject({ isIntact: false });
    }
  });

  it('stands in for foreign bodies by their ETags', () => {
    expect(idOfForeign('"a"')).toMatch(/^[ \t\n\r]{32}$/);
    expect(idOfForeign('a')).not.toBe(idOfForeign('b'));
  });
});
