/** Every row there is. */
import type { Command } from './command.ts';
import * as client from './connection/client.ts';
import * as connection from './connection/connection.ts';
import * as databases from './generic/databases.ts';
import * as dump from './generic/dump.ts';
import * as expiry from './generic/expiry.ts';
import * as keys from './generic/keys.ts';
import * as object from './generic/object.ts';
import * as sort from './generic/sort.ts';
import * as hashCounters from './hash/counters.ts';
import * as hashExpiry from './hash/expiry.ts';
import * as hashExpiryTimes from './hash/expiry-times.ts';
import * as hashFields from './hash/fields.ts';
import * as hashRandom from './hash/random.ts';
import * as hashScan from './hash/scan.ts';
import * as hashValuesAndExpiry from './hash/values-and-expiry.ts';
import * as wholeHashes from './hash/whole.ts';
import * as setCombine from './set/combine.ts';
import * as setMembers from './set/members.ts';
import * as setRandom from './set/random.ts';
import * as setScan from './set/scan.ts';
import * as listBlocking from './list/blocking.ts';
import * as listChange from './list/change.ts';
import * as listMove from './list/move.ts';
import * as listPop from './list/pop.ts';
import * as listPush from './list/push.ts';
import * as listRead from './list/read.ts';
import * as publish from './pubsub/publish.ts';
import * as pubsub from './pubsub/pubsub.ts';
import * as subscribe from './pubsub/subscribe.ts';
import * as debug from './server/debug.ts';
import * as introspection from './server/introspection.ts';
import * as server from './server/server.ts';
import * as sortedSetAdd from './sorted-set/add.ts';
import * as sortedSetBlocking from './sorted-set/blocking.ts';
import * as sortedSetCombine from './sorted-set/combine.ts';
import * as sortedSetCountRange from './sorted-set/count-range.ts';
import * as sortedSetMembers from './sorted-set/members.ts';
import * as sortedSetOlderRanges from './sorted-set/older-ranges.ts';
import * as sortedSetPop from './sorted-set/pop.ts';
import * as sortedSetRandom from './sorted-set/random.ts';
import * as sortedSetRanges from './sorted-set/ranges.ts';
import * as sortedSetRemoveRange from './sorted-set/remove-range.ts';
import * as sortedSetScan from './sorted-set/scan.ts';
import * as counters from './string/counters.ts';
import * as getSet from './string/get-set.ts';
import * as lcs from './string/lcs.ts';
import * as multipleKeys from './string/multiple-keys.ts';
import * as ranges from './string/ranges.ts';
import { discard, exec, multi, unwatch, watch } from './transactions.ts';

/** Whatever these files export is a row. */
const families: readonly Readonly<Record<string, Command>>[] = [
  client,
  connection,
  databases,
  dump,
  expiry,
  keys,
  object,
  sort,
  hashCounters,
  hashExpiry,
  hashExpiryTimes,
  hashFields,
  hashRandom,
  hashScan,
  hashValuesAndExpiry,
  wholeHashes,
  setCombine,
  setMembers,
  setRandom,
  setScan,
  listBlocking,
  listChange,
  listMove,
  listPop,
  listPush,
  listRead,
  publish,
  pubsub,
  subscribe,
  debug,
  introspection,
  server,
  sortedSetAdd,
  sortedSetBlocking,
  sortedSetCombine,
  sortedSetCountRange,
  sortedSetMembers,
  sortedSetOlderRanges,
  sortedSetPop,
  sortedSetRandom,
  sortedSetRanges,
  sortedSetRemoveRange,
  sortedSetScan,
  counters,
  getSet,
  lcs,
  multipleKeys,
  ranges,
  { discard, exec, multi, unwatch, watch },
];

export const allCommands: readonly Command[] = families.flatMap((family) => Object.values(family));
