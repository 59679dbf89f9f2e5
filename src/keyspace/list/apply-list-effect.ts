/**
 * Effects on lists, and what undoes them. One that is impossible throws before it changes anything: a log that holds
 * it is broken.
 */
import type { ElementEffect, ListEffect } from '../effect.ts';
import type { ListValue } from './list-value.ts';

/** @param inverses takes what undoes this, to be applied last first */
export function applyListEffect(list: ListValue, effect: ListEffect, inverses: ElementEffect[] | undefined): void {
  const { db, key } = effect;
  switch (effect.kind) {
    case 'pushElements': {
      const { side, elements } = effect;
      checkCount(effect, elements.length);
      if (side === 'left') list.pushLeft(elements);
      else list.pushRight(elements);
      inverses?.push({ kind: 'popElements', db, key, side, count: elements.length });
      break;
    }
    case 'popElements': {
      const { side, count } = effect;
      checkCount(effect, count);
      const elements = side === 'left' ? list.popLeft(count) : list.popRight(count);
      inverses?.push({ kind: 'pushElements', db, key, side, elements: elements.reverse() });
      break;
    }
    case 'setElement': {
      const { index } = effect;
      const element = list.set(index, effect.element);
      inverses?.push({ kind: 'setElement', db, key, index, element });
      break;
    }
    case 'insertElements': {
      const { index, elements } = effect;
      checkCount(effect, elements.length);
      list.insert(index, elements);
      inverses?.push({ kind: 'removeElements', db, key, index, count: elements.length });
      break;
    }
    case 'removeElements': {
      const { index, count } = effect;
      checkCount(effect, count);
      const elements = list.remove(index, count);
      inverses?.push({ kind: 'insertElements', db, key, index, elements });
      break;
    }
  }
}

function checkCount({ kind }: ListEffect, count: number): void {
  if (!(count >= 1)) throw new RangeError(`effect on no elements: kind=${kind} count=${count}`);
}
