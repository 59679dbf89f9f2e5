/** `valthree workload` and servers that cannot be reached in the way it was told: what is wrong is said at once. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromText } from '../../src/resp/bytes.ts';
import type { RunningNode } from '../../src/server/node.ts';
import { startBabbler } from '../support/lying-proxy.ts';
import { valthree } from '../support/node-process.ts';
import { requirement } from '../support/requirement.ts';
import { settingsDefault, startTestNode } from '../support/test-node.ts';

/** It does not even try for the ten seconds that a server may take to start: no password gets right by waiting. */
async function trouble(address: string, flags: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, stdout, stderr } = await valthree(['workload', '--addrs', address, '--seed', '7', ...flags], env);
  expect([code, stdout]).toEqual([2, `seed: 7, servers: ${address}\n`]);
  const start = `valthree: no server can be reached: ${address}: `;
  expect(stderr.slice(0, start.length)).toBe(start);
  return stderr.slice(start.length);
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
    expect(await trouble(address, [], { VALTHREE_PASSWORD: 'other' })).toMatch(
      /^it does not take the password; give the right one in VALTHREE_PASSWORD \(WRONGPASS /,
    );
  });

  it('that is missing', async () => {
    expect(await trouble(address)).toBe('it wants a password: give it in VALTHREE_PASSWORD\n');
  });

  it('that nobody asked for', async () => {
    const open = await startTestNode();
    expect(await trouble(`127.0.0.1:${open.port}`, [], { VALTHREE_PASSWORD: 'other' })).toMatch(
      /^it has no password, so give none \(ERR AUTH/,
    );
    await open.drain();
  });
});

it('a name that no host has', async () => {
  // A domain that never exists: RFC 2606. Without a name server, nobody can say even that.
  expect(await trouble('nowhere.invalid:6379', ['--duration', '1s'])).toMatch(
    /^(there is no host of this name|the name of this host cannot be looked up)\n$/,
  );
});

it('somebody who talks another language', async () => {
  const babbler = await startBabbler('HTTP/1.1 400 Bad Request\r\n\r\n');
  expect(await trouble(`127.0.0.1:${babbler.port}`)).toMatch(
    /^it sends bytes that are no RESP: .*; is it a Valkey server\?\n$/,
  );
  babbler.close();
});

const hasOpenssl = requirement(spawnSync('openssl', ['version']).status === 0, 'TLS: apt-get install openssl');

describe.skipIf(!hasOpenssl)('TLS (needs openssl)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'valthree-workload-tls-'));
  let node: RunningNode;
  let plain: RunningNode;
  beforeAll(async () => {
    const words = 'req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost';
    const { status, stderr } = spawnSync('openssl', words.split(' '), { cwd: directory, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const tls = { certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem'), caCertFile: undefined };
    node = await startTestNode({ tls: { ...tls, authClients: 'no' } });
    plain = await startTestNode();
  });
  afterAll(async () => {
    await node.drain();
    await plain.drain();
    rmSync(directory, { recursive: true });
  });

  it('is spoken, also with a certificate of nobody where that is allowed', async () => {
    const few = ['--iterations', '1', '--operations', '5'];
    const flags = ['--addrs', `localhost:${node.port}`, '--tls', ...few];
    expect((await valthree(['workload', ...flags, '--insecure'])).code).toBe(0);
    const authority = { NODE_EXTRA_CA_CERTS: join(directory, 'cert.pem') };
    expect(await valthree(['workload', ...flags], authority)).toMatchObject({ code: 0, stderr: '' });
  });

  it('with a certificate that nobody trusts', async () => {
    expect(await trouble(`localhost:${node.port}`, ['--tls'])).toMatch(
      /^its certificate is not trusted \(self-signed certificate\): name the authority in NODE_EXTRA_CA_CERTS, or take any certificate with --insecure\n$/,
    );
  });

  it('to a port that does not talk it', async () => {
    expect(await trouble(`127.0.0.1:${plain.port}`, ['--tls'])).toBe(
      'it does not talk TLS on this port: leave --tls out, or name another port\n',
    );
  });

  it('that was left out', async () => {
    expect(await trouble(`127.0.0.1:${node.port}`)).toBe('it talks TLS on this port: use --tls\n');
  });
});
