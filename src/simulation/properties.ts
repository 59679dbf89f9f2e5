/** What must hold at the end of every run, whatever has happened in it. */
import type { HistoryVerdict } from '../verify/verdict.ts';
import { faultsOfElements } from './elements-check.ts';
import type { SimulatedNode } from './simulated-node.ts';
import type { World } from './world.ts';

export function checkRun(world: World): void {
  checkAgreement(world);
  for (const node of world.nodes) checkRest(node, world);
  checkCounters(world);
  for (const fault of faultsOfElements(world.recorder.operations())) world.fail(fault);
  for (const answer of world.recorder.wrongAnswers) world.fail(`nothing that was asked has this answer: ${answer}`);
  for (const { verdict } of world.judgements) checkVerdict(verdict, world);
}

/** No history is out of order, and none is so hard that nobody can tell. */
function checkVerdict(verdict: HistoryVerdict, world: World): void {
  if (verdict.verdict === 'ok') return;
  if (verdict.kind === 'transactions') {
    world.fail(`transactions are not strictly serializable: ${verdict.anomalies[0]?.description ?? verdict.verdict}`);
    return;
  }
  for (const { key, verdict: ofKey } of verdict.partitions) {
    if (ofKey === 'illegal') world.fail(`what clients have seen of ${String(key)} is in no order linearizable`);
    if (ofKey === 'unknown')
      world.fail(`whether what clients have seen of ${String(key)} is linearizable is not known`);
  }
}

/** Every node that has read to the end holds what the bucket holds. */
function checkAgreement(world: World): void {
  const truth = world.store.keyspace();
  if (truth === undefined) return;
  const edited = truth.database(0).find('edited')?.value;
  if (edited !== world.store.edited)
    world.fail(`an edit by hand is lost: ${JSON.stringify(edited)} instead of ${String(world.store.edited)}`);
  const expected = JSON.stringify(truth.dump());
  for (const node of world.nodes) {
    const keyspace = node.server?.keyspace;
    if (keyspace === undefined) world.fail(`${node.name} is not up although all faults have ended`);
    else if (JSON.stringify(keyspace.dump()) !== expected) {
      world.fail(`${node.name} holds something else than the bucket: ${JSON.stringify(keyspace.dump())} / ${expected}`);
    }
  }
}

/** Nothing is left of what was under way. */
function checkRest(node: SimulatedNode, world: World): void {
  const { server } = node;
  if (server === undefined) return;
  if (server.engine.waitingTaskCount > 0) world.fail(`${node.name} still has commands that wait for a round`);
  if (server.admission.waitingBytes !== 0) world.fail(`${node.name} has lost count of what waits`);
  for (const session of server.sessions) {
    if (session.isWaiting) world.fail(`${node.name} owes a client a reply`);
  }
}

/** Bounded memory: whoever has gone leaves nothing behind. */
export function checkDeserted({ name, server }: SimulatedNode, world: World): void {
  if (server === undefined) return;
  const { sessionCount, watches, waiting } = server;
  if (sessionCount > 0) world.fail(`${name} still has ${sessionCount} sessions, although all clients have gone`);
  if (watches.size > 0) world.fail(`${name} still has ${watches.size} watches, although all clients have gone`);
  if (waiting.count > 0) world.fail(`${name} still has ${waiting.count} clients that wait, although all have gone`);
  if (server.keyspace.watches.observer !== undefined) world.fail(`${name} still looks out for clients that have gone`);
}

/** @param requests those to the store since all has come to rest */
export function checkIdle({ name }: SimulatedNode, requests: number, world: World): void {
  if (requests > 0) world.fail(`${name} sent ${requests} requests to the store, although nobody asked it for anything`);
}

/** What has expired is deleted although nobody asks for it. By which clock, is left open where they go wrong. */
export function checkExpired(world: World): void {
  if (!world.scenario.clocksAreRight) return;
  const expired = world.store
    .keyspace()
    ?.dump()
    .filter(([, , , expireAt]) => expireAt !== undefined && expireAt <= world.environment.clock.now());
  if (expired !== undefined && expired.length > 0)
    world.fail(`nobody has deleted what has expired: ${JSON.stringify(expired)}`);
}

/** Without any model: a counter has the sum of what certainly happened, and at most what may have happened too. */
function checkCounters(world: World): void {
  const operations = world.recorder.operations();
  for (const key of new Set(operations.filter(({ f }) => f === 'incr').map((operation) => operation.key))) {
    const increments = operations.filter((operation) => operation.f === 'incr' && operation.key === key);
    const certain = increments.filter(({ outcome }) => outcome === 'ok').length;
    const possible = certain + increments.filter(({ outcome }) => outcome === 'info').length;
    const reads = operations.filter(({ f, key: read, outcome }) => f === 'get' && read === key && outcome === 'ok');
    const value = Number(reads.at(-1)?.output ?? 0);
    if (value < certain || value > possible) {
      world.fail(`${String(key)} is ${value} after ${certain} certain and ${possible - certain} uncertain increments`);
    }
  }
}
