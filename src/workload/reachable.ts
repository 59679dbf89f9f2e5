/** Waits for servers to be there, and says what is wrong with those that are not. */
import type { Environment } from '../environment/environment.ts';
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
  readonly connect: (server: number) => Promise<Connection>;
  readonly diagnose: (server: number, connection: Connection) => Promise<Trouble>;
  readonly isOver: () => boolean;
}

const patienceMs = 10_000;
const timeoutMs = 2000;
const betweenTriesMs = 100;

/**
 * Until one of the servers answers.
 * @throws WorkloadError if none does in ten seconds; at once where one cannot be reached in this way at all
 */
export async function untilReachable(options: ReachableOptions): Promise<void> {
  const { environment, servers, connect, isOver } = options;
  const { clock, timers } = environment;
  const endsAt = clock.monotonic() + patienceMs;
  for (let tries = 0; ; tries++) {
    const server = tries % servers.length;
    const connection = await connect(server);
    const trouble = await troubleOf(server, connection, options);
    connection.close();
    if (trouble === undefined) return;
    const isOut = clock.monotonic() > endsAt || isOver();
    // Each has been tried once before anything is said.
    if (trouble.isLasting || (isOut && tries >= servers.length - 1))
      throw new WorkloadError(`no server can be reached: ${servers[server] ?? ''}: ${trouble.text}`);
    await new Promise<void>((resolve) => timers.set(resolve, betweenTriesMs));
  }
}

async function troubleOf(
  server: number,
  connection: Connection,
  { diagnose }: ReachableOptions,
): Promise<Trouble | undefined> {
  const answers = await connection.ask([['PING']], timeoutMs);
  if (answers.kind === 'lost') return diagnose(server, connection);
  const reply = answers.replies[0];
  const text = reply !== null && typeof reply === 'object' && 'text' in reply ? reply.text : '';
  if (text === 'PONG') return undefined;
  if (text.startsWith('NOAUTH')) {
    return { text: 'it wants a password: give it in VALTHREE_PASSWORD', isLasting: true };
  }
  return { text: `it refuses to work: ${text}`, isLasting: /^(DENIED|NOPERM)/.test(text) };
}
