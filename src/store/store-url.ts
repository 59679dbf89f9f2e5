/**
 * What `--store` says: where the database lies. Pure; nothing is opened here.
 *
 *     s3://bucket/some/prefix/name     bucket, key prefix `some/prefix/`, database `name`
 *     s3://bucket                      the database's name comes from elsewhere
 *     file:/path, file:///path, ./dir  a directory
 *     memory:                          gone with the process
 *     memory:?latency=20ms             the same, as slow as a store that is so far away
 */
export type StoreUrl =
  | {
      readonly kind: 's3';
      readonly bucket: string;
      /** Empty, or ends with a slash. */
      readonly prefix: string;
      readonly name: string | undefined;
    }
  | { readonly kind: 'file'; readonly directory: string }
  | {
      readonly kind: 'memory';
      /** How long each request takes, to see what a far-away store would be like. */
      readonly latencyMs: number;
    };

export type ParsedStoreUrl = StoreUrl | { readonly kind: 'bad'; readonly reason: string };

/** AWS wants lower case and 3 to 63 characters; older and other stores allow more. They have the last word. */
const bucketPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;
/** AWS's limit for a key, in UTF-8 bytes; leaves room for what the layouts append to the prefix. */
const keyBytesMax = 768;
// eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const controlCharacter = /[\u0000-\u001f\u007f]/;

export function parseStoreUrl(text: string): ParsedStoreUrl {
  if (text.trim() === '') return bad(text, 'it is empty');
  if (controlCharacter.test(text)) return bad(text, 'it has a control character');
  // One letter and a colon is a drive of Windows, not a scheme.
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return { kind: 'file', directory: text };
  const rest = text.slice(scheme.length + 1);
  switch (scheme) {
    case 's3':
      return parseS3(text, rest);
    case 'file':
      return parseFile(text, rest);
    case 'memory':
      return parseMemory(text, rest);
    case 'http':
    case 'https':
      return bad(text, 'give the bucket as s3://bucket/name and the address of the server as --s3-endpoint');
    default:
      return bad(text, 'it must be s3://bucket/name, file:/path, a path, or memory:');
  }
}

function parseMemory(text: string, rest: string): ParsedStoreUrl {
  const [, , latency] = /^(\/\/)?(?:\?latency=(\d{1,5})ms)?$/.exec(rest) ?? [];
  if (latency === undefined && rest !== '' && rest !== '//')
    return bad(text, 'only ?latency=20ms may follow "memory:"');
  return { kind: 'memory', latencyMs: Number(latency ?? 0) };
}

function parseS3(text: string, rest: string): ParsedStoreUrl {
  if (!rest.startsWith('//')) return bad(text, 'it must begin with s3://');
  const path = rest.slice(2).split('/');
  const bucket = path.shift() as string;
  if (bucket.includes('@')) {
    return bad('s3://…', 'credentials do not belong into it; use --s3-user and --s3-pass, or the AWS_… variables');
  }
  if (!bucketPattern.test(bucket)) return bad(text, 'the name of the bucket is not valid');
  // A slash at the end: all of it is a prefix.
  const name = path.pop();
  if (path.some((part) => part === '')) return bad(text, 'it has an empty part between two slashes');
  if ([...path, name].some((part) => part === '.' || part === '..')) return bad(text, 'it has a part "." or ".."');
  const prefix = path.map((part) => `${part}/`).join('');
  if (new TextEncoder().encode(prefix + (name ?? '')).length > keyBytesMax) return bad(text, 'it is too long');
  return { kind: 's3', bucket, prefix, name: name === '' ? undefined : name };
}

function parseFile(text: string, rest: string): ParsedStoreUrl {
  if (!rest.startsWith('//')) return rest === '' ? bad(text, 'the path is missing') : { kind: 'file', directory: rest };
  const [, host = '', path = ''] = /^\/\/([^/]*)(.*)$/.exec(rest) ?? [];
  if (host !== '' && host !== 'localhost') return bad(text, 'a file URL names no other host; use file:/path');
  if (path === '') return bad(text, 'the path is missing');
  try {
    const decoded = decodeURIComponent(path);
    if (controlCharacter.test(decoded)) return bad(text, 'it has a control character');
    // file:///C:/data
    return { kind: 'file', directory: /^\/[A-Za-z]:/.test(decoded) ? decoded.slice(1) : decoded };
  } catch {
    return bad(text, 'a percent sign in it is not followed by two hexadecimal digits of valid UTF-8');
  }
}

function bad(text: string, reason: string): ParsedStoreUrl {
  return { kind: 'bad', reason: `the store is not valid: ${reason}: store=${JSON.stringify(text)}` };
}
