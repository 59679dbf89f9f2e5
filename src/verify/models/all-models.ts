/** The models by name. Transactions (`list-append`) are checked in another way and are not among them. */
import { counterModel } from './counter.ts';
import { kvModel } from './kv.ts';
import { listModel, queueModel } from './list.ts';
import type { Model } from './model.ts';
import { casRegisterModel, registerModel } from './register.ts';
import { setModel } from './set.ts';
import { valkeyModel } from './valkey.ts';

export const models: ReadonlyMap<string, Model> = new Map(
  [registerModel, casRegisterModel, counterModel, kvModel, setModel, listModel, queueModel, valkeyModel].map(
    (model) => [model.name, model],
  ),
);
