/** The models by name. Transactions (`list-append`) are checked in another way and are not among them. */
import { counterModel } from './counter.ts';
import { kvModel } from './kv.ts';
import { listModel, queueModel } from './list.ts';
import type { Model } from './model.ts';
import { casRegisterModel, registerModel } from './register.ts';
import { setModel } from './set.ts';
import { valkeyHashModel } from './valkey-hash.ts';
import { valkeyListsModel } from './valkey-lists.ts';
import { valkeySetsModel } from './valkey-sets.ts';
import { valkeySortedSetModel } from './valkey-sorted-set.ts';
import { valkeyModel } from './valkey.ts';

const all: readonly Model[] = [
  registerModel,
  casRegisterModel,
  counterModel,
  kvModel,
  setModel,
  listModel,
  queueModel,
  valkeyModel,
  valkeyHashModel,
  valkeyListsModel,
  valkeySetsModel,
  valkeySortedSetModel,
];

export const models: ReadonlyMap<string, Model> = new Map(all.map((model) => [model.name, model]));
