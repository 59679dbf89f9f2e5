/**
 * Keyspace notifications: tells subscribers of this node what has happened to keys, whichever node has done it. Events
 * of this node's commands are told when their round is settled, before its replies; those of other nodes' commits when
 * these are taken over. A conflict, a reload of the whole database or its loading tells nothing.
 */
import type { Broker } from '../../commands/pubsub/broker.ts';
import type { Engine } from '../../engine/engine.ts';
import type { KeyEvent } from '../../keyspace/event.ts';
import type { Keyspace } from '../../keyspace/keyspace.ts';
import type { NodeChannels } from '../pubsub/node-channels.ts';
import { noEventClasses, type EventClasses } from './event-classes.ts';
import { publishKeyspaceEvent } from './publish-event.ts';

/** All channels of notifications begin so. */
const prefixes = ['__keyspace@', '__keyevent@'];

export interface NotifierOptions {
  readonly broker: Broker;
  readonly channels: NodeChannels;
  readonly engine: Engine;
  readonly keyspace: Keyspace;
  /** `isHeard` may have changed. */
  readonly onChange: () => void;
}

export class Notifier {
  readonly #options: NotifierOptions;
  #classes = noEventClasses;
  /** Names of channels and patterns with subscribers that events may match. */
  #nameCount = 0;

  constructor(options: NotifierOptions) {
    this.#options = options;
    const count = (name: string, change: 1 | -1): void => {
      if (!mayMatchEvents(name)) return;
      this.#nameCount += change;
      options.onChange();
    };
    options.channels.tables.channel.onNames = options.channels.tables.pattern.onNames = count;
  }

  /** What is told from now on. */
  set classes(classes: EventClasses) {
    const { engine, keyspace, onChange } = this.#options;
    this.#classes = classes;
    if (classes.keyspace || classes.keyevent) {
      keyspace.eventSink = (event) => {
        if (engine.isOpen) this.#tell(event);
      };
      engine.onEvents = (events) => {
        for (const event of events) this.#tell(event);
      };
    } else {
      keyspace.eventSink = engine.onEvents = undefined;
    }
    onChange();
  }

  /** Whether somebody listens, and there is something to be told. */
  get isHeard(): boolean {
    return this.#nameCount > 0 && (this.#classes.keyspace || this.#classes.keyevent);
  }

  #tell(event: KeyEvent): void {
    if (this.isHeard && this.#classes.letters.includes(event.class))
      publishKeyspaceEvent(this.#options.broker, event, this.#classes);
  }
}

/** Of a pattern only what stands before its first special character is looked at. */
function mayMatchEvents(name: string): boolean {
  const fixed = /^[^*?[\\]*/.exec(name)?.[0] ?? '';
  return prefixes.some((prefix) => prefix.startsWith(fixed) || fixed.startsWith(prefix));
}
