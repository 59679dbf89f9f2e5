/** `valthree workload` and servers that cannot be reached in the way it was told: what is wrong is said at once. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionFlags } from '../../src/cli/workload-connections.ts';
import { fromText } from '../../src/resp/bytes.ts';
import type { RunningNode } from '../../src/server/node.ts';
import { WorkloadError } from '../../src/workload/reachable.ts';
import { startBabbler } from '../support/lying-proxy.ts';
import { freePort } from '../support/reference-server.ts';
import { valthree } from '../support/node-process.ts';
import { requirement } from '../support/requirement.ts';
import { settingsDefault, startTestNode } from '../support/test-node.ts';
import { TestWorkload } from '../support/test-workload.ts';

/** It does not wait at all: no password gets right by waiting. */
async function trouble(address: string, flags: Partial<ConnectionFlags> = {}): Promise<string> {
  const workload = new TestWorkload([address], {}, flags);
  const message = await workload.iterate().then(
    () => 'nothing is wrong',
    (cause: unknown) => (cause instanceof WorkloadError ? cause.message : String(cause)),
  );
  expect(workload.waited).toEqual([]);
  expect(message.slice(0, address.length + 2)).toBe(`${address}: `);
  return message.slice(address.length + 2);
}

describe('a password', () => {
  let node: RunningNode;
  let address: string;
  beforeAll(async () => {
    node = await startTestNode({ settings: { ...settingsDefault(), password: fromText('pässword') } });
    address = `127.0.0.1:${node.port}`;
  });
  afterAll(() => node.drain());

  it('that is right lets it in', async () => {
    const flags = ['--addrs', address, '--iterations', '1', '--operations', '5'];
    expect((await valthree(['workload', ...flags], { VALTHREE_PASSWORD: 'pässword' })).code).toBe(0);
  });

  it('that is wrong', async () => {
    expect(await trouble(address, { password: 'other' })).toMatch(
      /^it does not take the password; give the right one in VALTHREE_PASSWORD \(WRONGPASS /,
    );
  });

  it('that is missing', async () => {
    expect(await trouble(address)).toBe('it wants a password: give it in VALTHREE_PASSWORD');
  });

  it('that nobody asked for', async () => {
    const open = await startTestNode();
    expect(await trouble(`127.0.0.1:${open.port}`, { password: 'other' })).toMatch(
      /^it has no password, so give none \(ERR AUTH/,
    );
    await open.drain();
  });
});

it('of one server is told of, although others are well', async () => {
  const [open, closed] = [
    await startTestNode(),
    await startTestNode({ settings: { ...settingsDefault(), password: 'x' } }),
  ];
  const addresses = [open, closed].map(({ port }) => `127.0.0.1:${port}`);
  await expect(new TestWorkload(addresses).iterate()).rejects.toThrow(`${addresses[1]}: it wants a password`);
  await open.drain();
  await closed.drain();
});

it('a name that no host has', async () => {
  // A domain that never exists: RFC 2606. Without a name server, nobody can say even that, and it is asked again.
  const workload = new TestWorkload(['nowhere.invalid:6379'], { isOver: () => true });
  await expect(workload.iterate()).rejects.toThrow(
    /nowhere\.invalid:6379: (there is no host of this name|the name of this host cannot be looked up)$/,
  );
});

it('that may pass is waited for, and told of while it lasts', async () => {
  const port = await freePort();
  const started: Promise<RunningNode>[] = [];
  const workload: TestWorkload = new TestWorkload([`127.0.0.1:${port}`], {
    operations: 3,
    onWaiting: (why) => {
      expect(why).toBe(`127.0.0.1:${port}: nobody listens there`);
      started.push(startTestNode({ port }));
    },
  });
  expect((await workload.iterate()).operations).toBeGreaterThan(0);
  expect(started.length).toBe(1);
  await (await started[0]!).drain();
});

it('of all servers is told of, of each', async () => {
  const addresses = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const workload = new TestWorkload(addresses, { isOver: () => true });
  await expect(workload.iterate()).rejects.toThrow(
    `no server can be reached: ${addresses.map((address) => `${address}: nobody listens there`).join('; ')}`,
  );
});

it('somebody who talks another language', async () => {
  const babbler = await startBabbler('HTTP/1.1 400 Bad Request\r\n\r\n');
  expect(await trouble(`127.0.0.1:${babbler.port}`)).toMatch(
    /^it sends bytes that are no RESP: .*; is it a Valkey server\?$/,
  );
  babbler.close();
});

it('somebody who talks RESP, but answers anything', async () => {
  const babbler = await startBabbler(':7\r\n');
  expect(await trouble(`127.0.0.1:${babbler.port}`)).toBe('it answers PING with (integer) 7; is it a Valkey server?');
  babbler.close();
});

const hasOpenssl = requirement(spawnSync('openssl', ['version']).status === 0, 'TLS: apt-get install openssl');

describe.skipIf(!hasOpenssl)('TLS (needs openssl)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'valthree-workload-tls-'));
  let node: RunningNode;
  let plain: RunningNode;
  const tls = () => ({
    certFile: join(directory, 'cert.pem'),
    keyFile: join(directory, 'key.pem'),
    caCertFile: undefined,
    authClients: 'no' as const,
  });
  beforeAll(async () => {
    const words = 'req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost';
    const { status, stderr } = spawnSync('openssl', words.split(' '), { cwd: directory, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    node = await startTestNode({ tls: tls() });
    plain = await startTestNode();
  });
  afterAll(async () => {
    await node.drain();
    await plain.drain();
    rmSync(directory, { recursive: true });
  });

  it('is spoken, with a certificate of an authority that is named', async () => {
    const flags = ['--addrs', `localhost:${node.port}`, '--tls', '--iterations', '1', '--operations', '5'];
    const authority = { NODE_EXTRA_CA_CERTS: join(directory, 'cert.pem') };
    expect(await valthree(['workload', ...flags], authority)).toMatchObject({ code: 0, stderr: '' });
  });

  it('is spoken with a certificate of nobody, where that is allowed', async () => {
    const workload = new TestWorkload([`localhost:${node.port}`], { operations: 5 }, { tls: true, insecure: true });
    expect(await workload.iterate()).toMatchObject({ wrongAnswers: [] });
  });

  it('where the server wants to know who we are', async () => {
    const strict = await startTestNode({
      tls: { ...tls(), caCertFile: join(directory, 'cert.pem'), authClients: 'yes' },
    });
    expect(await trouble(`localhost:${strict.port}`, { tls: true, insecure: true })).toMatch(
      /^it wants a certificate of its clients, and the workload has none: /,
    );
    await strict.drain();
  });

  it('with a certificate that nobody trusts', async () => {
    expect(await trouble(`localhost:${node.port}`, { tls: true })).toMatch(
      /^its certificate is not trusted \(self-signed certificate\): name the authority in NODE_EXTRA_CA_CERTS, or take any certificate with --insecure$/,
    );
  });

  it('to a port that does not talk it', async () => {
    expect(await trouble(`127.0.0.1:${plain.port}`, { tls: true })).toBe(
      'it does not talk TLS on this port: leave --tls out, or name another port',
    );
  });

  it('that was left out', async () => {
    expect(await trouble(`127.0.0.1:${node.port}`)).toBe('it talks TLS on this port: use --tls');
  });
});
