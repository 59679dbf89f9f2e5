/**
 * The same connections do the same to this node and to a real server: after every step each connection must have
 * received the same bytes. Several connections, so unlike in `differential.test.ts` a step ends only when all have
 * answered a PING. fast-check prints the seed of a difference and shrinks it.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encode } from '../../src/resp/encode.ts';
import { ReplyParser } from '../../src/resp/reply-parser.ts';
import type { Reply } from '../../src/resp/reply.ts';
import type { RunningNode } from '../../src/server/node.ts';
import { encodeRequest, RawClient } from '../support/raw-client.ts';
import { hasReferenceServer, startReferenceServer, type ReferenceServer } from '../support/reference-server.ts';
import { startTestNode } from '../support/test-node.ts';

/** What one connection sends at once, each command as words with blanks between them. */
interface Step {
  readonly by: string;
  readonly commands: readonly string[];
}

function step(by: string, ...commands: string[]): Step {
  return { by, commands };
}

/** By step: what each connection has received in it. */
type Received = readonly Readonly<Record<string, string>>[];

async function run(port: number, steps: readonly Step[]): Promise<Received> {
  const names = [...new Set(steps.map(({ by }) => by))].sort();
  const clients = new Map<string, RawClient>();
  for (const name of names) clients.set(name, await RawClient.connect(port));
  const seen = new Map(names.map((name) => [name, 0]));
  try {
    const received: Record<string, string>[] = [];
    for (const [index, { by, commands }] of steps.entries()) {
      clients.get(by)!.send(commands.map((command) => encodeRequest(command.split(' '))).join(''));
      for (const [turn, name] of [by, ...names].entries()) {
        const client = clients.get(name)!;
        const token = `step-${index}-${turn}`;
        client.send(encodeRequest(['PING', token]));
        await client.until(() => client.received.endsWith(`${token}\r\n`));
      }
      received.push(
        Object.fromEntries(
          names.map((name) => {
            const { received: all } = clients.get(name)!;
            const fresh = all.slice(seen.get(name));
            seen.set(name, all.length);
            return [name, fresh];
          }),
        ),
      );
    }
    return received;
  } finally {
    for (const client of clients.values()) client.close();
  }
}

/** Valkey 8.0.0 and 8.0.1 refused to unsubscribe who was not subscribed; 8.0.2 took that back. */
function isOldRefusal(bytes: string): boolean {
  return bytes.includes('NOSUB');
}

