/**
 * A process of its own that counts in a directory shared with others: `count-in-file-store.ts <directory> <times>`.
 * Every increment that was acknowledged is a line on its standard output, so that whoever kills it knows what it had done.
 */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { FileStore } from '../../src/store/file/file-store.ts';

const [directory = '', times = ''] = process.argv.slice(2);
const opened = await FileStore.open({ directory });
if (opened.kind === 'failed') throw new Error(opened.message);
const { store } = opened;
for (let done = 0; done < Number(times);) {
  const got = await store.get('counter');
  if (got.kind !== 'found') throw new Error(JSON.stringify(got));
  const { n } = JSON.parse(Buffer.from(got.body).toString()) as { n: number };
  const next = JSON.stringify({ n: n + 1, by: randomUUID() });
  const put = await store.put('counter', Buffer.from(next), { ifMatch: got.etag });
  if (put.kind === 'stored') {
    done++;
    writeSync(1, '+\n');
  } else if (put.kind === 'failed') throw new Error(put.message);
}
await store.close();
