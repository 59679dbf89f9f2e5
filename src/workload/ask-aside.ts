/** Commands that no history is kept of, as greetings are; what no server may answer is told of all the same. */
import type { ByteString } from '../resp/bytes.ts';
import type { Reply } from '../resp/reply.ts';
import { wrongIn, type Reading } from './answers.ts';
import type { Connection } from './connection.ts';
import type { Recorder } from './recorder.ts';

interface Aside {
  readonly words: readonly ByteString[];
  readonly read: Reading;
  readonly timeoutMs: number;
}

/** Whether it was answered, if only with an error. */
export async function askAside(
  connection: Connection,
  { wrongAnswers }: Recorder,
  { words, read, timeoutMs }: Aside,
): Promise<boolean> {
  const answers = await connection.ask([words], timeoutMs);
  if (answers.kind === 'lost') return false;
  const wrong = wrongIn(answers.replies[0] as Reply, read);
  if (wrong !== undefined) wrongAnswers.push(`${connection.name} answers ${words[0] ?? ''} with ${wrong}`);
  return true;
}
