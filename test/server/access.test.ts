/** Who may connect: passwords, TLS, and what must never be told. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningNode } from '../../src/server/node.ts';
import { requirement } from '../support/requirement.ts';
import { RawClient } from '../support/raw-client.ts';
import { settingsDefault, startTestNode } from '../support/test-node.ts';

describe('a password', () => {
  let node: RunningNode;
  beforeAll(async () => {
    node = await startTestNode({ settings: { ...settingsDefault(), password: 'pässword' } });
  });
  afterAll(() => node.drain());

  const noAuth = { kind: 'error', text: 'NOAUTH Authentication required.' };
  const wrong = { kind: 'error', text: 'WRONGPASS invalid username-password pair or user is disabled.' };

  it('is asked of everybody, for everything but what leads to it', async () => {
    const client = await RawClient.connect(node.port);
    for (const words of [['GET', 'a'], ['PING'], ['INFO'], ['CONFIG', 'GET', '*'], ['MULTI'], ['CLIENT', 'LIST']]) {
      expect(await client.call(...words), words.join(' ')).toEqual(noAuth);
    }
    expect(await client.call('HELLO', '3')).toMatchObject({
      text: expect.stringMatching(/^NOAUTH HELLO must be called/) as string,
    });
    expect(await client.call('AUTH', 'wrong')).toEqual(wrong);
    expect(await client.call('AUTH', 'nobody', 'pässword')).toEqual(wrong);
    expect(await client.call('HELLO', '2', 'AUTH', 'default', 'wrong')).toEqual(wrong);
    expect(await client.call('GET', 'a')).toEqual(noAuth);
    expect(await client.call('HELLO', '2', 'AUTH', 'default', 'pässword')).toContain('valkey');
    expect(await client.call('SET', 'a', 'b')).toMatchObject({ text: 'OK' });
    expect(await client.call('RESET')).toMatchObject({ text: 'RESET' });
    expect(await client.call('GET', 'a')).toEqual(noAuth);
    expect(await client.call('AUTH', 'pässword')).toMatchObject({ text: 'OK' });
    expect(await client.call('GET', 'a')).toBe('b');
    client.close();
  });

  it('is asked of nobody once it has been taken away', async () => {
    const other = await startTestNode({ settings: { ...settingsDefault(), password: 'secret' } });
    const [inside, outside] = [await RawClient.connect(other.port), await RawClient.connect(other.port)];
    expect(await outside.call('GET', 'a')).toEqual(noAuth);
    await inside.call('AUTH', 'secret');
    expect(await inside.call('CONFIG', 'SET', 'requirepass', '')).toMatchObject({ text: 'OK' });
    expect(await outside.call('GET', 'a')).toBe(null);
    await other.drain();
  });

  it('that was taken away closes the node to other machines', async () => {
    const own = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
    const other = await startTestNode({
      host: '0.0.0.0',
      settings: { ...settingsDefault(), password: 'secret' },
    });
    const inside = await RawClient.connect(other.port);
    await inside.call('AUTH', 'secret');
    await inside.call('CONFIG', 'SET', 'requirepass', '');
    expect(await inside.call('GET', 'a')).toBe(null);
    // A machine without a network has nobody to be closed to.
    if (own !== undefined) {
      const outside = await RawClient.connect(other.port, own);
      await outside.closing();
      expect(outside.received).toMatch(/^-DENIED /);
    }
    await other.drain();
  });

  it('keeps strangers to short requests', async () => {
    const client = await RawClient.connect(node.port);
    client.send('*1\r\n$20000\r\n');
    await client.closing();
    expect(client.received).toBe('-ERR Protocol error: unauthenticated bulk length\r\n');
  });

  it('is told by no command but the one that Valkey has for it', async () => {
    const client = await RawClient.connect(node.port);
    await client.call('AUTH', 'pässword');
    for (const words of [
      ['INFO', 'everything'],
      ['CLIENT', 'LIST'],
      ['COMMAND', 'LIST'],
      ['CONFIG', 'GET', 'bind'],
    ]) {
      expect(JSON.stringify(await client.call(...words))).not.toContain('pässword');
    }
    client.close();
  });
});

const hasOpenssl = requirement(spawnSync('openssl', ['version']).status === 0, 'TLS: apt-get install openssl');

describe.skipIf(!hasOpenssl)('TLS (needs openssl)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'valthree-tls-'));
  const file = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): void => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: directory, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };

  beforeAll(() => {
    for (const name of ['ca', 'foreign']) {
      const words = `req -x509 -newkey rsa:2048 -nodes -keyout ${name}.key -out ${name}.pem -days 2 -subj /CN=${name}`;
      openssl(...words.split(' '));
    }
    for (const name of ['server', 'client']) {
      openssl(
        'req',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.csr`,
        '-subj',
        '/CN=localhost',
      );
      openssl(
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-out',
        `${name}.pem`,
        '-days',
        '2',
      );
    }
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  function ping(port: number, certificate: 'client' | 'foreign' | 'none'): Promise<string> {
    return new Promise((resolve) => {
      const own =
        certificate === 'none'
          ? {}
          : { cert: readFileSync(file(`${certificate}.pem`)), key: readFileSync(file(`${certificate}.key`)) };
      const socket = tlsConnect({
        port,
        host: '127.0.0.1',
        servername: 'localhost',
        ca: readFileSync(file('ca.pem')),
        ...own,
      });
      socket.write(`SET tls ${'x'.repeat(10)}\r\nGET tls\r\nQUIT\r\n`);
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        resolve(text);
      });
    });
  }

  const answer = '+OK\r\n$10\r\nxxxxxxxxxx\r\n+OK\r\n';

  it('is spoken where a certificate is given, and clients must show theirs where that is asked', async () => {
    const tls = { certFile: file('server.pem'), keyFile: file('server.key'), caCertFile: file('ca.pem') };
    const strict = await startTestNode({ tls: { ...tls, authClients: 'yes' } });
    expect(await ping(strict.port, 'client')).toBe(answer);
    expect(await ping(strict.port, 'none')).toBe('');
    expect(await ping(strict.port, 'foreign')).toBe('');
    await strict.drain();
    for (const authClients of ['no', 'optional'] as const) {
      const open = await startTestNode({ tls: { ...tls, authClients } });
      expect(await ping(open.port, 'none')).toBe(answer);
      expect(await ping(open.port, 'client')).toBe(answer);
      expect(await ping(open.port, 'foreign')).toBe(authClients === 'optional' ? '' : answer);
      await open.drain();
    }
  });

  it('counts those who never finish their handshake among the clients', async () => {
    const tls = { certFile: file('server.pem'), keyFile: file('server.key'), caCertFile: undefined };
    const full = await startTestNode({
      tls: { ...tls, authClients: 'no' },
      settings: { ...settingsDefault(), clientsMax: 2 },
    });
    const silent = Array.from({ length: 130 }, () => connect(full.port, '127.0.0.1'));
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    expect(await ping(full.port, 'none')).toBe('');
    expect(full.server.connectionsRejected).toBe(1);
    for (const socket of silent) socket.destroy();
    await full.drain();
  });

  it('does not start with files that it cannot use', async () => {
    const tls = {
      certFile: file('nosuch.pem'),
      keyFile: file('server.key'),
      caCertFile: undefined,
      authClients: 'no' as const,
    };
    await expect(startTestNode({ tls })).rejects.toThrow(/cannot read the file of --tls-cert-file.*ENOENT/);
    await expect(startTestNode({ tls: { ...tls, certFile: file('client.pem') } })).rejects.toThrow(/key/i);
    await expect(startTestNode({ tls: { ...tls, certFile: file('server.key') } })).rejects.toThrow(
      /--tls-cert-file holds no certificate in PEM: path=.*server\.key/,
    );
    await expect(
      startTestNode({ tls: { ...tls, certFile: file('server.pem'), keyFile: file('server.pem') } }),
    ).rejects.toThrow(/--tls-key-file holds no private key in PEM/);
  });
});
