/** Commands and replies parsed and replies encoded per second, on one core: `npx tsx bench/micro/resp.ts`. */
import { encode, type Protocol } from '../../src/resp/encode.ts';
import { ok, type Reply } from '../../src/resp/reply.ts';
import { ReplyParser } from '../../src/resp/reply-parser.ts';
import { RequestParser } from '../../src/resp/request-parser.ts';

const commands = 500_000;
const chunkBytes = 64 * 1024;
const rounds = 5;

console.log(`${'what'.padEnd(40)} ${'per second'.padStart(12)} ${'MB/s'.padStart(8)}`);

/** The best of some rounds, so that neither the compiler nor a neighbour is measured. */
function measure(name: string, count: number, run: () => number): void {
  let seconds = Infinity;
  let bytes = 0;
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    bytes = run();
    seconds = Math.min(seconds, (performance.now() - startedAt) / 1000);
  }
  const rate = Math.round(count / seconds).toLocaleString('en');
  console.log(`${name.padEnd(40)} ${rate.padStart(12)} ${(bytes / seconds / 1e6).toFixed(0).padStart(8)}`);
}

interface Parser {
  push(chunk: Uint8Array): void;
  next(): unknown;
}

function parse(name: string, newParser: () => Parser, bytes: Buffer, count: number, cutBytes = chunkBytes): void {
  measure(`parse ${name}`, count, () => {
    const parser = newParser();
    let found = 0;
    for (let at = 0; at < bytes.length; at += cutBytes) {
      parser.push(bytes.subarray(at, at + cutBytes));
      while (parser.next() !== undefined) found++;
    }
    if (found !== count) throw new Error(`parsed ${found} of ${count}`);
    return bytes.length;
  });
}

const newRequestParser = (): Parser =>
  new RequestParser({ bulkLengthMax: 2 ** 29, queryBufferBytesMax: 2 ** 30, authenticated: true });

function request(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

function requests(count: number, one: (index: number) => string): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, index) => one(index)).join(''));
}

const key = (index: number): string => `key:${String(index % 10_000).padStart(12, '0')}`;
const sets = requests(commands, (index) => request('SET', key(index), 'xxx'));
const gets = requests(commands, (index) => request('GET', key(index)));
const mset = request('MSET', ...Array.from({ length: 2000 }, (_, index) => `word${index}`));
const setLength = sets.length / commands;

parse('SET key xxx, pipelined', newRequestParser, sets, commands);
parse('GET key, pipelined', newRequestParser, gets, commands);
parse('SET key xxx, one a chunk', newRequestParser, sets, commands, setLength);
parse('SET key xxx, half a command a chunk', newRequestParser, sets, commands, Math.ceil(setLength / 2));
parse(
  'SET key (100 bytes), pipelined',
  newRequestParser,
  requests(commands, (i) => request('SET', key(i), 'x'.repeat(100))),
  commands,
);
parse(
  'SET key xxx inline, pipelined',
  newRequestParser,
  requests(commands / 5, (i) => `SET ${key(i)} xxx\r\n`),
  commands / 5,
);
parse('MSET of 1000 keys', newRequestParser, Buffer.from(mset.repeat(200)), 200);
parse(
  'SET of 1 MB, 64 KB chunks',
  newRequestParser,
  Buffer.from(request('SET', 'key', 'x'.repeat(1e6)).repeat(100)),
  100,
);
parse('SET of 100 MB, 64 KB chunks', newRequestParser, Buffer.from(request('SET', 'key', 'x'.repeat(1e8))), 1);

const newReplyParser = (): Parser => new ReplyParser();
const ten: Reply = Array.from({ length: 10 }, () => 'value');
parse('reply OK', newReplyParser, Buffer.from(encode(ok, 2).repeat(commands)), commands);
parse('reply bulk string of 3', newReplyParser, Buffer.from(encode('xxx', 2).repeat(commands)), commands);
parse('reply array of 10', newReplyParser, Buffer.from(encode(ten, 2).repeat(commands / 10)), commands / 10);

function write(name: string, reply: Reply, protocol: Protocol = 2): void {
  const batch = 32;
  const socketBuffer = Buffer.alloc(1024 * 1024);
  measure(`encode ${name}, RESP${protocol}`, commands, () => {
    let bytes = 0;
    for (let left = commands; left > 0; left -= batch) {
      let text = '';
      for (let index = 0; index < batch; index++) text += encode(reply, protocol);
      // What a socket does with it: the joined string becomes bytes.
      bytes += socketBuffer.write(text, 'latin1');
    }
    return bytes;
  });
}

write('OK', ok);
write('null', null);
write('integer', 12_345);
write('bulk string of 3', 'xxx');
write('bulk string of 100', 'x'.repeat(100));
write('array of 10', ten);
write('map of 5', { kind: 'map', items: ten }, 3);
write('double', { kind: 'double', value: 3.14 }, 3);
