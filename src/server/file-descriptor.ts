/** The file descriptor of a socket, for `CLIENT LIST`: Node keeps it to itself, tools like to see it. -1: not known. */
import type { Socket } from 'node:net';

export function fileDescriptorOf(socket: Socket): number {
  const handle = (socket as { _handle?: { fd?: unknown } })._handle;
  return typeof handle?.fd === 'number' ? handle.fd : -1;
}
