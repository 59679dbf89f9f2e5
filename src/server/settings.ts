/**
 * What `CONFIG GET` shows and `CONFIG SET` changes: settings that mean something here, under Valkey's names, and a few
 * truths that tools ask for at start. The texts of refusals are Valkey's.
 */
import { CommandError, shown } from '../commands/command-error.ts';
import type { Configuration } from '../commands/session.ts';
import { encodingLimitsDefault, type EncodingLimits } from '../commands/generic/encoding.ts';
import { matchesGlob } from '../commands/glob.ts';
import type { ByteString } from '../resp/bytes.ts';
import { parseInteger } from '../resp/integer.ts';
import { ok, type Reply } from '../resp/reply.ts';
import {
  eventClassRefusal,
  formatEventClasses,
  noEventClasses,
  parseEventClasses,
  type EventClasses,
} from './notifications/event-classes.ts';
import { parseMemorySize } from './memory-size.ts';
import { formatOutputLimits, outputLimitsDefault, parseOutputLimits, type OutputLimits } from './output-limit.ts';

/** The settings that may change while the node runs. */
export interface SettingValues {
  clientsMax: number;
  /** Idle clients are closed after so many seconds; 0: never. */
  timeoutSeconds: number;
  /** 0: off. */
  keepAliveSeconds: number;
  bulkLengthMax: number;
  queryBufferBytesMax: number;
  /** What keys and values may take, in bytes; 0: no limit. */
  memoryMax: number;
  /** Empty: none is needed. A byte string. */
  password: ByteString;
  logLevel: string;
}

/** Truths about this node that do not change. */
export interface FixedSettings {
  readonly port: number;
  readonly bind: string;
  readonly databases: number;
  readonly protectedMode: boolean;
}

interface Parameter {
  readonly name: string;
  get(): string;
  /** Checks the value and returns what sets it; throws the reason. Left out: cannot be set. */
  prepare?(value: ByteString): () => void;
}

/** What becomes of keys where there is no room: nothing. */
export const memoryPolicy = 'noeviction';

/** Why a value is refused. */
class Refusal extends Error {}

const bulkLengthMin = 1024 * 1024;
/** 24 bytes more than a byte string can hold; whoever makes one looks at that limit as well. */
export const bulkLengthMax = 512 * 1024 * 1024;

export class Settings implements Configuration {
  readonly values: SettingValues;
  readonly databases: number;
  readonly encodingLimits: EncodingLimits = { ...encodingLimitsDefault };
  #outputLimits = outputLimitsDefault;
  #eventClasses = noEventClasses;
  /** Is called when `notify-keyspace-events` has been set. */
  onEventClasses: ((classes: EventClasses) => void) | undefined;
  readonly #onChange: (names: ReadonlySet<string>) => void;
  readonly #parameters: ReadonlyMap<string, Parameter>;

