/**
 * A throwaway Ceph RADOS Gateway on loopback: a real, independent S3 server with working conditional writes, for tests
 * and the bench. One monitor, one storage daemon in memory, one or more gateways. Needs Debian's packages `ceph-mon`,
 * `ceph-osd` and `radosgw`; runs without root, takes free ports, and dies with this process.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync, mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface S3Server {
  /** One per gateway. */
  readonly endpoints: readonly string[];
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface CephOptions {
  readonly gateways?: number;
  readonly storeBytes?: number;
}

const run = promisify(execFile);
const startLimitMs = 30_000;
/** Now and then its monitor and storage daemon miss each other on a loaded machine; a fresh pair does not. */
const startTries = 4;
const questionLimitMs = 5000;
const accessKeyId = 'valthree-test';
const secretAccessKey = 'valthree-test-secret';

export const cephIsInstalled = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'ceph'].every(isInstalled);
export const cephIsMissing = 'Ceph RGW is not installed (apt-get install ceph-mon ceph-osd radosgw)';

export class Ceph implements S3Server {
  readonly region = 'us-east-1';
  readonly accessKeyId = accessKeyId;
  readonly secretAccessKey = secretAccessKey;
  readonly #directory: string;
  readonly #ports: readonly number[];
  readonly #daemons = new Map<string, ChildProcess>();

  private constructor(directory: string, ports: readonly number[]) {
    this.#directory = directory;
    this.#ports = ports;
  }

  static async start(options: CephOptions = {}): Promise<Ceph> {
    for (let tries = 1; ; tries++) {
      try {
        return await Ceph.#startOnce(options);
      } catch (cause) {
        if (tries === startTries) throw cause;
      }
    }
  }

