/**
 * The elements of a dictionary as they were at one moment, read part by part (by their hashes) while the dictionary
 * goes on changing. Nothing is copied when it is frozen: an element that changes before its part has been read leaves
 * its image here, so that a change costs the same whatever the size of the table.
 *
 * Invariant: the images are those of the moment, whatever happens, as long as every change is told to `Freezes` first.
 */
import type { ByteString } from '../resp/bytes.ts';
import type { Dictionary, DictionaryNode } from './dictionary.ts';

/** Elements of a part: few, as a part is read in one go. */
const partSize = 64;
/** Parts: few enough that the images by part fit a `Map` that never stops for long when it grows. */
const partCountMax = 1 << 16;

export class FrozenTable<N extends DictionaryNode<N>, Image> {
  readonly #table: Dictionary<N>;
  readonly #imageOf: (node: N) => Image;
  readonly #onRelease: (frozen: FrozenTable<N, Image>) => void;
  readonly #partCount: number;
  /** The parts below it have been read. */
  #nextPart = 0;
  #isReleased = false;
  /** By part not yet read: what has changed since, as it was; `undefined` where it was missing. */
  readonly #preImages = new Map<number, Map<ByteString, Image | undefined>>();

  constructor(table: Dictionary<N>, imageOf: (node: N) => Image, onRelease: (frozen: FrozenTable<N, Image>) => void) {
    this.#table = table;
    this.#imageOf = imageOf;
    this.#onRelease = onRelease;
    let partCount = 1;
    while (partCount < partCountMax && partCount * partSize < table.size) partCount *= 2;
    this.#partCount = partCount;
  }

  /** The element of this key, or its absence, is about to change. */
  save(key: ByteString, hash: number, node: N | undefined): void {
    const part = hash & (this.#partCount - 1);
    if (part < this.#nextPart) return;
    let images = this.#preImages.get(part);
    if (images === undefined) this.#preImages.set(part, (images = new Map<ByteString, Image | undefined>()));
    if (!images.has(key)) images.set(key, node && this.#imageOf(node));
  }

  /** Can be read once. The table may change between two images. */
  *images(): Generator<Image, void, undefined> {
    if (this.#nextPart > 0) throw new Error('a frozen table is read once only');
    while (this.#nextPart < this.#partCount) {
      // Ending here would look like the end of the table.
      if (this.#isReleased) throw new Error('a frozen table was read after its release');
      yield* this.#read(this.#nextPart++);
    }
    this.release();
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#preImages.clear();
    this.#onRelease(this);
  }

  #read(part: number): readonly Image[] {
    const changed = this.#preImages.get(part);
    this.#preImages.delete(part);
    const images: Image[] = [];
    this.#table.visitPart(part, this.#partCount, (node) => {
      if (changed?.has(node.key) !== true) images.push(this.#imageOf(node));
    });
    for (const image of changed?.values() ?? []) if (image !== undefined) images.push(image);
    return images;
  }
}

/** The frozen states of one dictionary that are still needed: hardly ever more than one. */
export class Freezes<N extends DictionaryNode<N>, Image> {
  readonly #table: Dictionary<N>;
  #active: readonly FrozenTable<N, Image>[] = [];

  constructor(table: Dictionary<N>) {
    this.#table = table;
  }

  begin(imageOf: (node: N) => Image): FrozenTable<N, Image> {
    const frozen = new FrozenTable(this.#table, imageOf, (released) => {
      this.#active = this.#active.filter((one) => one !== released);
    });
    this.#active = [...this.#active, frozen];
    return frozen;
  }

  /** To be called before the element of this key is added, removed or changed in any way. */
  beforeChange(key: ByteString, hash: number): void {
    if (this.#active.length === 0) return;
    const node = this.#table.find(key, hash);
    for (const frozen of this.#active) frozen.save(key, hash, node);
  }
}