  /** @param onChange is called after every change, with the names of what was set */
  constructor(values: SettingValues, fixed: FixedSettings, onChange: (names: ReadonlySet<string>) => void) {
    this.values = values;
    this.databases = fixed.databases;
    this.#onChange = onChange;
    const parameters = [
      ...changeable(values),
      this.#outputLimitParameter(),
      this.#eventClassesParameter(),
      ...encodingParameters(this.encodingLimits),
      ...constants(fixed),
    ];
    this.#parameters = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  }

  get outputLimits(): OutputLimits {
    return this.#outputLimits;
  }

  #outputLimitParameter(): Parameter {
    return {
      name: 'client-output-buffer-limit',
      get: () => formatOutputLimits(this.#outputLimits),
      prepare: (text) => {
        const limits = parseOutputLimits(text);
        if (typeof limits === 'string') throw new Refusal(limits);
        return () => (this.#outputLimits = { ...this.#outputLimits, ...limits });
      },
    };
  }

  #eventClassesParameter(): Parameter {
    return {
      name: 'notify-keyspace-events',
      get: () => formatEventClasses(this.#eventClasses),
      prepare: (text) => {
        const classes = parseEventClasses(text);
        if (classes === undefined) throw new Refusal(eventClassRefusal);
        return () => {
          this.#eventClasses = classes;
          this.onEventClasses?.(classes);
        };
      },
    };
  }

  get bulkLengthMax(): number {
    return this.values.bulkLengthMax;
  }

  get(patterns: readonly ByteString[]): readonly (readonly [name: string, value: string])[] {
    const found = new Map<string, readonly [name: string, value: string]>();
    for (const pattern of patterns) {
      const isGlob = /[[*?]/.test(pattern);
      for (const parameter of this.#parameters.values()) {
        const { name } = parameter;
        if (found.has(name)) continue;
        if (isGlob && matchesGlob(pattern, name, { nocase: true })) found.set(name, [name, parameter.get()]);
        // As it was asked for, upper case or lower case.
        if (!isGlob && pattern.toLowerCase() === name) found.set(name, [pattern, parameter.get()]);
      }
    }
    return [...found.values()];
  }

  set(values: readonly (readonly [name: ByteString, value: ByteString])[]): Reply {
    const chosen = new Map<ChangeableParameter, ByteString>();
    for (const [word, value] of values) {
      const parameter = this.#parameters.get(word.toLowerCase());
      if (parameter === undefined) {
        throw new CommandError(`ERR Unknown option or number of arguments for CONFIG SET - '${shown(word)}'`);
      }
      if (!isChangeable(parameter)) throw refused(word, "can't set immutable config");
      if (chosen.has(parameter)) throw refused(word, 'duplicate parameter');
      chosen.set(parameter, value);
    }
    const changes = [...chosen].map(([parameter, value]) => prepared(parameter, value));
    for (const change of changes) change();
    this.#onChange(new Set([...chosen.keys()].map(({ name }) => name)));
    return ok;
  }
}

type ChangeableParameter = Parameter & Required<Pick<Parameter, 'prepare'>>;

function isChangeable(parameter: Parameter): parameter is ChangeableParameter {
  return parameter.prepare !== undefined;
}

function prepared(parameter: ChangeableParameter, value: ByteString): () => void {
  try {
    return parameter.prepare(value);
  } catch (cause) {
    if (cause instanceof Refusal) throw refused(parameter.name, cause.message);
    throw cause;
  }
}

function refused(name: string, reason: string): CommandError {
  return new CommandError(`ERR CONFIG SET failed (possibly related to argument '${shown(name)}') - ${reason}`);
}

function changeable(values: SettingValues): Parameter[] {
  const integer = (name: string, field: NumberField, min: number, max: number): Parameter => ({
    name,
    get: () => String(values[field]),
    prepare: (text) => {
      const value = integerIn(text, min, max);
      return () => (values[field] = value);
    },
  });
  const memory = (name: string, field: NumberField, min: number, max: number): Parameter => ({
    name,
    get: () => String(values[field]),
    prepare: (text) => {
      const value = memoryIn(text, min, max);
      return () => (values[field] = value);
    },
  });
  return [
    integer('maxclients', 'clientsMax', 1, 4_294_967_295),
    integer('timeout', 'timeoutSeconds', 0, 2 ** 31 - 1),
    integer('tcp-keepalive', 'keepAliveSeconds', 0, 2 ** 31 - 1),
    memory('proto-max-bulk-len', 'bulkLengthMax', bulkLengthMin, bulkLengthMax),
    memory('client-query-buffer-limit', 'queryBufferBytesMax', bulkLengthMin, Number.MAX_SAFE_INTEGER),
    memory('maxmemory', 'memoryMax', 0, Number.MAX_SAFE_INTEGER),
    {
      name: 'maxmemory-policy',
      get: () => memoryPolicy,
      prepare: (text) => {
        // Another node's clients rely on what this one would evict.
        oneOf(text, [memoryPolicy]);
        return () => undefined;
      },
    },
    ...onlyValues({ appendonly: 'no', save: '' }),
    hertz(),
    {
      name: 'requirepass',
      get: () => values.password,
      prepare: (text) => () => (values.password = text),
    },
    {
      name: 'loglevel',
      get: () => values.logLevel,
      prepare: (text) => {
        const level = oneOf(text, ['debug', 'verbose', 'notice', 'warning', 'nothing']);
        return () => (values.logLevel = level);
      },
    },
  ];
}

/** What may be set in Valkey, and here to what it is. */
function onlyValues(values: Readonly<Record<string, string>>): Parameter[] {
  return Object.entries(values).map(([name, value]) => ({
    name,
    get: () => value,
    prepare: (text) => {
      oneOf(text, [value]);
      return () => undefined;
    },
  }));
}

/** Valkey's timer, which it keeps between 1 and 500 times a second; nothing here goes by it, but test suites set it. */
function hertz(): Parameter {
  let held = 10;
  return {
    name: 'hz',
    get: () => String(held),
    prepare: (text) => {
      const value = integerIn(text, 0, 2 ** 31 - 1);
      return () => (held = Math.min(Math.max(value, 1), 500));
    },
  };
}

/** Under Valkey's names, the older ones too. */
function encodingParameters(limits: EncodingLimits): Parameter[] {
  const parameter = (names: readonly string[], field: keyof EncodingLimits, read = entries): Parameter[] =>
    names.map((name) => ({
      name,
      get: () => String(limits[field]),
      prepare: (text) => {
        const value = read(text);
        return () => (limits[field] = value);
      },
    }));
  return [
    ...parameter(['hash-max-listpack-entries', 'hash-max-ziplist-entries'], 'hashEntriesMax'),
    ...parameter(['hash-max-listpack-value', 'hash-max-ziplist-value'], 'hashValueMax', memory),
    ...parameter(['list-max-listpack-size', 'list-max-ziplist-size'], 'listSizeMax', listSize),
    ...parameter(['list-compress-depth'], 'listCompressDepth', listCompressDepth),
    ...parameter(['set-max-intset-entries'], 'setIntegersMax'),
    ...parameter(['set-max-listpack-entries'], 'setEntriesMax'),
    ...parameter(['set-max-listpack-value'], 'setValueMax'),
    ...parameter(['zset-max-listpack-entries', 'zset-max-ziplist-entries'], 'sortedSetEntriesMax'),
    ...parameter(['zset-max-listpack-value', 'zset-max-ziplist-value'], 'sortedSetValueMax', memory),
  ];
}

const entries = (text: ByteString): number => integerIn(text, 0, Number.MAX_SAFE_INTEGER);
const memory = (text: ByteString): number => memoryIn(text, 0, Number.MAX_SAFE_INTEGER);
const listSize = (text: ByteString): number => integerIn(text, -(2 ** 31), 2 ** 31 - 1);
const listCompressDepth = (text: ByteString): number => integerIn(text, 0, 2 ** 31 - 1);

type NumberField = Exclude<keyof SettingValues, 'password' | 'logLevel'>;

function constants(fixed: FixedSettings): Parameter[] {
  const truths: Readonly<Record<string, string>> = {
    bind: fixed.bind,
    'cluster-enabled': 'no',
    databases: String(fixed.databases),
    port: String(fixed.port),
    'protected-mode': fixed.protectedMode ? 'yes' : 'no',
  };
  return Object.entries(truths).map(([name, value]) => ({ name, get: () => value }));
}

function integerIn(text: ByteString, min: number, max: number): number {
  const value = parseInteger(text);
  if (value === undefined) throw new Refusal("argument couldn't be parsed into an integer");
  if (value < min || value > max) throw new Refusal(`argument must be between ${min} and ${max} inclusive`);
  return Number(value);
}

function memoryIn(text: ByteString, min: number, max: number): number {
  const bytes = parseMemorySize(text);
  if (bytes === undefined) throw new Refusal('argument must be a memory value');
  if (bytes < min || bytes > max) throw new Refusal(`argument must be between ${min} and ${max} inclusive`);
  return bytes;
}

function oneOf(text: ByteString, choices: readonly string[]): string {
  const value = text.toLowerCase();
  if (!choices.includes(value)) throw new Refusal(`argument(s) must be one of the following: ${choices.join(', ')}`);
  return value;
}
