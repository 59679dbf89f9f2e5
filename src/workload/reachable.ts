/** Waits for servers to be there, and says what is wrong with those that are not. */
import type { Environment } from '../environment/environment.ts';
import type { Reply } from '../resp/reply.ts';
import { errorOf, pong, wrongIn } from './answers.ts';
import type { Connection } from './connection.ts';

/** The servers cannot be reached, or do not do what everything here begins with. */
export class WorkloadError extends Error {}

/** Why a server does not answer. */
export interface Trouble {
  /** `nobody listens there`: what comes after the address and a colon. */
  readonly text: string;
  /** Time will not mend it: a wrong password, a certificate that nobody trusts. */
  readonly isLasting: boolean;
}

interface ReachableOptions {
  readonly environment: Environment;
  /** Their addresses. */
  readonly servers: readonly string[];
  readonly patienceMs: number;
  readonly connect: (server: number) => Promise<Connection>;
  readonly diagnose: (server: number, connection: Connection) => Promise<Trouble>;
  readonly isOver: () => boolean;
  /** Nobody answers yet, for these reasons; told again when they change. */
  readonly onWaiting?: (why: string) => void;
}

const timeoutMs = 2000;
const betweenTriesMs = 100;

/**
 * Until one of the servers answers; the others may be down now, and not later.
 * @throws WorkloadError if none does in time; at once where one of them cannot be reached in this way at all
 */
export async function untilReachable(options: ReachableOptions): Promise<void> {
  const { environment, servers, patienceMs, isOver, onWaiting } = options;
  const { clock, timers } = environment;
  const endsAt = clock.monotonic() + patienceMs;
  let told = '';
  for (;;) {
    const troubles = await Promise.all(servers.map((name, server) => troubleWith(server, name, options)));
    const lasting = troubles.find((trouble) => trouble?.isLasting);
    if (lasting !== undefined) throw new WorkloadError(lasting.text);
    if (troubles.includes(undefined)) return;
    const why = troubles.map((trouble) => trouble?.text).join('; ');
    if (clock.monotonic() > endsAt || isOver()) throw new WorkloadError(`no server can be reached: ${why}`);
    if (why !== told) onWaiting?.(why);
    told = why;
    await new Promise<void>((resolve) => timers.set(resolve, betweenTriesMs));
  }
}

/** With its address before it. */
async function troubleWith(server: number, name: string, options: ReachableOptions): Promise<Trouble | undefined> {
  const connection = await options.connect(server);
  const answers = await connection.ask([['PING']], Math.min(timeoutMs, options.patienceMs));
  const trouble =
    answers.kind === 'lost' ? await options.diagnose(server, connection) : troubleOfAnswer(answers.replies[0] as Reply);
  connection.close();
  return trouble === undefined ? undefined : { ...trouble, text: `${name}: ${trouble.text}` };
}

function troubleOfAnswer(reply: Reply): Trouble | undefined {
  const error = errorOf(reply);
  if (error?.startsWith('NOAUTH') === true)
    return { text: 'it wants a password: give it in VALTHREE_PASSWORD', isLasting: true };
  if (error !== undefined) return { text: `it refuses to work: ${error}`, isLasting: /^(DENIED|NOPERM)/.test(error) };
  const wrong = wrongIn(reply, pong);
  if (wrong === undefined) return undefined;
  return { text: `it answers PING with ${wrong}; is it a Valkey server?`, isLasting: true };
}
