/**
 * Takes out of the SDK's requests, before they are signed, what is for AWS's statistics alone: which SDK on which system,
 * which try of which call. A commit is a few hundred bytes, and these were as many again. What operators look for in
 * the log of a store is there: who asked.
 */
import type { S3Client } from '@aws-sdk/client-s3';

/** What the SDK hands from one step to the next, as far as it is used here. */
interface Input {
  readonly request: {
    readonly headers: Record<string, string>;
    readonly query: Record<string, string | string[] | null>;
  };
}

const userAgent = 'valthree';
const needlessHeaders = ['x-amz-user-agent', 'amz-sdk-invocation-id', 'amz-sdk-request'] as const;
/** Names the operation, which the method and the path do as well. */
const needlessParameter = 'x-id';

export function sendLeanRequests(client: S3Client): void {
  const options = { name: 'leanRequests', relation: 'before', toMiddleware: 'httpSigningMiddleware' } as const;
  client.middlewareStack.addRelativeTo(makeLean as never, options);
}

function makeLean<Output>(next: (input: Input) => Promise<Output>) {
  return (input: Input): Promise<Output> => {
    const { headers, query } = input.request;
    for (const name of needlessHeaders) Reflect.deleteProperty(headers, name);
    Reflect.deleteProperty(query, needlessParameter);
    headers['user-agent'] = userAgent;
    return next(input);
  };
}
