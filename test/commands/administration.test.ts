/**
 * The same awkward lines to this node and to a real server: commands on connections and on the server must answer,
 * and above all refuse, in the same words. One line at a time, as Valkey 8.0 leaves out the refusal of AUTH while
 * earlier replies are unsent.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningNode } from '../../src/server/node.ts';
import { encode } from '../../src/resp/encode.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { RawClient } from '../support/raw-client.ts';
import { hasReferenceServer, startReferenceServer, type ReferenceServer } from '../support/reference-server.ts';
import { startTestNode } from '../support/test-node.ts';

/** Lines end with `;` or a line break; a word may stand in JSON's quotes. A tilde: see `onlyValkey`. */
const scripts: Readonly<Record<string, string>> = {
  'PING, ECHO, SELECT': `
    PING; PING x; PING x y; ECHO; ECHO a b; ECHO "\\u0000\\u00ff"
    SELECT; SELECT 1; SELECT 16; SELECT -1; SELECT x; SELECT ""; SELECT 1.5; SELECT 0 1
    SELECT 99999999999; SELECT -2147483649; SELECT 2147483647; SELECT 99999999999999999999`,
  HELLO: `
    HELLO; HELLO 2; HELLO 3; HELLO; HELLO 1; HELLO 4; HELLO x; HELLO ""; HELLO 2x; HELLO -3; HELLO 99999999999999999999
    HELLO 3 AUTH; HELLO 3 AUTH default; HELLO 3 AUTH default x; HELLO 3 AUTH nobody x; HELLO 2 AUTH nobody x SETNAME a
    CLIENT GETNAME; PING; HELLO 2 SETNAME; HELLO 2 SETNAME "a b"; HELLO 2 SETNAME ""; HELLO 3 SETNAME a SETNAME b
    CLIENT GETNAME; ~HELLO 2 SETNAME c FOO; HELLO 2 FOO; HELLO 2 "FOO\\r\\nBAR"; HELLO 2 "a\\u0000b"; HELLO SETNAME a
    HELLO 2 AUTH default x AUTH nobody y; ~HELLO 2 AUTH nobody y SETNAME "a b"; HELLO 2 SETNAME "a b" AUTH nobody y
    CLIENT GETNAME; RESET; CLIENT GETNAME; PING`,
  AUTH: `
    AUTH; AUTH x; AUTH default x; AUTH nobody x; AUTH a b c; AUTH "" ""; AUTH default ""
    CONFIG SET requirepass secret; PING; AUTH wrong; AUTH default wrong; AUTH nobody secret; AUTH secret
    CONFIG GET requirepass; CLIENT KILL USER default ID 999999; RESET; PING; ECHO x; SELECT 0; MULTI; COMMAND COUNT
    ~HELLO; ~HELLO 2; ~HELLO 3; HELLO 4; HELLO x; HELLO 3 SETNAME "a b"; HELLO 3 FOO; EXEC; EXEC x; AUTH a b c
    HELLO 3 AUTH default wrong; ~HELLO 3 AUTH default secret SETNAME "a b"; PING; GET; FOO; CLIENT FOO; CLIENT; ECHO
    HELLO 3 AUTH default secret SETNAME me; CLIENT GETNAME; CONFIG SET requirepass ""; AUTH x; AUTH default x; PING`,
  'names of clients': `
    CLIENT; CLIENT FOO; CLIENT foo bar; CLIENT "fo\\no"; CLIENT "\\u00ff\\u0000\\u0001"; CLIENT HELP x; CLIENT ID x
    CLIENT GETNAME; CLIENT GETNAME x; CLIENT SETNAME; CLIENT SETNAME a b; CLIENT SETNAME "a b"; CLIENT SETNAME "a\\n"
    CLIENT SETNAME "\\u00ff"; CLIENT SETNAME "~!"; CLIENT GETNAME; CLIENT SETNAME ""; CLIENT GETNAME
    ~CLIENT SETINFO; ~CLIENT SETINFO LIB-NAME; ~CLIENT SETINFO LIB-NAME "a b"; ~CLIENT SETINFO lib-name a
    ~CLIENT SETINFO LIB-VER "a b"; ~CLIENT SETINFO Lib-Ver "a b"; ~CLIENT SETINFO LIB-VER 1.2
    ~CLIENT SETINFO LIB-FOO x; ~CLIENT SETINFO "a\\u0000b" x; ~CLIENT SETINFO LIB-NAME a b; ~CLIENT SETINFO LIB-NAME ""`,
  'CLIENT KILL': `
    CLIENT KILL; CLIENT KILL x; CLIENT KILL 1.2.3.4:5; CLIENT KILL ID; CLIENT KILL ID x; CLIENT KILL ID 0
    CLIENT KILL ID -1; CLIENT KILL ID 9999999; CLIENT KILL ID 99999999999999999999; CLIENT KILL TYPE foo
    CLIENT KILL TYPE "foo\\u0000bar"; CLIENT KILL TYPE master; ~CLIENT KILL TYPE primary; CLIENT KILL TYPE replica
    CLIENT KILL TYPE slave; CLIENT KILL TYPE PubSub; CLIENT KILL USER nobody; CLIENT KILL USER default ID 99999
    CLIENT KILL ADDR 1.2.3.4:5; CLIENT KILL LADDR 1.2.3.4:5; CLIENT KILL SKIPME maybe; CLIENT KILL FOO x
    CLIENT KILL SKIPME yes ID 99999 ID; CLIENT KILL ID 99999 ID 88888; CLIENT KILL ADDR 1.2.3.4:5 FOO
    ~CLIENT KILL MAXAGE x; ~CLIENT KILL MAXAGE -1; ~CLIENT KILL MAXAGE 0; ~CLIENT KILL MAXAGE 99999999999999999999
    ~CLIENT KILL MAXAGE 100000 SKIPME no; ~CLIENT KILL MAXAGE 100000 SKIPME YES`,
  'CLIENT LIST': `
    CLIENT LIST FOO; CLIENT LIST TYPE; CLIENT LIST TYPE foo; CLIENT LIST TYPE master; CLIENT LIST TYPE replica
    CLIENT LIST TYPE pubsub; CLIENT LIST TYPE normal x; CLIENT LIST ID; CLIENT LIST ID x; CLIENT LIST ID -1
    CLIENT LIST ID 0; CLIENT LIST ID 99999999999999999999; CLIENT LIST ID 99999; CLIENT LIST ID 99999 x
    CLIENT LIST TYPE normal ID 1; HELLO 3; CLIENT LIST ID 99999`,
  'switches of clients': `
    CLIENT NO-EVICT; CLIENT NO-EVICT on; CLIENT NO-EVICT foo; CLIENT NO-EVICT on off; CLIENT NO-EVICT OFF
    ~CLIENT NO-TOUCH On; ~CLIENT NO-TOUCH foo; ~CLIENT NO-TOUCH off; CLIENT REPLY; CLIENT REPLY foo; CLIENT REPLY on
    CLIENT REPLY on off; CLIENT PAUSE; CLIENT PAUSE x; CLIENT PAUSE -1; CLIENT PAUSE 1 foo; CLIENT PAUSE x foo
    CLIENT PAUSE 99999999999999999999; ~CLIENT PAUSE 9223372036854775807; CLIENT PAUSE 1 WRITE x; CLIENT PAUSE 1 "a b"
    CLIENT PAUSE 1.5; CLIENT PAUSE 1 write; CLIENT UNPAUSE; CLIENT UNPAUSE x`,
  'CONFIG GET': `
    CONFIG; CONFIG FOO; CONFIG GET; CONFIG GET nosuch; CONFIG GET save; CONFIG GET appendonly; CONFIG GET maxmemory
    CONFIG GET maxmemory-policy; CONFIG GET databases; CONFIG GET DATABASES; CONFIG GET databases DATABASES data*
    CONFIG GET maxclients; CONFIG GET timeout; CONFIG GET tcp-keepalive; CONFIG GET requirepass; CONFIG GET [dD]atabases
    CONFIG GET proto-max-bulk-len; CONFIG GET client-query-buffer-limit; CONFIG GET cluster-enabled
    CONFIG GET protected-mode; CONFIG GET "data\\\\bases"; HELLO 3; CONFIG GET databases; CONFIG GET nosuch`,
  'CONFIG SET': `
    CONFIG SET; CONFIG SET a; CONFIG SET timeout; CONFIG SET timeout 1 x; CONFIG SET nosuch x; CONFIG SET "no such" x
    CONFIG SET "nosuch\\r\\nx" x; CONFIG SET "a\\u0000b" x; CONFIG SET timeout 1 nosuch x; CONFIG SET nosuch x nosuch2 x
    CONFIG SET timeout x; CONFIG SET timeout -1; CONFIG SET timeout ""; CONFIG SET timeout 1.5; CONFIG SET TIMEOUT x
    CONFIG SET timeout 99999999999; CONFIG SET timeout 99999999999999999999999; CONFIG SET timeout 0 timeout 0
    CONFIG SET timeout 0 TIMEOUT 0; CONFIG SET maxclients 0; CONFIG SET maxclients -1; CONFIG SET maxclients 4294967296
    CONFIG SET maxclients x; CONFIG SET tcp-keepalive x; CONFIG SET tcp-keepalive -1; CONFIG SET tcp-keepalive 99999999999
    CONFIG SET databases 5; CONFIG SET proto-max-bulk-len 1x; CONFIG SET proto-max-bulk-len x
    CONFIG SET proto-max-bulk-len -1; CONFIG SET proto-max-bulk-len 10mb; CONFIG GET proto-max-bulk-len
    CONFIG SET proto-max-bulk-len 512MB; CONFIG GET proto-max-bulk-len; CONFIG SET proto-max-bulk-len 10%
    CONFIG SET client-query-buffer-limit 1xx; CONFIG SET client-query-buffer-limit -1
    ~CONFIG SET loglevel foo; ~CONFIG SET loglevel ""; ~CONFIG SET timeout 5 loglevel foo; CONFIG SET timeout x loglevel foo
    ~CONFIG SET loglevel foo timeout x; CONFIG SET databases 5 nosuch 1; CONFIG SET nosuch 1 databases 5
    CONFIG SET timeout x nosuch 1; CONFIG SET timeout x databases 5; CONFIG SET databases 5 timeout x
    CONFIG SET timeout x timeout 3; CONFIG SET timeout 3 timeout x; CONFIG SET databases 3 databases 4
    CONFIG GET hz; CONFIG SET hz 0; CONFIG GET hz; CONFIG SET hz 501; CONFIG GET hz; CONFIG SET hz x; CONFIG SET hz -1
    CONFIG SET hz 10; CONFIG GET timeout; CONFIG RESETSTAT x; CONFIG RESETSTAT; CONFIG REWRITE; CONFIG REWRITE x; CONFIG HELP x`,
  'client-output-buffer-limit': `
    CONFIG GET client-output-buffer-limit; CONFIG SET client-output-buffer-limit x
    CONFIG SET client-output-buffer-limit ""; CONFIG SET client-output-buffer-limit "pubsub 1 2"
    CONFIG SET client-output-buffer-limit "nosuch 1 2 3"; CONFIG SET client-output-buffer-limit "master 1 2 3"
    CONFIG SET client-output-buffer-limit "pubsub 1x 2 3"; CONFIG SET client-output-buffer-limit "pubsub 1 2x 3"
    CONFIG SET client-output-buffer-limit "pubsub 1 2 x"; CONFIG SET client-output-buffer-limit "pubsub 1 2 -3"
    CONFIG SET client-output-buffer-limit "pubsub 1 2 3x"; CONFIG SET client-output-buffer-limit "pubsub -1 2 3"
    CONFIG SET client-output-buffer-limit "pubsub  1 2 3"; CONFIG SET client-output-buffer-limit " pubsub 1 2 3"
    CONFIG SET client-output-buffer-limit "normal 1 2 3 pubsub 1 2"; CONFIG GET client-output-buffer-limit
    CONFIG SET client-output-buffer-limit "normal 1gb 2 3 nosuch 1 2 3"; CONFIG GET client-output-buffer-limit
    CONFIG SET client-output-buffer-limit "PubSub 64mb 16mb 90"; CONFIG GET client-output-buffer-limit
    CONFIG SET client-output-buffer-limit "replica 1mb 1kb 1 normal 1g 1m 10 slave 2mb 1kb 1"
    CONFIG GET client-output-buffer-limit; CONFIG SET client-output-buffer-limit "pubsub 0 0 0 normal 0 0 0"
    CONFIG GET client-output-buffer-limit`,
  'thresholds of encodings': `
    CONFIG GET hash-max-listpack-entries; CONFIG GET hash-max-listpack-value; CONFIG GET list-max-listpack-size
    CONFIG GET list-compress-depth; CONFIG GET set-max-intset-entries; ~CONFIG GET set-max-listpack-*
    CONFIG GET zset-max-listpack-entries; CONFIG GET zset-max-listpack-value; CONFIG GET list-*-ziplist-size
    CONFIG SET hash-max-ziplist-entries 7; CONFIG GET hash-max-listpack-entries; CONFIG SET hash-max-ziplist-value 8
    CONFIG GET hash-max-listpack-value; CONFIG SET hash-max-listpack-value 1kb; CONFIG GET hash-max-ziplist-value
    CONFIG SET zset-max-ziplist-entries 9; CONFIG GET zset-max-listpack-entries; CONFIG SET zset-max-ziplist-value 2k
    CONFIG GET zset-max-listpack-value; CONFIG SET list-max-ziplist-size 3; CONFIG GET list-max-listpack-size
    CONFIG SET list-max-listpack-size -5; CONFIG GET list-max-ziplist-size; CONFIG SET list-max-listpack-size -9
    CONFIG SET list-max-listpack-size 0; CONFIG SET list-max-listpack-size x; CONFIG SET list-max-listpack-size 1kb
    CONFIG SET list-max-listpack-size 2147483648; CONFIG SET list-max-listpack-size -2147483649
    CONFIG SET list-compress-depth 2; CONFIG GET list-compress-depth; CONFIG SET list-compress-depth -1
    CONFIG SET list-compress-depth 2147483648; CONFIG SET list-compress-depth x; CONFIG SET list-compress-depth 0
    CONFIG SET hash-max-listpack-entries x; CONFIG SET hash-max-listpack-entries 1kb; CONFIG SET hash-max-listpack-value x
    CONFIG SET zset-max-listpack-entries 1kb; CONFIG SET set-max-intset-entries 1kb; CONFIG SET set-max-intset-entries 0
    ~CONFIG SET set-max-listpack-value 1kb; ~CONFIG SET set-max-listpack-entries x; CONFIG GET set-max-intset-entries
    CONFIG SET hash-max-listpack-value 3 hash-max-listpack-value 4; CONFIG SET list-max-listpack-size 4 timeout x
    CONFIG GET list-max-listpack-size`,
  COMMAND: `
    COMMAND FOO; COMMAND COUNT x; ~COMMAND INFO nosuch; ~COMMAND INFO nosuch get; ~COMMAND INFO client|nosuch
    ~COMMAND INFO get|x; ~COMMAND INFO client|list|x; ~COMMAND INFO |; ~COMMAND INFO client|; ~COMMAND INFO ""
    ~COMMAND INFO CLIENT|ID; COMMAND DOCS nosuch; COMMAND DOCS nosuch nosuch; COMMAND DOCS get|x
    COMMAND LIST x; COMMAND LIST FILTERBY; COMMAND LIST FILTERBY x; COMMAND LIST FILTERBY x y
    COMMAND LIST FILTERBY MODULE x; COMMAND LIST FILTERBY ACLCAT nosuch; COMMAND LIST FILTERBY ACLCAT @read
    COMMAND LIST FILTERBY ACLCAT transaction; COMMAND LIST FILTERBY PATTERN nosuch*
    COMMAND LIST FILTERBY PATTERN gET; COMMAND LIST FILTERBY PATTERN config|*; COMMAND LIST FILTERBY PATTERN get x
    COMMAND GETKEYS; ~COMMAND GETKEYS x; ~COMMAND GETKEYS get; COMMAND GETKEYS get a b; COMMAND GETKEYS get a
    ~COMMAND GETKEYS ping; ~COMMAND GETKEYS config; COMMAND GETKEYS config get x; COMMAND GETKEYS config foo
    COMMAND GETKEYS memory usage foo; COMMAND GETKEYS memory usage; COMMAND GETKEYS object encoding a
    COMMAND GETKEYS mset a 1 b 2; COMMAND GETKEYS mset a 1 b; COMMAND GETKEYS set a b; ~COMMAND GETKEYS command
    COMMAND GETKEYS get|foo a; COMMAND GETKEYS client|list a; COMMAND GETKEYS dEl a b c
    COMMAND GETKEYS command getkeys get a; COMMAND GETKEYSANDFLAGS get a; COMMAND GETKEYSANDFLAGS set a b
    COMMAND GETKEYSANDFLAGS set a b get; ~COMMAND GETKEYSANDFLAGS ping; COMMAND GETKEYSANDFLAGS mset a 1 b 2
    COMMAND GETKEYSANDFLAGS watch a b; COMMAND HELP x; HELLO 3; ~COMMAND INFO nosuch; COMMAND DOCS nosuch
    COMMAND GETKEYSANDFLAGS get a`,
  'INFO, TIME, MEMORY, LOLWUT, SHUTDOWN': `
    INFO foo; INFO foo bar; INFO ""; TIME x; MEMORY; MEMORY FOO; MEMORY USAGE; MEMORY USAGE nosuch
    MEMORY USAGE nosuch SAMPLES; MEMORY USAGE nosuch SAMPLES x; MEMORY USAGE nosuch SAMPLES -1
    MEMORY USAGE nosuch SAMPLES 0; MEMORY USAGE nosuch FOO 5; MEMORY USAGE nosuch x; MEMORY HELP x; LOLWUT VERSION x
    SHUTDOWN FOO; SHUTDOWN NOSAVE SAVE; SHUTDOWN ABORT; SHUTDOWN ABORT NOW; SHUTDOWN NOW ABORT; SHUTDOWN NOW FOO`,
  DEBUG: `
    DEBUG; DEBUG FOO; DEBUG OBJECT; DEBUG OBJECT nosuch; ~DEBUG OBJECT nosuch FAST; DEBUG OBJECT a b c; DEBUG SLEEP; DEBUG SLEEP x; DEBUG SLEEP 0; DEBUG SLEEP -1; DEBUG SLEEP 0 1; DEBUG SET-ACTIVE-EXPIRE
    DEBUG SET-ACTIVE-EXPIRE 0 1; DEBUG SET-ACTIVE-EXPIRE x; DEBUG SET-ACTIVE-EXPIRE 1; DEBUG JMAP x
    DEBUG QUICKLIST-PACKED-THRESHOLD; DEBUG QUICKLIST-PACKED-THRESHOLD 100; DEBUG QUICKLIST-PACKED-THRESHOLD 0
    DEBUG CHANGE-REPL-ID; ~DEBUG REPLYBUFFER PEAK-RESET-TIME 100; ~DEBUG REPLYBUFFER RESIZING 1; DEBUG REPLYBUFFER
    DEBUG REPLYBUFFER FOO; DEBUG REPLYBUFFER FOO 1; ~DEBUG DICT-RESIZING 1; ~DEBUG DICT-RESIZING; DEBUG ERROR
    DEBUG ERROR foo; DEBUG ERROR "FOO bar"; DEBUG ERROR "-FOO bar"; DEBUG ERROR ""; DEBUG ERROR "a\\r\\nb"
    ~DEBUG PROTOCOL x; DEBUG PROTOCOL; DEBUG PROTOCOL string; DEBUG PROTOCOL INTEGER; DEBUG PROTOCOL double
    DEBUG PROTOCOL null; DEBUG PROTOCOL array; DEBUG PROTOCOL set; DEBUG PROTOCOL map; DEBUG PROTOCOL attrib
    ~DEBUG PROTOCOL push; DEBUG PROTOCOL verbatim; DEBUG PROTOCOL true; DEBUG PROTOCOL false; DEBUG PROTOCOL bignum
    HELLO 3; DEBUG PROTOCOL string; DEBUG PROTOCOL double; DEBUG PROTOCOL null; DEBUG PROTOCOL set; DEBUG PROTOCOL map
    DEBUG PROTOCOL attrib; DEBUG PROTOCOL verbatim; DEBUG PROTOCOL true; DEBUG PROTOCOL false; DEBUG PROTOCOL bignum`,
  'WAIT, WAITAOF': `
    WAIT; WAIT 0; WAIT 0 0; WAIT x 0; WAIT 0 x; WAIT 0 -1; WAIT x x; WAIT -1 0; WAIT 1 1
    WAIT 0 99999999999999999999; ~WAIT 0 9223372036854775807; ~WAITAOF; ~WAITAOF 0 0; ~WAITAOF x 0 0; ~WAITAOF 2 0 0
    ~WAITAOF -1 0 0; ~WAITAOF 0 x 0; ~WAITAOF 0 -1 0; ~WAITAOF 0 0 x; ~WAITAOF 0 0 -1; ~WAITAOF 2 -1 x`,
  'unknown commands': `
    FOO; foo a b; "" a; "foo\\u0000bar" "a\\u0000b"; "foo\\r\\nbar" "a\\r\\nb"; "it's" "'"; GET|x a; client|list
    "foo " a; "\\u00ff\\u0001\\t" "\\u00fe"; FOO "" "" ""; GET; GET a b; SET a; foo ${'y'.repeat(60)} ${'y'.repeat(60)} z w
    ${'x'.repeat(200)} ${'x'.repeat(200)} y; foo ${'z'.repeat(126)} abc d; foo ${'z'.repeat(127)} abc; CLIENT ${'x'.repeat(200)}
    foo ${'z'.repeat(128)} abc; foo ${Array(100).fill('""').join(' ')}; CONFIG SET ${'x'.repeat(200)} x; ~DEBUG ${'x'.repeat(200)}
    CLIENT KILL TYPE ${'x'.repeat(200)}; HELLO 2 ${'x'.repeat(200)}; CONFIG SET timeout ${'x'.repeat(200)}`,
  'in a transaction': `
    MULTI; PING x y; PING; EXEC; MULTI; CLIENT FOO; EXEC; MULTI; FOO; PING; EXEC; MULTI; WAIT 5 0; EXEC; MULTI; SHUTDOWN; EXEC
    MULTI; DEBUG SLEEP 0; CLIENT PAUSE 0; INFO nosuch; AUTH x; SELECT 3; CLIENT GETNAME; SELECT 99; CONFIG GET timeout; EXEC
    MULTI; CLIENT KILL ID x; CLIENT LIST ID 99999; COMMAND GETKEYS get a; HELLO 2; HELLO 9; EXEC; MULTI; RESET; EXEC; PING
    MULTI; EXEC x; EXEC; EXEC x; MULTI; DISCARD x; EXEC; MULTI; SHUTDOWN; GET; EXEC x; EXEC
    MULTI; CONFIG SET timeout x; DEBUG ERROR "FOO bar"; EXEC; SELECT x; SELECT 0; DISCARD`,
};

