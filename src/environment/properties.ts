/**
 * Properties of a running node that somebody may watch: a testing platform (`src/cli/antithesis.ts`), the simulator. In
 * normal operation nobody does, and it costs a look at an undefined field.
 */

/**
 * `always`: holds whenever it is observed. `sometimes`: holds at least once, or the tests are too tame. `reachable`: is
 * observed at least once. `unreachable`: never.
 */
export type PropertyKind = 'always' | 'sometimes' | 'reachable' | 'unreachable';

export interface Property {
  readonly kind: PropertyKind;
  /** Names it, all over the world. */
  readonly message: string;
}

export type Details = Readonly<Record<string, string | number | boolean>>;

export interface Watcher {
  observe(property: Property, holds: boolean, details?: Details): void;
}

export const nodeProperties = {
  databaseAbsent: { kind: 'reachable', message: 'A node found no database and began with an empty one' },
  databaseReadable: { kind: 'always', message: 'The object in the store is a database that can be read' },
  databaseVanished: { kind: 'unreachable', message: 'The object in the store has vanished' },
  sentAgain: { kind: 'reachable', message: 'A request to the store failed and was sent again' },
  fateCommitted: { kind: 'reachable', message: 'A write without an answer turned out to have been committed' },
  fateLost: { kind: 'reachable', message: 'A write turned out to have lost against that of another node' },
  commandsShareCommit: { kind: 'sometimes', message: 'Several commands shared one commit' },
  rolledBack: { kind: 'reachable', message: 'Commands were rolled back and run again on what another node wrote' },
  readProvenByNews: { kind: 'reachable', message: 'A read was answered by the request that brought something new' },
  watchHeld: { kind: 'sometimes', message: 'A transaction was carried out, as no watched key had changed' },
  watchTripped: { kind: 'reachable', message: 'A transaction was given up, as a watched key had changed' },
  uncertain: { kind: 'reachable', message: 'A command was answered with UNCERTAIN' },
  unavailable: { kind: 'reachable', message: 'A command was answered with UNAVAILABLE' },
  clockWentBack: { kind: 'reachable', message: 'The clock of the machine went back' },
  turnClaimed: { kind: 'reachable', message: 'A node that others kept from writing claimed a turn' },
  turnYielded: { kind: 'reachable', message: 'A node that was writing let another write, which had claimed a turn' },
  commitsInOrder: { kind: 'always', message: 'A write is acknowledged after all writes before it' },
} as const satisfies Record<string, Property>;
