import { expect, it } from 'vitest';
import { addressOf } from '../../src/server/socket-facts.ts';

it.each([
  ['127.0.0.1', 6379, '127.0.0.1:6379'],
  ['::1', 6379, '[::1]:6379'],
  ['::ffff:10.0.0.1', 1, '10.0.0.1:1'],
  ['::ffff:1:2', 1, '[::ffff:1:2]:1'],
  [undefined, undefined, ':0'],
])('writes the address %s %s as Valkey does', (ip, port, text) => {
  expect(addressOf(ip, port)).toBe(text);
});
