/** What S3 requests that fail mean: the table, and real failures on real sockets. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FailureKind } from '../../src/store/object-store.ts';
import { classifyS3Error, type S3Error } from '../../src/store/s3/error-classification.ts';
import type { S3Options } from '../../src/store/s3/s3-options.ts';
import { S3Store } from '../../src/store/s3/s3-store.ts';
import { isInstalled } from '../support/ceph.ts';
import { FakeS3, sendError, type FakeS3Options } from '../support/fake-s3.ts';
import { requirement } from '../support/requirement.ts';
import { newBucket, openS3, s3IsAvailable, s3Server } from '../support/s3-server.ts';
import { bytes, stored } from './conformance.ts';

const credentials = { accessKeyId: 'AKIDsecretive', secretAccessKey: 'hunter2hunter2' };

function open(options: Partial<S3Options>): S3Store {
  const opened = S3Store.open({ bucket: 'bucket', credentials, ...options });
  if (opened.kind === 'failed') throw new Error(opened.message);
  return opened.store;
}

async function withFake<Result>(
  options: FakeS3Options,
  use: (store: S3Store, fake: FakeS3) => Promise<Result>,
  storeOptions: Partial<S3Options> = {},
): Promise<Result> {
  const fake = await FakeS3.start(options);
  const store = open({ endpoint: fake.endpoint, ...storeOptions });
  try {
    return await use(store, fake);
  } finally {
    await store.close();
    await fake.close();
  }
}

test('requests say who asks, and nothing that no store needs', async () => {
  const seen: IncomingMessage[] = [];
  const options = { intercept: (request: IncomingMessage): false => (seen.push(request), false) };
  await withFake(options, async (store) => {
    await store.put('a', bytes('1'), { ifNoneMatch: '*' });
    await store.get('a');
    await store.list('');
    await store.delete('a');
  });
  expect(seen.map(({ method }) => method)).toEqual(['PUT', 'GET', 'GET', 'DELETE']);
  const common = ['authorization', 'connection', 'host', 'user-agent', 'x-amz-content-sha256', 'x-amz-date'];
  for (const { method, headers, url } of seen) {
    const more = method === 'PUT' ? ['content-length', 'content-type', 'if-none-match'] : [];
    expect(Object.keys(headers).sort()).toEqual([...common, ...more].sort());
    expect(headers['user-agent']).toBe('valthree');
    expect(url).not.toContain('x-id');
  }
});

describe('the table', () => {
  const nothing: S3Error = { code: undefined, status: undefined, systemCode: undefined, sent: true, timedOut: false };

  test.each<[Partial<S3Error>, FailureKind, string]>([
    [{ code: 'AccessDenied', status: 403 }, 'denied', 's3:PutObject'],
    [{ code: 'NoSuchBucket', status: 404 }, 'denied', 'bucket does not exist'],
    [{ code: 'InvalidAccessKeyId', status: 403 }, 'denied', '--s3-user'],
    [{ code: 'SignatureDoesNotMatch', status: 403 }, 'denied', '--s3-pass'],
    [{ code: 'ExpiredToken', status: 400 }, 'denied', 'renew'],
    [{ code: 'RequestTimeTooSkewed', status: 403 }, 'denied', 'clock'],
    [{ code: 'PermanentRedirect', status: 301 }, 'denied', '--s3-region'],
    [{ code: 'AuthorizationHeaderMalformed', status: 400 }, 'denied', '--s3-region'],
    [{ code: 'NotImplemented', status: 501 }, 'denied', 'conditional writes'],
    [{ status: 501 }, 'denied', 'conditional writes'],
    [{ code: 'SlowDown', status: 503 }, 'throttled', 'fewer'],
    [{ status: 429 }, 'throttled', 'fewer'],
    [{ code: 'ConditionalRequestConflict', status: 409 }, 'unknown', 'another request'],
    [{ code: 'ConcurrentModification', status: 409 }, 'unknown', 'another request'],
    [{ code: 'InternalError', status: 500 }, 'unknown', 'internal error'],
    [{ code: 'RequestTimeout', status: 400 }, 'unknown', 'cut short'],
    [{ status: 500 }, 'unknown', 'internal error'],
    [{ status: 502 }, 'unknown', 'gateway'],
    [{ code: 'ServiceUnavailable', status: 503 }, 'unknown', 'internal error'],
    [{ status: 504 }, 'unknown', 'gateway'],
    [{ status: 400 }, 'denied', 'does not accept'],
    [{ status: 404 }, 'denied', '--s3-endpoint'],
    [{ status: 200, code: 'SyntaxError' }, 'unknown', 'cannot be understood'],
    [{ systemCode: 'ECONNREFUSED', sent: false }, 'unavailable', 'nothing listens'],
    [{ systemCode: 'ENOTFOUND', sent: false }, 'unavailable', 'cannot be resolved'],
    [{ systemCode: 'ECONNRESET', sent: true }, 'unknown', 'connection broke'],
    [{ systemCode: 'ECONNRESET', sent: false }, 'unavailable', 'connection broke'],
    [{ systemCode: 'EPIPE', sent: true }, 'unknown', 'connection broke'],
    [{ systemCode: 'SELF_SIGNED_CERT_IN_CHAIN', sent: false }, 'denied', '--s3-ca-file'],
    [{ systemCode: 'ERR_SSL_WRONG_VERSION_NUMBER', sent: false }, 'denied', 'https://'],
    [{ timedOut: true, sent: true }, 'unknown', 'in time'],
    [{ timedOut: true, sent: false }, 'unavailable', 'no connection'],
    [{ code: 'CredentialsProviderError', sent: false }, 'denied', 'AWS_ACCESS_KEY_ID'],
    [{}, 'unknown', 'failed'],
    [{ sent: false }, 'denied', 'could not be made'],
  ])('%j is %s', (error, failure, advice) => {
    const classified = classifyS3Error({ ...nothing, ...error });
    expect(classified.failure).toBe(failure);
    expect(classified.advice).toContain(advice);
  });
});

describe('on the wire', () => {
  const answer = (status: number, code: string) => (_: IncomingMessage, response: ServerResponse) => {
    sendError(response, status, code);
    return true;
  };

  test.each<[number, string, FailureKind]>([
    [500, 'InternalError', 'unknown'],
    [503, 'SlowDown', 'throttled'],
    [409, 'ConditionalRequestConflict', 'unknown'],
    [403, 'AccessDenied', 'denied'],
    [404, 'NoSuchBucket', 'denied'],
    [501, 'NotImplemented', 'denied'],
  ])(
    '%i %s: sent once, named, and no word of the server’s or of ours that is secret',
    async (status, code, failure) => {
      await withFake({ intercept: answer(status, code) }, async (store, fake) => {
        for (const result of [
          await store.put('some key', bytes('x'), { ifMatch: 'abc' }),
          await store.get('some key'),
          await store.delete('some key'),
        ]) {
          expect(result).toMatchObject({ kind: 'failed', failure });
          if (result.kind !== 'failed') continue;
          for (const part of ['bucket=bucket', 'key="some key"', fake.endpoint, code])
            expect(result.message).toContain(part);
          expect(result.message).not.toMatch(/hunter2|AKIDsecretive|secret-in-message/);
        }
        expect(fake.requests).toEqual([
          'PUT /bucket/some%20key',
          'GET /bucket/some%20key',
          'DELETE /bucket/some%20key',
        ]);
      });
    },
  );

  test('404 to an overwrite is a missing object', async () => {
    await withFake({ intercept: answer(404, 'NoSuchKey') }, async (store) => {
      expect((await store.put('a', bytes('x'), { ifMatch: 'abc' })).kind).toBe('notFound');
      expect((await store.put('a', bytes('x'))).kind).toBe('failed');
    });
  });

  test('412 without a condition is no answer', async () => {
    await withFake({ intercept: answer(412, 'PreconditionFailed') }, async (store) => {
      expect((await store.put('a', bytes('x'), { ifNoneMatch: '*' })).kind).toBe('preconditionFailed');
      expect((await store.put('a', bytes('x'))).kind).toBe('failed');
      expect((await store.get('a')).kind).toBe('failed');
    });
  });

  test('the dialect decides on the quotes', async () => {
    const seen: (string | undefined)[] = [];
    const intercept = (request: IncomingMessage): boolean => {
      seen.push(request.headers['if-match']);
      return false;
    };
    await withFake({ intercept }, async (store) => {
      await store.put('a', bytes('x'), { ifMatch: 'abc' });
      store.selectDialect('bare');
      await store.put('a', bytes('x'), { ifMatch: 'abc' });
    });
    expect(seen).toEqual(['"abc"', 'abc']);
  });

  test('something that is no S3 server is found out', async () => {
    const intercept = (_: IncomingMessage, response: ServerResponse): boolean => {
      response.end('<html><body>It works!</body></html>');
      return true;
    };
    await withFake({ intercept }, async (store) => {
      expect(await store.put('a', bytes('x'))).toMatchObject({ kind: 'failed', failure: 'unknown' });
      expect(await store.get('a')).toMatchObject({ kind: 'failed', failure: 'corrupt' });
      expect((await store.list('')).kind).toBe('failed');
    });
  });

  test('a body that is cut short is corrupt', async () => {
    const intercept = (request: IncomingMessage, response: ServerResponse): boolean => {
      response.writeHead(200, { ETag: '"abc"', 'Content-Length': 1000 });
      response.write('only this', () => request.socket.destroy());
      return true;
    };
    await withFake({ intercept }, async (store) => {
      const result = await store.get('a');
      expect(result).toMatchObject({ kind: 'failed', failure: 'corrupt' });
      expect(result).toMatchObject({ message: expect.stringContaining('received_bytes=9') as string });
    });
  });

  test('a connection that breaks after the request was sent leaves a put unknown', async () => {
    const intercept = (request: IncomingMessage): boolean => {
      request.socket.destroy();
      return true;
    };
    await withFake({ intercept }, async (store) => {
      expect(await store.put('a', bytes('x'))).toMatchObject({ failure: 'unknown' });
    });
  });

  test('no answer in time: unknown where the request was sent, unavailable where it waited for a connection', async () => {
    const options = { maxSockets: 1 };
    await withFake(
      { intercept: () => true },
      async (store, fake) => {
        const sent = store.put('a', bytes('x'), { timeoutMs: 300 });
        const waiting = store.put('b', bytes('x'), { timeoutMs: 150 });
        expect(await waiting).toMatchObject({ failure: 'unavailable' });
        expect(await sent).toMatchObject({ failure: 'unknown' });
        expect(fake.requests).toEqual(['PUT /bucket/a']);
      },
      options,
    );
  });

  test('nothing listens: unavailable', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const store = open({ endpoint: `127.0.0.1:${port}` });
    expect(await store.put('a', bytes('x'))).toMatchObject({ failure: 'unavailable' });
    expect(await store.ensureBucket()).toMatchObject({ failure: 'unavailable' });
    await store.close();
  });

  test('a name that does not exist: unavailable', async () => {
    const store = open({ endpoint: 'http://does-not-exist.invalid' });
    expect(await store.put('a', bytes('x'))).toMatchObject({ failure: 'unavailable' });
    await store.close();
  });

  test('a bucket that is missing and must not be created is one clear error', async () => {
    const intercept = (request: IncomingMessage, response: ServerResponse): boolean =>
      request.method === 'PUT'
        ? answer(403, 'AccessDenied')(request, response)
        : answer(404, 'NoSuchBucket')(request, response);
    await withFake({ intercept }, async (store) => {
      expect(await store.ensureBucket()).toMatchObject({
        failure: 'denied',
        message: expect.stringContaining('s3:CreateBucket') as string,
      });
    });
  });

  test('without a region of the user’s, the environment’s is used, and told to CreateBucket', async () => {
    let body = '';
    let created = false;
    const intercept = (request: IncomingMessage, response: ServerResponse): boolean => {
      if (request.method !== 'PUT' && created) return false;
      if (request.method !== 'PUT') return answer(404, 'NoSuchBucket')(request, response);
      created = true;
      body = request.headers.authorization ?? '';
      response.end();
      return true;
    };
    process.env['AWS_REGION'] = 'eu-test-7';
    try {
      await withFake({ intercept }, async (store) => {
        expect(await store.ensureBucket()).toEqual({ kind: 'ready', created: true });
      });
    } finally {
      delete process.env['AWS_REGION'];
    }
    expect(body).toContain('/eu-test-7/s3/');
  });
});

describe('options that cannot work are refused at once', () => {
  test.each<[Partial<S3Options>, string]>([
    [{ endpoint: 'ftp://host' }, 'http://host:port'],
    [{ endpoint: 'http://' }, 'http://host:port'],
    [{ endpoint: 'http://user:hunter2@host' }, '--s3-user'],
    [{ endpoint: 'http://host/?x=1' }, '"?"'],
    [{ tlsCaFile: '/does/not/exist.pem' }, 'cannot be read'],
    [{ tlsCaFile: import.meta.filename }, 'no certificate'],
  ])('%j', (options, reason) => {
    const opened = S3Store.open({ bucket: 'bucket', credentials, ...options });
    expect(opened).toMatchObject({ failure: 'denied', message: expect.stringContaining(reason) as string });
    expect(JSON.stringify(opened)).not.toContain('hunter2');
  });
});

const hasOpenssl = requirement(isInstalled('openssl'), 'tests of TLS to S3: openssl is not installed');

describe.skipIf(!hasOpenssl)('TLS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'valthree-tls-'));
  const caFile = join(directory, 'cert.pem');
  let tls: { key: string; cert: string };

  beforeAll(() => {
    const keyFile = join(directory, 'key.pem');
    const subject = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const files = ['-keyout', keyFile, '-out', caFile];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', ...kind, ...subject, ...files], { stdio: 'ignore' });
    tls = { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(caFile, 'utf8') };
  });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  test('a certificate that is not trusted is refused before anything is sent', async () => {
    await withFake({ tls }, async (store, fake) => {
      expect(await store.put('a', bytes('x'))).toMatchObject({
        failure: 'denied',
        message: expect.stringContaining('--s3-ca-file') as string,
      });
      expect(fake.requests).toEqual([]);
    });
  });

  test('one of an authority of the user’s is trusted', async () => {
    await withFake({ tls }, async (store) => stored(await store.put('a', bytes('x'))), { tlsCaFile: caFile });
  });

  test('any is taken where the user has said so', async () => {
    await withFake({ tls }, async (store) => stored(await store.put('a', bytes('x'))), { tlsVerify: false });
  });

  test('https to a server that speaks http says so', async () => {
    await withFake({}, async (_, fake) => {
      const store = open({ endpoint: fake.endpoint.replace('http:', 'https:') });
      expect(await store.put('a', bytes('x'))).toMatchObject({ failure: 'denied' });
      await store.close();
    });
  });

  test('the file with the authority may hold several', () => {
    const bundle = join(directory, 'bundle.pem');
    writeFileSync(bundle, tls.cert + tls.cert);
    expect(S3Store.open({ bucket: 'bucket', credentials, tlsCaFile: bundle }).kind).toBe('opened');
  });
});

describe.skipIf(!s3IsAvailable)('Ceph', () => {
  test('wrong credentials and a missing bucket are each one clear error', async () => {
    const server = await s3Server();
    const bucket = await newBucket(server);
    const { accessKeyId } = server;
    const cases: [Partial<S3Options>, string][] = [
      [{ credentials: { accessKeyId, secretAccessKey: 'wrong-secret' } }, '--s3-pass'],
      [{ credentials: { accessKeyId: 'nobody', secretAccessKey: 'wrong-secret' } }, '--s3-user'],
      [{ bucket: `${bucket}-missing` }, 'bucket does not exist'],
    ];
    for (const [options, advice] of cases) {
      const store = openS3(server, { bucket, ...options });
      for (const result of [await store.get('a'), await store.put('a', bytes('x'), { ifNoneMatch: '*' })]) {
        expect(result).toMatchObject({ kind: 'failed', failure: 'denied' });
        expect(result).toMatchObject({ message: expect.stringContaining(advice) as string });
        expect(JSON.stringify(result)).not.toContain('wrong-secret');
      }
      await store.close();
    }
  });
});
