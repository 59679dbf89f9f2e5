/**
 * The elements of a dictionary as they were at one moment, read part by part (by their hashes) while the dictionary
 * goes on changing. Nothing is copied when it is frozen: an element that changes before its part has been read leaves
 * its image here, so that a change costs the same whatever the size of the table.
 *
 * Invariant: the images are those of the moment, whatever happens, as long as every change is told to `Freezes` first.
 */
import type { ByteString } from '../resp/bytes.ts';
import { Dictionary, type DictionaryNode } from './dictionary.ts';

/** Elements of a part: few, as a part is read in one go. */
const partSize = 64;

/** What an element was; `undefined` where it was missing. */
class PreImage<Image> implements DictionaryNode<PreImage<Image>> {
  readonly key: ByteString;
  readonly hash: number;
  next: PreImage<Image> | undefined = undefined;
  readonly image: Image | undefined;

  constructor(key: ByteString, hash: number, image: Image | undefined) {
    this.key = key;
    this.hash = hash;
    this.image = image;
  }
}

export class FrozenTable<N extends DictionaryNode<N>, Image> {
  readonly #table: Dictionary<N>;
  readonly #imageOf: (node: N) => Image;
  readonly #onRelease: (frozen: FrozenTable<N, Image>) => void;
  readonly #partCount: number;
  /** The parts below it have been read. */
  #nextPart = 0;
  #isReleased = false;
  /** What has changed since, of the parts that have not been read. */
  #preImages = new Dictionary<PreImage<Image>>();

  constructor(table: Dictionary<N>, imageOf: (node: N) => Image, onRelease: (frozen: FrozenTable<N, Image>) => void) {
    this.#table = table;
    this.#imageOf = imageOf;
    this.#onRelease = onRelease;
    let partCount = 1;
    while (partCount * partSize < table.size) partCount *= 2;
    this.#partCount = partCount;
  }

  /** The element of this key, or its absence, is about to change. */
  save(key: ByteString, hash: number, node: N | undefined): void {
    if ((hash & (this.#partCount - 1)) < this.#nextPart) return;
    if (this.#preImages.find(key, hash) !== undefined) return;
    this.#preImages.insert(new PreImage(key, hash, node && this.#imageOf(node)));
  }

  /** Can be read once. The table may change between two images. */
  *images(): Generator<Image, void, undefined> {
    if (this.#nextPart > 0) throw new Error('a frozen table is read once only');
    while (this.#nextPart < this.#partCount) {
      // Ending here would look like the end of the table.
      if (this.#isReleased) throw new Error('a frozen table was read after its release');
      // A delegation (`yield*`) takes several times as long.
      for (const image of this.#read(this.#nextPart++)) yield image;
    }
    this.release();
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#preImages = new Dictionary();
    this.#onRelease(this);
  }

  #read(part: number): readonly Image[] {
    const images: Image[] = [];
    this.#table.visitPart(part, this.#partCount, (node) => {
      if (this.#preImages.find(node.key, node.hash) === undefined) images.push(this.#imageOf(node));
    });
    const changed: PreImage<Image>[] = [];
    this.#preImages.visitPart(part, this.#partCount, (preImage) => changed.push(preImage));
    for (const { key, hash, image } of changed) {
      this.#preImages.remove(key, hash);
      if (image !== undefined) images.push(image);
    }
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