/** Lines with a tilde: Redis 7.0 has no such command or option, or words it otherwise. */
function onlyValkey(line: string): boolean {
  return line.startsWith('~');
}

function wordsOf(line: string): string[] {
  const words = line.replace(/^~/, '').match(/"(?:\\.|[^"])*"|\S+/g) ?? [];
  return words.map((word) => (word.startsWith('"') ? (JSON.parse(word) as string) : word));
}

/** What may differ: numbers of connections and versions. The order in which a set is listed says nothing. */
function comparable(words: readonly string[], reply: Reply): string {
  const sorted = words.join(' ').startsWith('COMMAND LIST') && Array.isArray(reply);
  const items = sorted ? [...(reply as string[])].sort() : reply;
  return encode(items, 3)
    .replace(/(\$2\r\nid\r\n:)\d+/, '$1')
    .replace(/(\$7\r\nversion\r\n)\$\d+\r\n[\d.]+/, '$1')
    .replace(/(\$6\r\nserver\r\n)\$\d+\r\n\w+/, '$1');
}

describe.skipIf(!hasReferenceServer)('administrative commands answer as a real server does', () => {
  let node: RunningNode;
  let reference: ReferenceServer;
  beforeAll(async () => {
    const flags = ['--enable-debug-command', 'yes'];
    [node, reference] = await Promise.all([startTestNode(), startReferenceServer(flags)]);
  });
  afterAll(async () => {
    await Promise.all([node.drain(), reference.stop()]);
  });

  async function connectBoth(): Promise<[ours: RawClient, theirs: RawClient]> {
    return Promise.all([RawClient.connect(node.port), RawClient.connect(reference.port)]);
  }

  it.each(Object.entries(scripts))('%s', async (_, script) => {
    const [ours, theirs] = await connectBoth();
    const lines = script
      .split(/[;\n]/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const differences: unknown[] = [];
    for (const line of lines) {
      if (onlyValkey(line) && reference.name === 'redis') continue;
      const words = wordsOf(line);
      const [our, their] = await Promise.all([ours.call(...words), theirs.call(...words)]);
      const [actual, expected] = [comparable(words, our), comparable(words, their)];
      if (actual !== expected) differences.push({ line, actual, expected });
    }
    ours.close();
    theirs.close();
    expect(differences).toEqual([]);
  });

  /** Where not every line has an answer: all that comes back. */
  it.each([
    ['PING a', 'CLIENT REPLY SKIP', 'PING b', 'PING c', 'CLIENT REPLY OFF', 'PING d', 'CLIENT REPLY ON', 'PING e'],
    ['CLIENT REPLY SKIP', 'CLIENT REPLY SKIP', 'PING a', 'PING b', 'CLIENT REPLY SKIP', 'FOO', 'PING c'],
    ['CLIENT REPLY OFF', 'CLIENT REPLY SKIP', 'PING a', 'PING b', 'CLIENT REPLY ON', 'PING c'],
    ['CLIENT REPLY SKIP', 'CLIENT REPLY ON', 'PING a', 'CLIENT REPLY SKIP', 'CLIENT REPLY OFF', 'PING b'],
    [
      'CLIENT REPLY OFF',
      'RESET',
      'PING a',
      'CLIENT REPLY SKIP',
      'SET a b',
      'GET a',
      'CLIENT REPLY SKIP',
      'SET',
      'GET a',
    ],
    ['MULTI', 'QUIT', 'PING a'],
    ['CLIENT REPLY SKIP', 'RESET', 'PING a', 'CLIENT REPLY SKIP', 'MULTI', 'PING b', 'EXEC', 'EXEC x'],
    ['QUIT a b', 'PING a'],
  ])('in silence: %s %s %s', async (...lines) => {
    const [ours, theirs] = await connectBoth();
    const request = [...lines, 'CLIENT REPLY ON', 'QUIT'].map((line) => `${line}\r\n`).join('');
    for (const client of [ours, theirs]) client.send(request);
    await Promise.all([ours.closing(), theirs.closing()]);
    expect(ours.received).toBe(theirs.received);
  });

  it('describes connections by the same fields in the same order', async () => {
    const clients = await connectBoth();
    const [ours, theirs] = await Promise.all(
      clients.map(async (client) => {
        const text = (await client.call('CLIENT', 'INFO')) as string;
        return text.split(' ').map((field) => field.split('=')[0]);
      }),
    );
    if (reference.name === 'valkey') expect(ours).toEqual(theirs);
    else expect(ours).toEqual(expect.arrayContaining(theirs!));
    for (const client of clients) client.close();
  });
});

/** What Valkey 8 answers otherwise, on purpose; `docs/compatibility.md` gives the reasons. */
describe('administrative commands answer in their own way', () => {
  let node: RunningNode;
  let client: RawClient;
  beforeAll(async () => {
    node = await startTestNode();
    client = await RawClient.connect(node.port);
  });
  afterAll(async () => {
    client.close();
    await node.drain();
  });

  it('says that what it acknowledges is durable, and that there are no replicas to wait for', async () => {
    expect(await client.call('WAITAOF', '1', '1', '0')).toEqual([1, 0]);
    expect(await client.call('WAIT', '1', '0')).toBe(0);
  });

  it('takes bulk strings as long as a byte string can be', async () => {
    expect(await client.call('CONFIG', 'SET', 'proto-max-bulk-len', '1gb')).toMatchObject({
      text: "ERR CONFIG SET failed (possibly related to argument 'proto-max-bulk-len') - argument must be between 1048576 and 536870912 inclusive",
    });
  });

  it('holds only the connection that sleeps', async () => {
    const sleeper = await RawClient.connect(node.port);
    const id = encode(await sleeper.call('CLIENT', 'ID'), 2).slice(1, -2);
    sleeper.send('DEBUG SLEEP 30\r\nPING after\r\n');
    expect(await client.call('PING', 'meanwhile')).toBe('meanwhile');
    expect(await client.call('CLIENT', 'KILL', 'ID', id)).toBe(1);
    await sleeper.closing();
    client.send('DEBUG SLEEP 0.01\r\nPING after\r\n');
    expect([await client.reply(), await client.reply()]).toEqual([{ kind: 'simple', text: 'OK' }, 'after']);
  });

  it('sends the push of DEBUG PROTOCOL behind a reply', async () => {
    const other = await RawClient.connect(node.port);
    await other.call('HELLO', '3');
    expect(await other.call('DEBUG', 'PROTOCOL', 'push')).toBe('Some real reply following the push reply');
    expect(await other.reply()).toEqual({ kind: 'push', items: ['server-cpu-usage', 42] });
    other.close();
  });

  it('skips the reply of a command that a pause held back', async () => {
    const other = await RawClient.connect(node.port);
    await client.call('CLIENT', 'PAUSE', '60000');
    other.send('CLIENT REPLY SKIP\r\nINCR skipped\r\nINCR skipped\r\n');
    other.send('PING\r\n');
    await client.call('CLIENT', 'UNPAUSE');
    expect([await other.reply(), await other.reply()]).toEqual([2, { kind: 'simple', text: 'PONG' }]);
    other.close();
  });

  it('holds everything back in a pause but CLIENT', async () => {
    const other = await RawClient.connect(node.port);
    await client.call('CLIENT', 'PAUSE', '60000');
    other.send('PING\r\n');
    expect(await client.call('CLIENT', 'NO-EVICT', 'ON')).toMatchObject({ text: 'OK' });
    expect(other.received).toBe('');
    await client.call('CLIENT', 'UNPAUSE');
    expect(await other.reply()).toMatchObject({ text: 'PONG' });
    other.close();
  });

  it('estimates the memory of a key by its length, its value and its expiry', async () => {
    const usage = async (): Promise<number> => (await client.call('MEMORY', 'USAGE', 'm', 'SAMPLES', '0')) as number;
    await client.call('SET', 'm', 'x');
    const small = await usage();
    await client.call('APPEND', 'm', 'x'.repeat(8000));
    expect((await usage()) - small).toBe(8000);
    await client.call('EXPIRE', 'm', '1000');
    expect((await usage()) - small).toBeGreaterThan(8000);
  });

  it('lists clients by number in the order of the numbers', async () => {
    const other = await RawClient.connect(node.port);
    const [a, b] = await Promise.all(
      [client, other].map(async (each) => encode(await each.call('CLIENT', 'ID'), 2).slice(1, -2)),
    );
    const list = (await client.call('CLIENT', 'LIST', 'ID', b!, a!, '999', b!)) as string;
    expect([...list.matchAll(/^id=(\d+)/gm)].map(([, id]) => id)).toEqual([b, a, b]);
    other.close();
  });
});
