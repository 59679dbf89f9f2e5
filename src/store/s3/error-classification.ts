/**
 * What a failed S3 request means: one table from the store's error code, HTTP status or Node's error code to a kind of
 * failure and a sentence that tells what to do. Pure.
 *
 * Invariant: a put is called `denied` or `unavailable` only where it certainly had no effect. Messages are our own words
 * and the error's code; what a server wrote is not passed on, as it may repeat a secret.
 */
import type { FailureKind } from '../object-store.ts';

export interface S3Error {
  /** The `<Code>` of the answer, or the name of the SDK's error. */
  readonly code: string | undefined;
  /** Of the answer, if there was one. */
  readonly status: number | undefined;
  /** Node's: `ECONNREFUSED`, … */
  readonly systemCode: string | undefined;
  /** Whether the request had left this machine, or may have. */
  readonly sent: boolean;
  readonly timedOut: boolean;
}

export interface Classification {
  readonly failure: FailureKind;
  readonly advice: string;
}

type Row = readonly [codes: readonly string[], failure: FailureKind, advice: string];

/** By the store's error code; they say more than the status. */
const byCode: readonly Row[] = [
  [
    ['AccessDenied', 'Forbidden', 'AllAccessDisabled', 'AccountProblem'],
    'denied',
    'access is denied; these credentials need s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket on this bucket',
  ],
  [['NoSuchBucket'], 'denied', 'the bucket does not exist; check its name, or create it'],
  [['InvalidBucketName'], 'denied', 'the store does not accept the name of this bucket'],
  [
    ['InvalidAccessKeyId', 'InvalidClientTokenId', 'UnrecognizedClientException'],
    'denied',
    'the store does not know this access key; check --s3-user or AWS_ACCESS_KEY_ID',
  ],
  [
    ['SignatureDoesNotMatch'],
    'denied',
    'the secret key is wrong, or a proxy changes requests; check --s3-pass or AWS_SECRET_ACCESS_KEY',
  ],
  [
    ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'InvalidToken'],
    'denied',
    'the session token is not valid any more; renew the credentials',
  ],
  [
    ['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'],
    'denied',
    'the clock of this machine is off by more than the store allows (15 minutes); set it, e.g. by NTP',
  ],
  [
    ['CredentialsProviderError', 'TokenProviderError'],
    'denied',
    'no credentials were found; give --s3-user and --s3-pass, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile or a role',
  ],
  [
    [
      'PermanentRedirect',
      'TemporaryRedirect',
      'AuthorizationHeaderMalformed',
      'IllegalLocationConstraintException',
      'InvalidRegion',
    ],
    'denied',
    'the bucket lies in another region; set --s3-region to that of the bucket',
  ],
  [
    ['NotImplemented', 'MethodNotAllowed', 'UnsupportedOperation'],
    'denied',
    'the store does not support this request; a store without conditional writes (If-Match, If-None-Match on PUT) cannot be used',
  ],
  [
    ['EntityTooLarge', 'MaxMessageLengthExceeded', 'KeyTooLongError'],
    'denied',
    'the object or its name is larger than the store allows',
  ],
  [
    ['QuotaExceeded', 'TooManyBuckets', 'InsufficientCapacity', 'XMinioStorageFull', 'StorageFull'],
    'denied',
    'the store is full or a quota is used up',
  ],
  [['InvalidObjectState'], 'denied', 'the object is archived; restore it first'],
  [
    [
      'SlowDown',
      'SlowDownRead',
      'SlowDownWrite',
      'RequestLimitExceeded',
      'Throttling',
      'ThrottlingException',
      'TooManyRequests',
      'TooManyRequestsException',
      'BandwidthLimitExceeded',
    ],
    'throttled',
    'the store asks for fewer requests',
  ],
  [
    ['ConditionalRequestConflict', 'ConcurrentModification', 'OperationAborted'],
    'unknown',
    'another request on the same object was under way',
  ],
  [
    [
      'BadDigest',
      'InvalidDigest',
      'XAmzContentSHA256Mismatch',
      'XAmzContentChecksumMismatch',
      'IncompleteBody',
      'RequestTimeout',
    ],
    'unknown',
    'the request arrived damaged or cut short',
  ],
  [['InternalError', 'ServiceUnavailable', 'Busy'], 'unknown', 'the store has an internal error'],
];

