/** Brings a keyspace to an image by the effects that make the difference, so that watches see what really changed. */
import { keyDifference } from '../../keyspace/difference.ts';
import type { Keyspace } from '../../keyspace/keyspace.ts';
import type { Image } from './plain-format.ts';

export function applyImage(image: Image, keyspace: Keyspace): void {
  for (const [db, wanted] of image.entries()) {
    const database = keyspace.database(db);
    const surplus = [...database.entries()].filter(({ key }) => !wanted.has(key));
    for (const { key } of surplus) keyspace.apply({ kind: 'delete', db, key });
    for (const [key, value] of wanted) {
      for (const effect of keyDifference({ db, key }, database.find(key), value)) keyspace.apply(effect);
    }
  }
}
