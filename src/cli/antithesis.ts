/**
 * Tells autonomous testing platforms of properties, in the JSON lines of Antithesis's SDKs: `ANTITHESIS_OUTPUT_DIR` names
 * the directory in which the platform reads `sdk.jsonl`, `ANTITHESIS_SDK_LOCAL_OUTPUT` a file to look at on one's own.
 * Without either there is no watcher, and nothing is observed. There is no released SDK for JavaScript (November 2026).
 * Source of the format: https://antithesis.com/docs/using_antithesis/sdk/fallback/
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Details, Property, PropertyKind, Watcher } from '../environment/properties.ts';
import { UsageError } from './exit.ts';
import { version } from './version.ts';

const kinds: Readonly<Record<PropertyKind, { type: string; display: string; mustHit: boolean }>> = {
  always: { type: 'always', display: 'Always', mustHit: true },
  sometimes: { type: 'sometimes', display: 'Sometimes', mustHit: true },
  reachable: { type: 'reachability', display: 'Reachable', mustHit: true },
  unreachable: { type: 'reachability', display: 'Unreachable', mustHit: false },
};

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * @param properties all that can be observed; the platform is told of them first, so that it can miss them
 * @throws UsageError if the file cannot be written
 */
export function antithesisWatcher(
  properties: Readonly<Record<string, Property>>,
  variables: Variables = process.env,
): AntithesisWatcher | undefined {
  const directory = variables['ANTITHESIS_OUTPUT_DIR'] ?? '';
  const path = directory === '' ? (variables['ANTITHESIS_SDK_LOCAL_OUTPUT'] ?? '') : join(directory, 'sdk.jsonl');
  if (path === '') return undefined;
  try {
    return new AntithesisWatcher(openSync(path, 'a'), Object.values(properties));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`the file that ANTITHESIS_OUTPUT_DIR asks for cannot be written: ${why}`);
  }
}

export class AntithesisWatcher implements Watcher {
  readonly #file: number;
  /** By message: what has been told of already. */
  readonly #told = new Set<string>();
  #hasFailed = false;

  /** @param file a descriptor, opened for appending: many processes may write to it */
  constructor(file: number, properties: readonly Property[]) {
    this.#file = file;
    this.#write({
      antithesis_sdk: {
        language: { name: 'JavaScript', version: process.version },
        sdk_version: `valthree ${version}`,
        protocol_version: '1.1.0',
      },
    });
    for (const property of properties) this.#assert(property, { hit: false, condition: false });
  }

  /** Only the first time that it holds, and the first time that it does not, are told. */
  observe(property: Property, holds: boolean, details: Details = {}): void {
    const known = `${holds ? '+' : '-'}${property.message}`;
    if (this.#told.has(known)) return;
    this.#told.add(known);
    this.#assert(property, { hit: true, condition: property.kind !== 'unreachable' && holds, details });
  }

  /** All is up: from now on the platform may do harm. */
  setupComplete(details: Details): void {
    this.#write({ antithesis_setup: { status: 'complete', details } });
  }

  #assert({ kind, message }: Property, what: { hit: boolean; condition: boolean; details?: Details }): void {
    const { type, display, mustHit } = kinds[kind];
    this.#write({
      antithesis_assert: {
        id: message,
        message,
        assert_type: type,
        display_type: display,
        must_hit: mustHit,
        location: { class: '', function: '', file: 'src/environment/properties.ts', begin_line: 0, begin_column: 0 },
        details: null,
        ...what,
      },
    });
  }

  /** A full disk is no reason to stop what is being watched. */
  #write(line: object): void {
    try {
      writeSync(this.#file, `${JSON.stringify(line)}\n`);
    } catch (cause) {
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      process.stderr.write(`valthree: properties are not written any more: ${String(cause)}\n`);
    }
  }
}
