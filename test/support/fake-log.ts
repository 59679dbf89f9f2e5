/** A log whose requests the test answers one by one, to put the engine into any situation. */
import type { Effect } from '../../src/keyspace/effect.ts';
import type { Keyspace } from '../../src/keyspace/keyspace.ts';
import type { AppendOutcome, Changes, Commit, Log, OpenOutcome, VerifyOutcome } from '../../src/log/log.ts';

export interface PendingAppend {
  readonly effects: readonly Effect[];
  readonly deadline: number;
  answer(outcome: AppendOutcome): void;
}

export interface PendingVerify {
  answer(outcome: VerifyOutcome): void;
}

export class FakeLog implements Log {
  readonly pipelineDepth: number;
  readonly retries = 0;
  readonly snapshots = undefined;
  readonly turns = undefined;
  readonly appends: PendingAppend[] = [];
  readonly verifies: PendingVerify[] = [];

  constructor(pipelineDepth = 1) {
    this.pipelineDepth = pipelineDepth;
  }

  open(): Promise<OpenOutcome> {
    return Promise.resolve({ kind: 'opened' });
  }

  append(commit: Commit, deadline: number): Promise<AppendOutcome> {
    return new Promise((resolve) => {
      this.appends.push({ effects: [...commit.effects], deadline, answer: resolve });
    });
  }

  verify(): Promise<VerifyOutcome> {
    return new Promise((resolve) => {
      this.verifies.push({ answer: resolve });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Changes by another node that consist of these effects. */
export function changes(...effects: Effect[]): Changes {
  return {
    applyTo: (keyspace: Keyspace) => {
      for (const effect of effects) keyspace.apply(effect);
    },
  };
}

export function set(key: string, value: string): Effect {
  return { kind: 'setString', db: 0, key, value };
}
