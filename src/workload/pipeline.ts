/** Commands that are sent at once, of any types. */
import type { Reply } from '../resp/reply.ts';
import { errorOf } from './answers.ts';
import type { Connection } from './connection.ts';
import { describeReply } from './describe-reply.ts';
import { planCommand } from './operations.ts';
import type { PlanOptions } from './planned-operation.ts';
import type { Question, Result } from './recorder.ts';

/** Each of them happens by itself. */
export interface PlannedPipeline {
  readonly questions: readonly Question[];
  run(connection: Connection, timeoutMs: number): Promise<readonly Result[]>;
}

/** One of them is followed by an ECHO, which a server knows the answer to before those of the others. */
export function planPipeline(options: PlanOptions): PlannedPipeline {
  const { dice, fresh } = options;
  const commands = Array.from({ length: 2 + dice.below(5) }, () => planCommand(options));
  const echoAt = 1 + dice.below(commands.length);
  const echoed = String(fresh());
  const words = commands.map((command) => command.words).toSpliced(echoAt, 0, ['ECHO', echoed]);
  return {
    questions: commands.map(({ question }) => question),
    run: async (connection, timeoutMs) => {
      const answers = await connection.ask(words, timeoutMs);
      if (answers.kind === 'lost') return commands.map((command) => command.result(answers));
      const echo = answers.replies[echoAt] as Reply;
      const replies = answers.replies.toSpliced(echoAt, 1);
      return commands.map((command, i) => {
        const result = command.result({ kind: 'answered', replies: [replies[i] as Reply] });
        return i === echoAt - 1 && !isEcho(echo, echoed) ? wrongEcho(echo, result) : result;
      });
    },
  };
}

function isEcho(reply: Reply, text: string): boolean {
  return reply === text || errorOf(reply) !== undefined;
}

function wrongEcho(echo: Reply, result: Result): Result {
  const reason = `what comes before the answer ${describeReply(echo)} to an ECHO behind it`;
  return { outcome: result.outcome === 'fail' ? 'fail' : 'info', reason, isWrong: true };
}
