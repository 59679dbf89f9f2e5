/** deploy/: what the compose file and the image ask of the program is what the program takes. No engine is needed. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseAddress } from '../../src/cli/addresses.ts';
import { parseDuration } from '../../src/cli/durations.ts';
import { serveCommand } from '../../src/cli/serve.ts';
import { workloadCommand } from '../../src/cli/workload.ts';

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[] | string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[]; readonly interval: string; readonly retries: number };
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
}

const deploy = resolve(import.meta.dirname, '../../deploy');
const text = readFileSync(resolve(deploy, 'compose.yaml'), 'utf8');
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const { services } = compose;
/** Of the Compose specification, what this file uses: a misspelt one would be refused by the engine alone. */
const serviceKeys =
  'image build command environment depends_on restart stop_grace_period healthcheck volumes ports'.split(' ');
const nodes = ['valthree0', 'valthree1', 'valthree2'];

/** The words that the image runs, as the real option parser takes them; it throws what it refuses. */
function parseWords(words: readonly string[]): Command {
  const [name] = words;
  const command = [serveCommand(), workloadCommand()].find((candidate) => candidate.name() === name);
  if (command === undefined) throw new Error(`there is no such command: ${String(name)}`);
  // It is not to run, nor to end the test.
  command.action(() => undefined).exitOverride();
  return command.parse(words.slice(1), { from: 'user' });
}

function wordsOf({ command }: Service): readonly string[] {
  if (!Array.isArray(command)) throw new Error('a list of words says which is one');
  return command as readonly string[];
}

it('has an S3 server, three nodes and the workload, and starts them all', () => {
  expect(Object.keys(services)).toEqual(['s3', ...nodes, 'workload']);
  for (const { profiles } of Object.values(services)) expect(profiles).toBeUndefined();
});

describe.each([...nodes, 'workload'])('%s', (name) => {
  const service = services[name]!;

  it('is run with words and variables that the program knows', () => {
    const command = parseWords(wordsOf(service));
    const variables = command.options.map(({ envVar }) => envVar);
    for (const variable of Object.keys(service.environment ?? {})) expect(variables).toContain(variable);
  });

  it('is built from files that are there', () => {
    const context = resolve(deploy, service.build!.context);
    const dockerfile = readFileSync(resolve(context, service.build!.dockerfile), 'utf8');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, names]) => names!.split(' '));
    expect(copied.length).toBeGreaterThan(3);
    for (const file of copied) expect(existsSync(resolve(context, file)), file).toBe(true);
  });

  it('begins after what it needs', () => {
    const waitsFor = Object.entries(service.depends_on!).map(([other, { condition }]) => `${other} ${condition}`);
    expect(waitsFor).toEqual(
      name === 'workload' ? nodes.map((node) => `${node} service_healthy`) : ['s3 service_healthy'],
    );
  });
});

it('the workload talks to all nodes, at the port at which they listen, with their password', () => {
  const { addrs } = parseWords(wordsOf(services['workload']!)).opts<{ addrs: ReturnType<typeof parseAddress>[] }>();
  expect(addrs.map(({ host }) => host)).toEqual(nodes);
  for (const { host, port } of addrs) {
    const node = services[host]!;
    expect(parseWords(wordsOf(node)).opts<{ addr: { port: number } }>().addr.port).toBe(port);
    expect(services['workload']?.environment?.['VALTHREE_PASSWORD']).toBe(node.environment?.['VALTHREE_REQUIREPASS']);
  }
});

it('what others wait for says how it is, and soon', () => {
  for (const { depends_on: waitsFor = {} } of Object.values(services)) {
    for (const other of Object.keys(waitsFor)) {
      const { test, interval, retries } = services[other]!.healthcheck!;
      expect(test[0]).toBe('CMD');
      expect(parseDuration(interval)).toBeLessThanOrEqual(5000);
      // It may take a minute to start.
      expect(parseDuration(interval) * retries).toBeGreaterThanOrEqual(60_000);
    }
  }
});

it('the S3 server is asked for its health at the port at which the nodes expect it', () => {
  const { port } = new URL(services['valthree0']!.environment!['VALTHREE_S3_ADDR']!);
  expect(services['s3']!.healthcheck!.test.join(' ')).toContain(`http://127.0.0.1:${port}/healthz`);
});

it('everything in the file is something that compose knows', () => {
  for (const service of Object.values(services)) {
    for (const name of Object.keys(service)) expect(serviceKeys).toContain(name);
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:6379$/);
  }
  const ports = nodes.flatMap((name) => services[name]!.ports ?? []);
  expect(new Set(ports).size).toBe(nodes.length);
});

it('nodes are asked for their health where they tell it', () => {
  for (const name of nodes) {
    const { httpAddr } = parseWords(wordsOf(services[name]!)).opts<{ httpAddr: { port: number } }>();
    expect(services[name]!.healthcheck?.test.join(' ')).toContain(`http://127.0.0.1:${httpAddr.port}/readyz`);
  }
});

it('the S3 server has the user that the nodes are, and its volumes', () => {
  const { identities } = JSON.parse(readFileSync(resolve(deploy, 'seaweedfs-s3.json'), 'utf8')) as {
    identities: { credentials: { accessKey: string; secretKey: string }[] }[];
  };
  const node = services['valthree0']!.environment!;
  expect(identities.flatMap(({ credentials }) => credentials)).toContainEqual({
    accessKey: node['VALTHREE_S3_USER'],
    secretKey: node['VALTHREE_S3_PASS'],
  });
  for (const volume of services['s3']!.volumes!) {
    const [source] = volume.split(':') as [string];
    if (source.startsWith('.')) expect(existsSync(resolve(deploy, source))).toBe(true);
    else expect(Object.keys(compose.volumes)).toContain(source);
  }
});
