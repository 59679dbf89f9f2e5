/** Takes the body of an answer as it arrives, and what was announced of its length. */
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';

export interface ReadBody {
  readonly body: Uint8Array;
  /** `undefined`: the server did not say. */
  readonly expectedBytes: number | undefined;
}

/** Rejects where the connection breaks before the body has arrived, unless it was cut short: that is for the caller. */
export async function readBody({ Body, ContentLength }: GetObjectCommandOutput): Promise<ReadBody> {
  const chunks: Uint8Array[] = [];
  let receivedBytes = 0;
  try {
    for await (const chunk of (Body ?? []) as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      receivedBytes += chunk.length;
    }
  } catch (error) {
    // Node reports a body that is shorter than announced as a broken connection.
    if (ContentLength === undefined || receivedBytes === 0) throw error;
  }
  const body = chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, receivedBytes);
  return { body, expectedBytes: ContentLength };
}
