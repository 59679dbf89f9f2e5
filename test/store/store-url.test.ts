/** What `--store` accepts, and how it refuses. */
import { describe, expect, test } from 'vitest';
import { parseStoreUrl, type StoreUrl } from '../../src/store/store-url.ts';

test.each<[string, StoreUrl]>([
  ['s3://bucket/name', { kind: 's3', bucket: 'bucket', prefix: '', name: 'name' }],
  ['s3://bucket/a/b/name', { kind: 's3', bucket: 'bucket', prefix: 'a/b/', name: 'name' }],
  ['s3://bucket', { kind: 's3', bucket: 'bucket', prefix: '', name: undefined }],
  ['s3://bucket/', { kind: 's3', bucket: 'bucket', prefix: '', name: undefined }],
  ['s3://bucket/a/b/', { kind: 's3', bucket: 'bucket', prefix: 'a/b/', name: undefined }],
  ['S3://my.bucket-1/ü x', { kind: 's3', bucket: 'my.bucket-1', prefix: '', name: 'ü x' }],
  ['file:/var/lib/x', { kind: 'file', directory: '/var/lib/x' }],
  ['file:///var/lib/a%20b', { kind: 'file', directory: '/var/lib/a b' }],
  ['file://localhost/x', { kind: 'file', directory: '/x' }],
  ['file:///C:/data', { kind: 'file', directory: 'C:/data' }],
  ['file:data', { kind: 'file', directory: 'data' }],
  ['./valthree-data', { kind: 'file', directory: './valthree-data' }],
  ['/var/lib/50%', { kind: 'file', directory: '/var/lib/50%' }],
  ['C:\\data', { kind: 'file', directory: 'C:\\data' }],
  ['memory:', { kind: 'memory', latencyMs: 0 }],
  ['memory:?latency=20ms', { kind: 'memory', latencyMs: 20 }],
  ['memory://', { kind: 'memory', latencyMs: 0 }],
])('%s', (text, expected) => {
  expect(parseStoreUrl(text)).toEqual(expected);
});

describe('is refused with a reason:', () => {
  test.each<[string, string]>([
    ['', 'empty'],
    ['  ', 'empty'],
    ['s3:bucket/name', 'begin with s3://'],
    ['s3://', 'bucket'],
    ['s3:///name', 'bucket'],
    ['s3://b', 'bucket'],
    ['s3://bucket//name', 'empty part'],
    ['s3://bucket/../name', '".."'],
    [`s3://bucket/${'x'.repeat(1000)}`, 'too long'],
    ['http://localhost:9000/bucket', '--s3-endpoint'],
    ['gs://bucket/name', 's3://bucket/name'],
    ['memory:x', 'only ?latency=20ms may follow'],
    ['memory:?latency=x', 'only ?latency=20ms may follow'],
    ['file:', 'path is missing'],
    ['file://host/path', 'no other host'],
    ['file:///a%zz', 'percent'],
    ['/tmp/a\nb', 'control character'],
    ['file:///a%00b', 'control character'],
  ])('%j', (text, reason) => {
    expect(parseStoreUrl(text)).toMatchObject({ kind: 'bad', reason: expect.stringContaining(reason) as string });
  });

  test('credentials, which are not repeated', () => {
    const parsed = parseStoreUrl('s3://key:hunter2@bucket/name');
    expect(JSON.stringify(parsed)).toContain('--s3-pass');
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });
});
