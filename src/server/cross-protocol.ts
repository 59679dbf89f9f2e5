/**
 * A browser that is tricked into sending a request here would have the lines of its body run as inline commands (cross
 * protocol scripting). As in Valkey, a line that only HTTP begins with closes the connection before that.
 */
import type { ByteString } from '../resp/bytes.ts';

export function isHttpLine(argv: readonly ByteString[]): boolean {
  const name = argv[0] as ByteString;
  return (name.length === 4 || name.length === 5) && /^(post|host:)$/i.test(name);
}
