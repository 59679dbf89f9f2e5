/** Hashes of 32 bits for states. They only spread: equality is always decided by the states themselves. */

/** The finalizer of MurmurHash3 (Austin Appleby): every bit of the input changes half of the output's. */
export function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

const base = 0x01000193;

/**
 * A polynomial over the code units, modulo 2^32: the hash of a concatenation follows from those of its parts
 * (`concatenatedHash`), so that a value that grows at its end is never hashed from its beginning again.
 */
export function hashText(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, base) + unitHash(text, index)) | 0;
  return hash;
}

export function concatenatedHash(left: number, right: number, rightLength: number): number {
  return (Math.imul(left, power(rightLength)) + right) | 0;
}

/** Of what remains of a text of `length` when a beginning with hash `head` and `headLength` is taken away. */
export function tailHash(whole: number, length: number, head: number, headLength: number): number {
  return (whole - Math.imul(head, power(length - headLength))) | 0;
}

function unitHash(text: string, index: number): number {
  return mix(text.charCodeAt(index) + 1);
}

function power(exponent: number): number {
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left >>>= 1) {
    if ((left & 1) === 1) result = Math.imul(result, square);
    square = Math.imul(square, square);
  }
  return result;
}
