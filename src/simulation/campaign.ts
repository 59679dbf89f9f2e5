/** Many runs, one seed after another, and what they were together. */
import type { FaultName, Scenario } from './scenario.ts';
import { faultNames, scenarioOf } from './scenario.ts';
import { noTravels } from './time-traveller.ts';
import { simulate, type RunResult } from './world.ts';

export interface CampaignOptions {
  readonly firstSeed: number;
  /** Replaces parts of what the seeds say. */
  readonly given: Partial<Scenario>;
  /** Whether another run is to begin. */
  readonly goesOn: (runs: number) => boolean;
  readonly onRun: (summary: CampaignSummary) => void;
}

export interface CampaignSummary {
  runs: number;
  events: number;
  operations: number;
  commits: number;
  virtualMs: number;
  readonly faults: Record<FaultName, number>;
  imports: number;
  readonly past: { -readonly [Name in keyof RunResult['past']]: number };
  /** Of the nodes, by message: how often they have observed that it holds. */
  readonly properties: Map<string, number>;
  /** Of the events of the last run. */
  lastHash: string;
  /** The first run that failed; it is the last one. */
  failed: RunResult | undefined;
}

export async function runCampaign(options: CampaignOptions): Promise<CampaignSummary> {
  const summary: CampaignSummary = {
    runs: 0,
    events: 0,
    operations: 0,
    commits: 0,
    virtualMs: 0,
    faults: Object.fromEntries(faultNames.map((name) => [name, 0])) as Record<FaultName, number>,
    imports: 0,
    past: { ...noTravels, compared: 0 },
    properties: new Map(),
    lastHash: '',
    failed: undefined,
  };
  while (summary.failed === undefined && options.goesOn(summary.runs)) {
    const result = await simulate(scenarioOf(options.firstSeed + summary.runs, options.given));
    summary.runs++;
    summary.lastHash = result.traceHash;
    summary.events += result.events;
    summary.operations += result.operations.length;
    summary.commits += result.commits;
    summary.imports += result.imports;
    summary.virtualMs += result.virtualMs;
    for (const name of faultNames) summary.faults[name] += result.faults[name] ?? 0;
    for (const name of Object.keys(summary.past) as (keyof RunResult['past'])[])
      summary.past[name] += result.past[name];
    for (const [message, count] of result.properties) {
      summary.properties.set(message, (summary.properties.get(message) ?? 0) + count);
    }
    if (result.failures.length > 0) summary.failed = result;
    options.onRun(summary);
  }
  return summary;
}
