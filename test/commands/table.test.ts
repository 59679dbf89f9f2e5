import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCommands } from '../../src/commands/all-commands.ts';
import { renderCommandsPage } from '../../src/commands/commands-page.ts';
import { createCommandTable } from '../../src/commands/table.ts';
import type { Reply } from '../../src/resp/reply.ts';
import type { RunningNode } from '../../src/server/node.ts';
import { RawClient } from '../support/raw-client.ts';
import { hasReferenceServer, startReferenceServer, type ReferenceServer } from '../support/reference-server.ts';
import { startTestNode } from '../support/test-node.ts';

const table = createCommandTable(allCommands);
const names = table.all.flatMap((row) => {
  const name = row.name.toLowerCase();
  return [name, ...(row.kind === 'container' ? row.subcommands.map((sub) => `${name}|${sub.name.toLowerCase()}`) : [])];
});

describe('the command table', () => {
  it('finds commands in any case', () => {
    for (const name of ['get', 'GET', 'gEt']) expect(table.find(name)?.name).toBe('GET');
    expect(table.find('nosuch')).toBeUndefined();
    expect(table.find('__proto__')).toBeUndefined();
  });

  it('is what docs/commands.md says', async () => {
    const page = await format(renderCommandsPage(table), { parser: 'markdown', printWidth: 120 });
    expect(readFileSync('docs/commands.md', 'utf8'), 'run npm run docs:commands').toBe(page);
  });

  it('says of every command what it does, in one sentence', () => {
    for (const row of table.all) expect(row.doc.summary, row.name).toMatch(/^[A-Z].*[.]$/);
  });
});

/** Facts that are newer than the server we compare with, or deliberately other, by command and the reason. */
const differences: Readonly<Record<string, string>> = {
  command: 'subcommands are compared one by one',
  client: 'a real server has more subcommands',
  config: 'subcommands are compared one by one',
  memory: 'a real server has more subcommands',
  object: 'subcommands are compared one by one',
};

/** Where Redis 7.0 says otherwise than Valkey 8. */
const sinceRedis7: Readonly<Record<string, string>> = {
  'command|getkeys': 'arity',
  'command|getkeysandflags': 'arity',
  wait: 'no longer in the category @blocking',
  waitaof: 'no longer in the category @blocking',
  auth: 'flags',
  multi: 'may not be nested since Valkey 8',
  ...Object.fromEntries(
    ['blpop', 'brpop', 'blmove', 'brpoplpush', 'bzpopmin', 'bzpopmax'].map((name) => [name, 'allowed in scripts']),
  ),
  watch: 'may not be queued since Valkey 8',
  zrank: 'WITHSCORE since 7.2',
  zrevrank: 'WITHSCORE since 7.2',
};

describe.skipIf(!hasReferenceServer)('facts of the commands are those of a real server', () => {
  let node: RunningNode;
  let reference: ReferenceServer;
  let ours: RawClient;
  let theirs: RawClient;

  beforeAll(async () => {
    [node, reference] = await Promise.all([startTestNode(), startReferenceServer()]);
    [ours, theirs] = (await Promise.all([node.port, reference.port].map((port) => RawClient.connect(port)))) as [
      RawClient,
      RawClient,
    ];
  });
  afterAll(async () => {
    ours.close();
    theirs.close();
    await Promise.all([node.drain(), reference.stop()]);
  });

  function comparable(info: Reply): unknown {
    const [name, arity, flags, first, last, step, categories, tips, specs] = info as unknown[];
    const sorted = (items: unknown): string[] => (items as { text: string }[]).map(({ text }) => text).sort();
    const isRedis = reference.name === 'redis';
    return {
      name,
      arity,
      flags: sorted(flags),
      keys: [first, last, step],
      categories: sorted(categories),
      // Added to over time.
      tips: isRedis ? undefined : tips,
      specs: isRedis ? undefined : JSON.stringify(specs).replaceAll(/"notes","[^"]*",/g, ''),
    };
  }

  it.each(names)('%s', async (name) => {
    const [our, their] = await Promise.all([ours.call('COMMAND', 'INFO', name), theirs.call('COMMAND', 'INFO', name)]);
    const [[ourInfo], [theirInfo]] = [our as Reply[], their as Reply[]];
    if (name in differences) return;
    if (reference.name === 'redis' && name in sinceRedis7) return;
    if (!Array.isArray(theirInfo)) {
      expect(reference.name, `${name} is unknown to the reference`).toBe('redis');
      return;
    }
    expect(comparable(ourInfo!)).toEqual(comparable(theirInfo as Reply));
  });

  it('finds the keys of commands as a real server does', async () => {
    for (const words of [
      ['GET', 'a'],
      ['SET', 'a', 'b', 'EX', '10'],
      ['MSET', 'a', '1', 'b', '2'],
      ['DEL', 'a', 'b', 'c'],
      ['RENAME', 'a', 'b'],
      ['COPY', 'a', 'b', 'REPLACE'],
      ['LCS', 'a', 'b', 'LEN'],
      ['OBJECT', 'ENCODING', 'a'],
      ['SPUBLISH', 'a', 'b'],
      ['SSUBSCRIBE', 'a', 'b'],
      ['ZADD', 'a', '1', 'b'],
      ['ZRANGESTORE', 'a', 'b', '0', '-1'],
      ['ZUNION', '2', 'a', 'b', 'WEIGHTS', '1', '2'],
      ['ZDIFFSTORE', 'd', '2', 'a', 'b'],
      ['ZMPOP', '2', 'a', 'b', 'MIN'],
      ...(reference.name === 'valkey' ? [['PING'], ['GET']] : []),
      ['NOSUCH', 'a'],
    ]) {
      const [our, their] = await Promise.all(
        [ours, theirs].map((client) => client.call('COMMAND', 'GETKEYSANDFLAGS', ...words)),
      );
      expect(our, words.join(' ')).toEqual(their);
    }
  });

  it('lists commands and subcommands as a real server does: all, unless they are filtered', async () => {
    for (const client of [ours, theirs]) {
      const [all, matching] = (await client.pipeline([
        ['COMMAND', 'LIST'],
        ['COMMAND', 'LIST', 'FILTERBY', 'PATTERN', '*'],
      ])) as string[][];
      expect(all?.sort()).toEqual(matching?.sort());
      expect(all).toContain('client|list');
    }
  });

  it('documents arguments as a real server does', async () => {
    if (reference.name === 'redis') return;
    const plain = (reply: Reply): Map<string, unknown> => {
      const items = reply as unknown[];
      const map = new Map<string, unknown>();
      for (let i = 0; i < items.length; i += 2) map.set(items[i] as string, items[i + 1]);
      return map;
    };
    for (const name of names.filter((each) => each !== 'set')) {
      const [our, their] = await Promise.all([ours, theirs].map((client) => client.call('COMMAND', 'DOCS', name)));
      const [ourDoc, theirDoc] = [our, their].map((reply) => plain((reply as Reply[])[1]!)) as [
        Map<string, unknown>,
        Map<string, unknown>,
      ];
      for (const field of ['since', 'group', 'arguments', 'deprecated_since', 'replaced_by']) {
        expect(JSON.stringify(ourDoc.get(field)), `${name} ${field}`).toBe(JSON.stringify(theirDoc.get(field)));
      }
    }
  });
});