describe.skipIf(!hasReferenceServer)('publish and subscribe is as in a real server', () => {
  let node: RunningNode;
  let reference: ReferenceServer;

  beforeAll(async () => {
    [node, reference] = await Promise.all([startTestNode(), startReferenceServer()]);
  });
  afterAll(async () => {
    await Promise.all([node.drain(), reference.stop()]);
  });

  async function both(steps: readonly Step[]): Promise<readonly [ours: Received, theirs: Received]> {
    return Promise.all([run(node.port, steps), run(reference.port, steps)]);
  }

  describe.each(['2', '3'])('in RESP%s', (protocol) => {
    const hello = step('s', `HELLO ${protocol}`, 'PING');

    it.each<readonly [string, readonly Step[]]>([
      [
        'channels',
        [
          step('s', 'SUBSCRIBE a', 'SUBSCRIBE b a c'),
          step('p', 'PUBLISH a 1', 'PUBLISH b 2', 'PUBLISH d 3', 'PUBSUB NUMSUB a b c d', 'PUBSUB CHANNELS a*'),
          step('s', 'UNSUBSCRIBE a', 'UNSUBSCRIBE d', 'PING', 'PING x'),
          step('p', 'PUBLISH a 4', 'PUBLISH b 5', 'PUBSUB NUMPAT', 'PUBSUB SHARDCHANNELS'),
          step('s', 'UNSUBSCRIBE b c', 'PING'),
        ],
      ],
      [
        'patterns beside channels',
        [
          step('s', 'PSUBSCRIBE n?ws.*', 'SUBSCRIBE news.art', 'PSUBSCRIBE n?ws.*'),
          step('t', 'PSUBSCRIBE n?ws.*'),
          step('p', 'PUBLISH news.art 1', 'PUBLISH news. 2', 'PUBLISH nws.art 3', 'PUBSUB NUMPAT', 'PUBSUB CHANNELS'),
          step('s', 'PUNSUBSCRIBE n?ws.* other', 'PUNSUBSCRIBE'),
          step('p', 'PUBLISH news.art 4', 'PUBSUB NUMPAT'),
        ],
      ],
      [
        'shard channels, that have nothing to do with the others',
        [
          step('s', 'SSUBSCRIBE a b', 'SUBSCRIBE a', 'PSUBSCRIBE *'),
          step(
            'p',
            'SPUBLISH a 1',
            'PUBLISH a 2',
            'SPUBLISH c 3',
            'PUBSUB SHARDNUMSUB a b c',
            'PUBSUB SHARDCHANNELS b',
          ),
          step('s', 'SUNSUBSCRIBE b', 'UNSUBSCRIBE', 'PUNSUBSCRIBE', 'PING', 'SUNSUBSCRIBE', 'PING'),
        ],
      ],
      [
        'what a subscriber may do',
        [
          step(
            's',
            'SUBSCRIBE a',
            'GET k',
            'client list x',
            'config get databases',
            'NOSUCH',
            'GET',
            'PUBSUB NUMPAT',
            'PING',
          ),
          step('s', 'MULTI', 'PING', 'EXEC', 'PING x', 'UNSUBSCRIBE', 'GET k'),
        ],
      ],
      [
        'RESET, which leaves all',
        [
          step('s', 'SUBSCRIBE a', 'PSUBSCRIBE b', 'SSUBSCRIBE c', 'RESET', 'PING', 'GET k'),
          step('p', 'PUBLISH a 1', 'PUBLISH b 2', 'SPUBLISH c 3', 'PUBSUB NUMPAT', 'PUBSUB CHANNELS'),
        ],
      ],
      [
        'no replies, but confirmations and messages',
        [
          step('s', 'CLIENT REPLY SKIP', 'SUBSCRIBE a b'),
          step('p', 'PUBLISH a 1'),
          step('s', 'UNSUBSCRIBE a', 'UNSUBSCRIBE', 'PING'),
          step('s', 'CLIENT REPLY OFF', 'PING', 'SUBSCRIBE a', 'UNSUBSCRIBE a', 'PING', 'CLIENT REPLY ON'),
          step(
            's',
            'CLIENT REPLY OFF',
            'MULTI',
            'SET k 1',
            'SUBSCRIBE a b',
            'EXEC',
            'UNSUBSCRIBE a b',
            'CLIENT REPLY ON',
          ),
        ],
      ],
      [
        'transactions',
        [
          step('s', 'MULTI', 'SUBSCRIBE a b', 'PSUBSCRIBE p*', 'SSUBSCRIBE c', 'PING', 'EXEC', 'PING'),
          step(
            'p',
            'MULTI',
            'PUBLISH a 1',
            'SET k 1',
            'PUBLISH pa 2',
            'GET k',
            'EXEC',
            'PUBLISH b 3',
            'PUBSUB SHARDCHANNELS',
          ),
          step(
            's',
            'UNSUBSCRIBE a b',
            'PUNSUBSCRIBE p*',
            'MULTI',
            'SUBSCRIBE a',
            'UNSUBSCRIBE a',
            'PING',
            'EXEC',
            'GET k',
          ),
        ],
      ],
      [
        'wrong words',
        [
          step('s', 'SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE', 'PUBLISH a', 'PUBLISH a b c', 'SPUBLISH a', 'PUBSUB'),
          step(
            's',
            'PUBSUB nosuch',
            'pubsub channels a b',
            'PUBSUB SHARDCHANNELS a b',
            'PUBSUB NUMPAT a',
            'PUBSUB NUMSUB',
          ),
          step('s', 'PUBSUB SHARDNUMSUB', 'PUBSUB HELP x', 'MULTI', 'SUBSCRIBE', 'EXEC'),
        ],
      ],
    ])('%s', async (_, steps) => {
      const [ours, theirs] = await both([hello, step('p', 'PING'), step('t', 'PING'), ...steps]);
      if (isOldRefusal(JSON.stringify(theirs))) return;
      expect(ours.slice(1)).toEqual(theirs.slice(1));
    });

    it('leaving what one is not subscribed to', async () => {
      const [ours, theirs] = await both([
        hello,
        step('s', 'UNSUBSCRIBE', 'PUNSUBSCRIBE a b', 'SUNSUBSCRIBE c', 'PING'),
      ]);
      if (isOldRefusal(JSON.stringify(theirs))) return;
      expect(ours.slice(1)).toEqual(theirs.slice(1));
    });

    it('messages to oneself', async () => {
      // Redis before 7.2 sends them before the reply, and in the midst of that of EXEC.
      if (reference.name === 'redis') return;
      const [ours, theirs] = await both([
        hello,
        step('s', 'MULTI', 'SUBSCRIBE a', 'PUBLISH a 1', 'PING', 'EXEC', 'PUBLISH a 2', 'PING'),
        step('s', 'PSUBSCRIBE *', 'PUBLISH a 3', 'MULTI', 'PUBLISH a 4', 'SPUBLISH a 5', 'PING', 'EXEC', 'PING'),
        step('s', 'CLIENT REPLY SKIP', 'PUBLISH a 6', 'PING'),
      ]);
      expect(ours.slice(1)).toEqual(theirs.slice(1));
    });
  });

  /** Who matches several patterns gets the message in the order of a hash table; HELLO tells who answers. */
  function inAnyOrder(bytes: string): string[] {
    const parser = new ReplyParser();
    parser.push(Buffer.from(bytes, 'latin1'));
    const shown: string[] = [];
    const unordered: string[] = [];
    for (let next = parser.next(); next !== undefined; next = parser.next()) {
      const text = encode(next.reply, 3);
      if (text.includes('standalone')) continue;
      const kind = kindOf(next.reply);
      if (kind !== 'pmessage') shown.push(...unordered.splice(0).sort());
      if (kind === 'pmessage') unordered.push(text);
      else shown.push(text);
    }
    shown.push(...unordered.sort());
    return shown;
  }

  function kindOf(reply: Reply): Reply | undefined {
    if (typeof reply !== 'object' || reply === null) return undefined;
    if ('kind' in reply) return reply.kind === 'push' ? reply.items[0] : undefined;
    return reply[0];
  }

  const name = fc.constantFrom('a', 'b', 'ab');
  const pattern = fc.constantFrom('a*', '?', '*', '[^a]*', 'b');
  const names = fc.array(name, { minLength: 1, maxLength: 3 }).map((all) => all.join(' '));
  const patterns = fc.array(pattern, { minLength: 1, maxLength: 3 }).map((all) => all.join(' '));
  const subscriberCommand = fc.oneof(
    names.map((all) => [`SUBSCRIBE ${all}`]),
    patterns.map((all) => [`PSUBSCRIBE ${all}`]),
    names.map((all) => [`SSUBSCRIBE ${all}`]),
    names.map((all) => [`UNSUBSCRIBE ${all}`]),
    patterns.map((all) => [`PUNSUBSCRIBE ${all}`]),
    names.map((all) => [`SUNSUBSCRIBE ${all}`]),
    names.map((all) => ['CLIENT REPLY SKIP', `SUBSCRIBE ${all}`]),
    names.map((all) => ['MULTI', `SUBSCRIBE ${all}`, 'SET k 1', `UNSUBSCRIBE ${all}`, 'PSUBSCRIBE a*', 'EXEC']),
    fc.constantFrom('RESET', 'HELLO 2', 'HELLO 3', 'PING', 'SET k 1', 'GET k').map((command) => [command]),
  );
  const publisherCommand = fc.oneof(
    name.map((channel) => `PUBLISH ${channel} m`),
    name.map((channel) => `SPUBLISH ${channel} m`),
    fc.constantFrom(
      'PUBSUB NUMSUB a b ab',
      'PUBSUB SHARDNUMSUB a b ab',
      'PUBSUB NUMPAT',
      'PUBSUB CHANNELS b',
      'SET k 1',
    ),
  );
  const publishing = fc.array(publisherCommand, { maxLength: 4 });
  const steps = fc.array(
    fc.oneof(
      fc.record({
        by: fc.constantFrom('s', 't', 'u'),
        commands: fc.array(subscriberCommand, { maxLength: 4 }).map((all) => all.flat()),
      }),
      fc.record({ by: fc.constant('p'), commands: publishing }),
      fc.record({ by: fc.constant('p'), commands: publishing.map((all) => ['MULTI', ...all, 'EXEC']) }),
    ),
    { maxLength: 12 },
  );

  it('whatever several connections do', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const [ours, theirs] = await both(all);
        for (const [index, their] of theirs.entries()) {
          for (const [client, bytes] of Object.entries(their)) {
            if (isOldRefusal(bytes)) return;
            const label = `${client} after step ${index}`;
            expect(inAnyOrder(ours[index]![client]!), label).toEqual(inAnyOrder(bytes));
          }
        }
      }),
      { numRuns: Number(process.env['VALTHREE_DIFFERENTIAL_RUNS'] ?? 150) },
    );
  });
});
