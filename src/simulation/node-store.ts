/**
 * The store as one life of a node reaches it: requests of a killed node are not sent and its answers reach nobody,
 * although what was sent before lands all the same; while the way is cut nothing comes through in that direction.
 */
import type {
  DeleteResult,
  GetOptions,
  GetResult,
  ListResult,
  ObjectStore,
  PutOptions,
  PutResult,
} from '../store/object-store.ts';
import { storeFailure } from '../store/failure.ts';
import type { Environment } from '../environment/environment.ts';
import type { NodeEnvironment } from './node-environment.ts';

export interface StoreLink {
  requestsCut: boolean;
  responsesCut: boolean;
}

/** After so long without an answer a client of an object store gives up, where nobody has said otherwise. */
const timeoutMsDefault = 10_000;

export class NodeStore implements ObjectStore {
  readonly #inner: ObjectStore;
  readonly #node: NodeEnvironment;
  readonly #world: Environment;
  readonly #link: StoreLink;

  constructor(inner: ObjectStore, options: { node: NodeEnvironment; world: Environment; link: StoreLink }) {
    this.#inner = inner;
    this.#node = options.node;
    this.#world = options.world;
    this.#link = options.link;
  }

  get location(): string {
    return this.#inner.location;
  }

  get(name: string, options: GetOptions = {}): Promise<GetResult> {
    return this.#pass(options.timeoutMs, () => this.#inner.get(name, options));
  }

  put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    return this.#pass(options.timeoutMs, () => this.#inner.put(name, body, options));
  }

  list(prefix: string): Promise<ListResult> {
    return this.#pass(undefined, () => this.#inner.list(prefix));
  }

  delete(name: string): Promise<DeleteResult> {
    return this.#pass(undefined, () => this.#inner.delete(name));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #pass<Result>(
    timeoutMs: number | undefined,
    send: () => Promise<Result>,
  ): Promise<Result | ReturnType<typeof storeFailure>> {
    return new Promise((resolve) => {
      if (this.#node.isDead) return;
      const arrive = (result: Result | ReturnType<typeof storeFailure>): void => {
        this.#node.deliver(() => {
          resolve(result);
        });
      };
      if (this.#link.requestsCut) {
        this.#giveUp(timeoutMs, arrive);
        return;
      }
      void send().then((result) => {
        if (this.#link.responsesCut) this.#giveUp(timeoutMs, arrive);
        else arrive(result);
      });
    });
  }

  #giveUp(timeoutMs: number | undefined, arrive: (failure: ReturnType<typeof storeFailure>) => void): void {
    this.#world.timers.set(() => {
      arrive(storeFailure('unknown', 'the way to the store is cut'));
    }, timeoutMs ?? timeoutMsDefault);
  }
}
