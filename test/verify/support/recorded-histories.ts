/** The recorded histories of `test/verify/histories`, as texts in their own format. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface RecordedHistory {
  readonly name: string;
  readonly expected: 'ok' | 'illegal';
  readonly text: string;
}

export function recordedHistories(): readonly RecordedHistory[] {
  const file = new URL('../histories/linearizability.jsonl.gz', import.meta.url);
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  return lines.map((text) => {
    const { name, expected } = JSON.parse(text) as Omit<RecordedHistory, 'text'>;
    return { name, expected, text };
  });
}
