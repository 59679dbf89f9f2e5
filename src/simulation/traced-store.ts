/** What a node asks of the store and what it hears, for the trace: how a commit got lost is nowhere else to be seen. */
import type {
  DeleteResult,
  GetOptions,
  GetResult,
  ListResult,
  ObjectStore,
  PutOptions,
  PutResult,
} from '../store/object-store.ts';

export class TracedStore implements ObjectStore {
  readonly #inner: ObjectStore;
  readonly #add: (what: string) => void;
  #requests = 0;

  constructor(inner: ObjectStore, add: (what: string) => void) {
    this.#inner = inner;
    this.#add = add;
  }

  get location(): string {
    return this.#inner.location;
  }

  /** How many have been sent. */
  get requests(): number {
    return this.#requests;
  }

  get(name: string, options: GetOptions = {}): Promise<GetResult> {
    const condition = options.ifNoneMatch === undefined ? '' : ` unless ${options.ifNoneMatch}`;
    return this.#note(`GET ${name}${condition}`, this.#inner.get(name, options));
  }

  put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    const condition =
      options.ifMatch !== undefined ? ` if ${options.ifMatch}` : options.ifNoneMatch === undefined ? '' : ' if absent';
    return this.#note(`PUT ${name}${condition}, ${body.length} bytes`, this.#inner.put(name, body, options));
  }

  list(prefix: string): Promise<ListResult> {
    return this.#note(`LIST ${prefix}`, this.#inner.list(prefix));
  }

  delete(name: string): Promise<DeleteResult> {
    return this.#note(`DELETE ${name}`, this.#inner.delete(name));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #note<Result extends GetResult | PutResult | ListResult | DeleteResult>(
    request: string,
    answer: Promise<Result>,
  ): Promise<Result> {
    const number = ++this.#requests;
    this.#add(`${number}: ${request}`);
    const result = await answer;
    this.#add(`${number}: ${describe(result)}`);
    return result;
  }
}

function describe(result: GetResult | PutResult | ListResult | DeleteResult): string {
  switch (result.kind) {
    case 'failed':
      return `${result.failure}, ${result.message}`;
    case 'found':
      return `found ${result.etag}, ${result.body.length} bytes`;
    case 'stored':
      return `stored ${result.etag}`;
    case 'listed':
      return `${result.objects.length} objects`;
    default:
      return result.kind;
  }
}
