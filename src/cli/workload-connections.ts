/** The workload's connections to real servers, and what is wrong where there is none. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { systemEnvironment } from '../environment/system.ts';
import { fromText } from '../resp/bytes.ts';
import { isError } from '../resp/reply.ts';
import { Connection } from '../workload/connection.ts';
import type { Trouble } from '../workload/reachable.ts';
import { formatAddress, type Address } from './addresses.ts';

export interface ConnectionFlags {
  readonly addrs: readonly Address[];
  readonly password: string;
  readonly tls: boolean;
  /** Takes any certificate. */
  readonly insecure: boolean;
}

const authTimeoutMs = 2000;
const probeTimeoutMs = 1000;

/** What a server said to the password. */
class PasswordError extends Error {}

/** What it said that is no RESP. */
class LanguageError extends Error {}

/** Codes of Node and OpenSSL for certificates that are not trusted. */
const certificateCode =
  /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_|PATH_LENGTH_|HOSTNAME_|ERROR_IN_C|ERR_TLS_CERT_)/;

export class WorkloadConnections {
  readonly #flags: ConnectionFlags;
  /** Those that somebody has accepted. */
  readonly #accepted = new WeakSet<Connection>();
  /** Those to names that have not been looked up yet. */
  readonly #nameless = new WeakSet<Connection>();
  readonly #errors = new WeakMap<Connection, Error>();

  constructor(flags: ConnectionFlags) {
    this.#flags = flags;
  }

  /** A connection that has authenticated; one that cannot be had is closed already, or will be soon. */
  async open(server: number): Promise<Connection> {
    const { password, tls, insecure } = this.#flags;
    const address = this.#address(server);
    const socket = tls ? connectTls({ ...address, rejectUnauthorized: !insecure }) : dial(address);
    const connection = new Connection(socket, systemEnvironment(), formatAddress(address));
    socket.once('connect', () => this.#accepted.add(connection));
    if (isIP(address.host) === 0) {
      this.#nameless.add(connection);
      socket.once('lookup', () => this.#nameless.delete(connection));
    }
    socket.on('error', (cause: Error) => this.#errors.set(connection, cause));
    connection.onWrong = (what) => this.#errors.set(connection, new LanguageError(what));
    if (password !== '') await this.#authenticate(connection, password);
    return connection;
  }

  async #authenticate(connection: Connection, password: string): Promise<void> {
    const answers = await connection.ask([['AUTH', fromText(password)]], authTimeoutMs);
    const reply = answers.kind === 'answered' ? answers.replies[0] : undefined;
    if (reply === undefined || !isError(reply)) return;
    this.#errors.set(connection, new PasswordError(reply.text));
    connection.close();
  }

  /** Why it did not answer. */
  async diagnose(server: number, connection: Connection): Promise<Trouble> {
    const error = this.#errors.get(connection);
    const code = error !== undefined && 'code' in error ? String(error.code) : '';
    if (error instanceof PasswordError) return passwordTrouble(error.message);
    if (code === 'ENOTFOUND') return { text: 'there is no host of this name', isLasting: true };
    if (code === 'EAI_AGAIN' || this.#nameless.has(connection))
      return { text: 'the name of this host cannot be looked up', isLasting: false };
    if (code === 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED') {
      const text =
        'it wants a certificate of its clients, and the workload has none: let it do without (tls-auth-clients)';
      return { text, isLasting: true };
    }
    if (code === 'ECONNREFUSED') return { text: 'nobody listens there', isLasting: false };
    if (certificateCode.test(code)) {
      const text = `its certificate is not trusted (${error?.message ?? code}): name the authority in NODE_EXTRA_CA_CERTS, or take any certificate with --insecure`;
      return { text, isLasting: true };
    }
    if (!this.#accepted.has(connection)) return { text: error?.message ?? 'nobody answers there', isLasting: false };
    return (await this.#otherLanguage(this.#address(server))) ?? troubleOfAnswer(error);
  }

  #address(server: number): Address {
    return this.#flags.addrs[server] as Address;
  }

  /** Whether it would answer to somebody who talks TLS, or who does not. */
  async #otherLanguage(address: Address): Promise<Trouble | undefined> {
    if (!this.#flags.tls) {
      if (!(await speaksTls(address))) return undefined;
      return { text: 'it talks TLS on this port: use --tls', isLasting: true };
    }
    if (!(await speaksPlain(address))) return undefined;
    return { text: 'it does not talk TLS on this port: leave --tls out, or name another port', isLasting: true };
  }
}

function dial({ host, port }: Address): Socket {
  return connectTcp({ host, port, noDelay: true });
}

function passwordTrouble(answer: string): Trouble {
  // `LOADING` and the like pass.
  if (!/^(WRONGPASS|NOAUTH|NOPERM|ERR) /.test(answer)) return { text: answer, isLasting: false };
  const hint = /no password is set|without any password/i.test(answer)
    ? 'it has no password, so give none'
    : 'it does not take the password; give the right one in VALTHREE_PASSWORD';
  return { text: `${hint} (${answer})`, isLasting: true };
}

function troubleOfAnswer(error: Error | undefined): Trouble {
  if (error instanceof LanguageError) return { text: `it ${error.message}; is it a Valkey server?`, isLasting: true };
  if (error !== undefined) return { text: error.message, isLasting: false };
  return { text: 'it takes connections, but does not answer', isLasting: false };
}

async function speaksPlain(address: Address): Promise<boolean> {
  const connection = new Connection(dial(address), systemEnvironment(), formatAddress(address));
  const { kind } = await connection.ask([['PING']], probeTimeoutMs);
  connection.close();
  return kind === 'answered';
}

function speaksTls(address: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ ...address, rejectUnauthorized: false });
    const end = (speaks: boolean): void => {
      socket.destroy();
      resolve(speaks);
    };
    socket.setTimeout(probeTimeoutMs, () => {
      end(false);
    });
    socket.once('secureConnect', () => {
      end(true);
    });
    for (const event of ['error', 'close'] as const) {
      socket.on(event, () => {
        end(false);
      });
    }
  });
}
