/**
 * What a run is made of. Everything follows from the seed; what is given besides replaces a part of it, which is how a
 * failing run is made smaller (`shrink.ts`).
 */
import { valueTypes, type WorkloadPlan } from '../workload/plan.ts';
import type { SnapshotLimits } from '../log/journal/snapshotter.ts';
import { layouts, type Layout } from '../log/recognising-log.ts';
import type { Fault } from '../store/faulty-store.ts';
import { Dice } from '../workload/dice.ts';
import { seededRandom } from '../environment/seeded-random.ts';

/** Faults of single requests to the store. */
export const storeFaults = [
  'refused',
  'lostRequest',
  'lostResponse',
  'late',
  'conflict',
  'conditionRefused',
  'serverError',
  'gatewayError',
  'throttled',
  'stall',
  'duplicate',
  'slow',
  'truncated',
  'corrupted',
  'staleList',
] as const satisfies readonly Fault[];

/** Faults of machines, links and people. */
const worldFaults = [
  'storeCut',
  'linkCut',
  'reset',
  'disconnect',
  'crash',
  'pause',
  'suspend',
  'clockJump',
  'clockDrift',
  'clockSkew',
  'sameName',
  'fewKeys',
  'lowMemory',
  'readOnlyStore',
  'hostileHead',
  'handEdit',
] as const;

export type WorldFaultName = (typeof worldFaults)[number];
export type FaultName = (typeof storeFaults)[number] | WorldFaultName;

export const faultNames: readonly FaultName[] = [...storeFaults, ...worldFaults];

export interface Scenario extends WorkloadPlan {
  readonly seed: number;
  readonly nodes: number;
  readonly clients: number;
  readonly faults: ReadonlySet<FaultName>;
  /** The share of requests to the store that meet each kind of fault. */
  readonly storeFaultRate: number;
  /** How often something happens to machines and links, against the usual. */
  readonly worldFaultRate: number;
  readonly storeLatencyMs: readonly [min: number, max: number];
  readonly networkLatencyMs: readonly [min: number, max: number];
  readonly commitIntervalMs: number;
  readonly contentEtags: boolean;
  readonly layout: Layout;
  readonly pipelineDepth: number;
  /** Of the first node. Small, so that nodes that were slow have to ask whether they have missed something. */
  readonly graceMs: number;
  /** After so many records a snapshot is due. */
  readonly snapshotRecords: number;
  /** About how long its parts are. */
  readonly partLength: number;
  /** Commits that are longer have objects beside their record; so much is taken over at once from other nodes. */
  readonly recordLength: number;
  readonly newsLength: number;
  /** Of nodes that may hold only a few keys. */
  readonly keysMax: number;
  /** How many branches somebody tries to make. */
  readonly branches: number;
  /** For so long all that was in the database can be had again. */
  readonly retainMs: number;
  /** How often somebody imports something while nodes serve. */
  readonly imports: number;
}

export function snapshotLimitsOf({ snapshotRecords, partLength }: Scenario): SnapshotLimits {
  return { recordsMax: snapshotRecords, bytesMin: 1 << 20, ratio: 0.5, partLength };
}

const clockFaults: readonly FaultName[] = ['clockJump', 'clockDrift', 'clockSkew'];

/** Longer than a node lets a command wait for the store. */
const replyTimeoutMs = 6000;

/** Two 32-bit words apart, so that the scenario and the world do not draw the same numbers. */
const scenarioSalt = 0x5eed_0000_0000;

export function scenarioOf(seed: number, given: Partial<Scenario> = {}): Scenario {
  const dice = new Dice(seededRandom(seed + scenarioSalt));
  // Each run has some kinds of faults and not others: all at once would hide what one alone would show.
  const calm = dice.chance(0.1);
  const drawnFaults = new Set(faultNames.filter(() => !calm && dice.chance(0.4)));
  const kindsOfRequests = storeFaults.filter((fault) => drawnFaults.has(fault)).length;
  const drawn: Scenario = {
    seed,
    nodes: 1 + dice.below(4),
    clients: 2 + dice.below(9),
    operations: 10 + dice.below(50),
    keys: 1 + dice.below(3),
    faults: drawnFaults,
    storeFaultRate: dice.pick([0.02, 0.1, 0.3]) / Math.max(kindsOfRequests, 1),
    worldFaultRate: dice.pick([0.5, 1, 3]),
    storeLatencyMs: dice.pick([[0.1, 1] as const, [5, 60] as const, [20, 22] as const]),
    networkLatencyMs: dice.pick([[0.1, 0.5] as const, [1, 20] as const]),
    readWeight: dice.pick([1, 1, 5]),
    thinkMs: dice.pick([0, 5, 100]),
    commitIntervalMs: dice.pick([0, 0, 0, 10]),
    contentEtags: dice.chance(0.5),
    clocksAreRight: true,
    someLeave: false,
    replyTimeoutMs,
    layout: dice.pick(layouts),
    pipelineDepth: 1 + dice.below(4),
    graceMs: dice.pick([2000, 20_000, 3_600_000]),
    snapshotRecords: dice.pick([5, 30, 10_000]),
    partLength: dice.pick([50, 500]),
    keysMax: 4 + dice.below(10),
    recordLength: dice.pick([60, 1 << 20]),
    newsLength: dice.pick([400, 1 << 20]),
    branches: dice.pick([0, 0, 2, 4]),
    retainMs: dice.pick([0, 0, 5000, 60_000]),
    imports: dice.pick([0, 0, 2, 8]),
    types: valueTypes.filter((type) => type === 'string' || dice.chance(0.4)),
  };
  const scenario = { ...drawn, ...given };
  const { faults } = scenario;
  return {
    ...scenario,
    clocksAreRight: !clockFaults.some((fault) => faults.has(fault)),
    someLeave: faults.has('disconnect'),
  };
}
