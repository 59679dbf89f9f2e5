/** Brings a keyspace to an image by the effects that make the difference, so that watches see what really changed. */
import type { Keyspace } from '../../keyspace/keyspace.ts';
import type { Image } from './plain-format.ts';

export function applyImage(image: Image, keyspace: Keyspace): void {
  for (const [db, wanted] of image.entries()) {
    const database = keyspace.database(db);
    const surplus = [...database.entries()].filter(({ key }) => !wanted.has(key));
    for (const { key } of surplus) keyspace.apply({ kind: 'delete', db, key });
    for (const [key, { value, expireAt }] of wanted) {
      const entry = database.find(key);
      if (entry?.value !== value) keyspace.apply({ kind: 'setString', db, key, value });
      if (entry?.expireAt !== expireAt) keyspace.apply({ kind: 'setExpiry', db, key, expireAt });
    }
  }
}
