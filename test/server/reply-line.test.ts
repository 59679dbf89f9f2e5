import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PendingReply, ReplyLine } from '../../src/server/reply-line.ts';

/** The same, as an array that is looked through each time. */
class NaiveLine {
  readonly places: { readonly name: string; readonly isPush: boolean; done: boolean }[] = [];

  push(name: string): void {
    const open = this.places.findIndex(({ done }) => !done);
    this.places.splice(open < 0 ? this.places.length : open, 0, { name, isPush: true, done: true });
  }

  pushBehind(index: number, name: string): void {
    this.places.splice(index + 1, 0, { name, isPush: true, done: true });
  }
}

type Action =
  | { readonly kind: 'append' }
  | { readonly kind: 'push' }
  | { readonly kind: 'look' }
  | { readonly kind: 'take' }
  /** Behind a certain place before which all is settled. */
  | { readonly kind: 'pushBehind'; readonly index: number }
  | { readonly kind: 'settle'; readonly index: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.constantFrom<Action>({ kind: 'append' }, { kind: 'push' }, { kind: 'take' }, { kind: 'look' }),
  fc.record({ kind: fc.constantFrom('settle' as const, 'pushBehind' as const), index: fc.nat(5) }),
);

describe('the line of replies', () => {
  it('keeps pushes between what is settled and what is not', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const line = new ReplyLine();
        const naive = new NaiveLine();
        const places = new Map<string, PendingReply>();
        for (const [number, action] of actions.entries()) {
          const { kind } = action;
          const name = `${kind}-${number}`;
          if (kind === 'append') {
            const place = new PendingReply(2);
            place.reply = name;
            place.bytes = 10;
            line.append(place);
            places.set(name, place);
            naive.places.push({ name, isPush: false, done: false });
          } else if (kind === 'push') {
            places.set(name, line.insert(name, 2));
            naive.push(name);
          } else if (kind === 'pushBehind') {
            const settled = naive.places.findIndex(({ done }) => !done);
            const at = action.index % Math.max(1, settled < 0 ? naive.places.length : settled);
            const behind = naive.places[at];
            if (behind?.done !== true) continue;
            places.set(name, line.insert(name, 2, places.get(behind.name)));
            naive.pushBehind(at, name);
          } else if (kind === 'take') {
            const due = naive.places[0]?.done === true ? naive.places.shift() : undefined;
            expect(line.takeDue()?.reply).toBe(due?.name);
          } else if (kind === 'settle') {
            const open = naive.places.filter(({ done }) => !done);
            const chosen = open[action.index % Math.max(1, open.length)];
            if (chosen !== undefined) {
              chosen.done = true;
              places.get(chosen.name)!.done = true;
            }
          } else {
            expect(line.firstOpen?.reply).toBe(naive.places.find(({ done }) => !done)?.name);
          }
          const commands = naive.places.filter(({ isPush }) => !isPush);
          expect([line.length, line.bytes, line.isEmpty, line.isDue, line.pushedBytes > 0]).toEqual([
            commands.length,
            commands.length * 10,
            naive.places.length === 0,
            naive.places[0]?.done === true,
            commands.length < naive.places.length,
          ]);
        }
        for (const place of places.values()) place.done = true;
        expect(naive.places.map(() => line.takeDue()?.reply)).toEqual(naive.places.map(({ name }) => name));
        expect([line.takeDue(), line.isEmpty, line.pushedBytes]).toEqual([undefined, true, 0]);
      }),
    );
  });
});
