/** Prints the bytes that a key takes beyond its own and its value's, among a million. Needs `--expose-gc`. */
import { Keyspace } from '../../src/keyspace/keyspace.ts';

const count = 1_000_000;
const value = Buffer.alloc(16, 120);

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const keyspace = new Keyspace(1);
const before = heapBytes();
for (let i = 0; i < count; i++) {
  // Made from bytes, as those that come from a socket: not a slice or a concatenation of others.
  const key = Buffer.from(`key:${String(i).padStart(12, '0')}`).toString('latin1');
  keyspace.apply({ kind: 'setString', db: 0, key, value: value.toString('latin1') });
}
const bytesPerKey = (heapBytes() - before) / keyspace.size;
console.log(Math.round(bytesPerKey - 32));
