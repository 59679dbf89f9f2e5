/** What a client has said about its connection, and takes back by RESET: names, protocol, database, transaction. */
import type { QueuedTransaction } from '../commands/session.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { Watch } from '../keyspace/watches.ts';
import type { ByteString } from '../resp/bytes.ts';

export class SessionState {
  readonly keyspace: Keyspace;
  name: ByteString = '';
  libraryName: ByteString = '';
  libraryVersion: ByteString = '';
  protocol: 2 | 3 = 2;
  db = 0;
  readonly user = 'default';
  noEvict = false;
  noTouch = false;
  transaction: QueuedTransaction | undefined = undefined;
  watches: Watch[] = [];

  constructor(keyspace: Keyspace) {
    this.keyspace = keyspace;
  }

  unwatch(): void {
    for (const watch of this.watches) this.keyspace.watches.remove(watch);
    this.watches = [];
  }

  takeWatches(): readonly Watch[] {
    const { watches } = this;
    this.watches = [];
    return watches;
  }

  reset(): void {
    this.transaction = undefined;
    this.unwatch();
    this.protocol = 2;
    this.db = 0;
    this.name = '';
    this.noEvict = this.noTouch = false;
  }
}