/** By HTTP status, for answers without a code that we know: of gateways, or to HEAD. */
const byStatus: readonly (readonly [from: number, to: number, failure: FailureKind, advice: string])[] = [
  [300, 399, 'denied', 'the store redirects; set --s3-region to that of the bucket and check --s3-endpoint'],
  [401, 401, 'denied', 'the store does not accept these credentials'],
  [403, 403, 'denied', 'access is denied; check the credentials and what they permit on this bucket'],
  [404, 404, 'denied', 'there is nothing at this address; check --s3-endpoint, --s3-path-style and the bucket'],
  [408, 409, 'unknown', 'the store could not complete the request'],
  [429, 429, 'throttled', 'the store asks for fewer requests'],
  [400, 499, 'denied', 'the store does not accept the request; check --s3-endpoint, and that it serves S3'],
  [
    501,
    501,
    'denied',
    'the store does not support this request; a store without conditional writes (If-Match, If-None-Match on PUT) cannot be used',
  ],
  [507, 507, 'denied', 'the store is full'],
  [500, 599, 'unknown', 'the store, or a gateway before it, has an internal error'],
];

/** Certificates that are not trusted: the handshake failed, so nothing was sent. */
const certificateAdvice =
  "the server's certificate is not trusted; give its authority as --s3-ca-file, or check the name";
/** By Node's code. Whether these had an effect depends on whether the request had left. */
const bySystemCode: readonly (readonly [codes: readonly string[], advice: string])[] = [
  [['ECONNREFUSED'], 'nothing listens at the endpoint; check --s3-endpoint, and that the server runs'],
  [
    ['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME'],
    "the endpoint's name cannot be resolved; check --s3-endpoint, --s3-region and the network",
  ],
  [
    ['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL'],
    'the endpoint cannot be reached; check the network',
  ],
  [['ECONNRESET', 'EPIPE', 'ECONNABORTED'], 'the connection broke'],
  [['ETIMEDOUT', 'ESOCKETTIMEDOUT'], 'the connection timed out'],
  [['EMFILE', 'ENFILE'], 'this process has too many open files; raise the limit (ulimit -n)'],
];
const certificateCode =
  /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET_ISSUER|VERIFY)|HOSTNAME_MISMATCH)/;
const protocolCode = /^(EPROTO$|ERR_SSL_)/;

export function classifyS3Error(error: S3Error): Classification {
  const { code, status, systemCode, sent, timedOut } = error;
  if (timedOut)
    return notAnswered(sent, sent ? 'the store did not answer in time' : 'no connection to the store in time');
  if (status !== undefined || systemCode === undefined) {
    const row = byCode.find(([codes]) => code !== undefined && codes.includes(code));
    if (row !== undefined) return { failure: row[1], advice: row[2] };
  }
  if (status !== undefined) {
    const row = byStatus.find(([from, to]) => status >= from && status <= to);
    if (row !== undefined) return { failure: row[2], advice: row[3] };
    return { failure: 'unknown', advice: 'the answer cannot be understood; check that the endpoint serves S3' };
  }
  if (systemCode !== undefined && !sent) {
    if (certificateCode.test(systemCode)) return { failure: 'denied', advice: certificateAdvice };
    if (protocolCode.test(systemCode)) {
      return {
        failure: 'denied',
        advice: 'the TLS handshake failed; check whether the endpoint is http:// or https://',
      };
    }
  }
  if (systemCode === undefined && !sent) {
    return {
      failure: 'denied',
      advice: 'the request could not be made; check the bucket, the region and the endpoint',
    };
  }
  const row = bySystemCode.find(([codes]) => systemCode !== undefined && codes.includes(systemCode));
  return notAnswered(sent, row?.[1] ?? 'the request failed');
}

function notAnswered(sent: boolean, advice: string): Classification {
  return { failure: sent ? 'unknown' : 'unavailable', advice };
}