  static async #startOnce({ gateways = 1, storeBytes = 2 ** 30 }: CephOptions): Promise<Ceph> {
    const [monitorPort, ...ports] = await freePorts(gateways + 1);
    const ceph = new Ceph(mkdtempSync(join(tmpdir(), 'valthree-ceph-')), ports);
    try {
      await ceph.#bootstrap(monitorPort as number, storeBytes);
      await ceph.startGateways();
    } catch (error) {
      ceph.stop();
      throw error;
    }
    return ceph;
  }

  get endpoints(): readonly string[] {
    return this.#ports.map((port) => `http://127.0.0.1:${port}`);
  }

  async startGateways(): Promise<void> {
    for (const [index, port] of this.#ports.entries()) {
      const frontend = `--rgw-frontends=beast endpoint=127.0.0.1:${port} tcp_nodelay=1`;
      this.#daemon(`gateway${index}`, 'radosgw', ['-n', `client.rgw${index}`, '-f', frontend]);
    }
    await Promise.all(this.#ports.map((port) => until(() => accepts(port), `a gateway on port ${port}`)));
  }

  /** Crashes the gateways; the data stays. */
  async killGateways(): Promise<void> {
    const gateways = [...this.#daemons].filter(([name]) => name.startsWith('gateway'));
    await Promise.all(
      gateways.map(async ([name, daemon]) => {
        const gone = new Promise((resolve) => daemon.once('exit', resolve));
        daemon.kill('SIGKILL');
        this.#daemons.delete(name);
        await gone;
      }),
    );
  }

  /** There is nothing to keep, so nothing is told to end in good order. */
  stop(): void {
    for (const daemon of this.#daemons.values()) daemon.kill('SIGKILL');
    this.#daemons.clear();
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 10 });
  }

  async #bootstrap(monitorPort: number, storeBytes: number): Promise<void> {
    const at = (name: string): string => join(this.#directory, name);
    for (const name of ['run', 'log', 'mon', 'osd']) mkdirSync(at(name));
    const clusterId = randomUUID();
    const storageId = randomUUID();
    writeFileSync(at('ceph.conf'), configuration(this.#directory, { clusterId, monitorPort, storeBytes }));
    await this.#run(
      'ceph-authtool',
      '--create-keyring',
      at('keyring'),
      '--gen-key',
      '-n',
      'mon.',
      '--cap',
      'mon',
      'allow *',
    );
    const address = `[v1:127.0.0.1:${monitorPort}]`;
    await this.#run('monmaptool', '--create', '--clobber', '--addv', 'a', address, '--fsid', clusterId, at('monmap'));
    await this.#run('ceph-mon', '-i', 'a', '--mkfs', '--monmap', at('monmap'), '--keyring', at('keyring'));
    this.#daemon('monitor', 'ceph-mon', ['-i', 'a', '-f']);
    await until(() => this.#asks('osd', 'new', storageId), 'the monitor');
    await this.#run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', storageId, '--no-mon-config');
    this.#daemon('storage', 'ceph-osd', ['-i', '0', '-f']);
    await until(async () => (await this.#asks('osd', 'stat'))?.includes('1 up'), 'the storage daemon');
    const keys = ['--access-key', accessKeyId, '--secret', secretAccessKey];
    await this.#run('radosgw-admin', 'user', 'create', '--uid=test', '--display-name=test', ...keys);
  }

  /** The monitor sometimes answers late or with an error that passes; all that is asked of it may be asked again. */
  async #asks(...args: string[]): Promise<string | undefined> {
    try {
      const { stdout, stderr } = await run('ceph', args, { env: this.#environment(), timeout: questionLimitMs });
      return stdout + stderr;
    } catch {
      return undefined;
    }
  }

  async #run(command: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(command, args, { env: this.#environment(), timeout: startLimitMs });
    return stdout;
  }

  #daemon(name: string, command: string, args: string[]): void {
    const log = openSync(join(this.#directory, 'log', `${name}.out`), 'a');
    // The kernel ends it when this process dies, however that happens.
    const bound = isInstalled('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', '--', command] : [command];
    const [program, ...rest] = bound as [string, ...string[]];
    const daemon = spawn(program, [...rest, ...args], { env: this.#environment(), stdio: ['ignore', log, log] });
    closeSync(log);
    daemon.unref();
    this.#daemons.set(name, daemon);
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, CEPH_CONF: join(this.#directory, 'ceph.conf') };
  }
}

interface ClusterSettings {
  readonly clusterId: string;
  readonly monitorPort: number;
  readonly storeBytes: number;
}

/** No authentication inside the cluster, one copy of everything, one thread where many are usual. */
function configuration(directory: string, { clusterId, monitorPort, storeBytes }: ClusterSettings): string {
  const settings: Record<string, string | number | boolean> = {
    fsid: clusterId,
    'mon host': `v1:127.0.0.1:${monitorPort}`,
    'mon initial members': 'a',
    'public addr': '127.0.0.1',
    'cluster addr': '127.0.0.1',
    'ms bind ipv6': false,
    'ms bind port min': 10_000,
    'ms bind port max': 19_999,
    'auth cluster required': 'none',
    'auth service required': 'none',
    'auth client required': 'none',
    keyring: `${directory}/keyring`,
    'run dir': `${directory}/run`,
    'admin socket': `${directory}/run/$name.asok`,
    'log file': `${directory}/log/$name.log`,
    'crash dir': `${directory}/crash`,
    'mon data': `${directory}/mon`,
    'mon data avail crit': 1,
    'mon allow pool size one': true,
    'mon warn on pool no redundancy': false,
    'mon max pg per osd': 2000,
    'paxos propose interval': 0.02,
    'paxos min wait': 0.01,
    'osd data': `${directory}/osd`,
    'osd objectstore': 'memstore',
    'memstore device bytes': storeBytes,
    'osd pool default size': 1,
    'osd pool default min size': 1,
    'osd pool default pg num': 1,
    'osd pool default pgp num': 1,
    'osd pool default pg autoscale mode': 'off',
    'rgw rados pool pg num min': 1,
    'osd crush chooseleaf type': 0,
    'osd op num shards': 2,
    'osd op num threads per shard': 1,
    'osd class load list': '*',
    'osd class default list': '*',
    'osd memory target': 939_524_096,
    'rgw enable usage log': false,
    'rgw enable ops log': false,
    'rgw enable lc threads': false,
    'rgw run sync thread': false,
    'rgw enable quota threads': false,
    'rgw override bucket index max shards': 1,
    'rgw thread pool size': 64,
  };
  return `[global]\n${Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')}`;
}

export function isInstalled(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** All are taken at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            resolve(server);
          });
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/** Another program offers no event to wait for: it is asked until it answers. */
async function until(condition: () => Promise<unknown>, what: string): Promise<void> {
  const endMs = Date.now() + startLimitMs;
  for (;;) {
    const answer = await condition();
    if (answer !== undefined && answer !== false) return;
    if (Date.now() > endMs) throw new Error(`${what} did not come up in ${startLimitMs} ms`);
    await sleep(30);
  }
}
