/** Commands parsed and replies encoded per second: `npx tsx bench/micro/resp.ts`. */
import { encode } from '../../src/resp/encode.ts';
import { ok, type Reply } from '../../src/resp/reply.ts';
import { RequestParser } from '../../src/resp/request-parser.ts';

function request(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

function measure(name: string, count: number, run: () => void): void {
  run();
  const startedAt = performance.now();
  run();
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(
    `${name.padEnd(36)} ${Math.round(count / seconds)
      .toLocaleString('en')
      .padStart(14)} per second`,
  );
}

function parse(name: string, bytes: Buffer, chunkBytes: number, count: number): void {
  measure(`parse ${name}`, count, () => {
    const parser = new RequestParser({ bulkLengthMax: 2 ** 29, queryBufferBytesMax: 2 ** 30, authenticated: true });
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      parser.push(bytes.subarray(at, at + chunkBytes));
      while (parser.next() !== undefined);
    }
  });
}

const commands = 1_000_000;
const sets = Array.from({ length: commands }, (_, i) =>
  request('SET', `key:${String(i % 10000).padStart(12, '0')}`, 'xxx'),
);
parse('SET key value, 64 KB chunks', Buffer.from(sets.join('')), 65536, commands);
parse('SET key value, one a chunk', Buffer.from(sets.slice(0, 100_000).join('')), 47, 100_000);
parse('GET key', Buffer.from(request('GET', 'key:000000000000').repeat(commands)), 65536, commands);
const mset = request('MSET', ...Array.from({ length: 2000 }, (_, i) => `word${i}`));
parse('MSET of 1000 keys', Buffer.from(mset.repeat(200)), 65536, 200);
parse('SET of 1 MB', Buffer.from(request('SET', 'key', 'x'.repeat(1_000_000)).repeat(50)), 65536, 50);

function replies(name: string, reply: Reply): void {
  measure(`encode ${name}`, commands, () => {
    let bytes = 0;
    for (let i = 0; i < commands / 32; i++) {
      let out = '';
      for (let j = 0; j < 32; j++) out += encode(reply, 2);
      bytes += Buffer.byteLength(out, 'latin1');
    }
    if (bytes === 0) throw new Error('nothing was encoded');
  });
}
replies('OK', ok);
replies('a bulk string', 'xxx');
replies('an integer', 12345);
replies(
  'an array of ten',
  Array.from({ length: 10 }, () => 'value'),
);
