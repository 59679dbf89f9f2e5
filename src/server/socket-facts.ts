/** What `CLIENT LIST` tells of a socket. */
import type { Socket } from 'node:net';

/** `127.0.0.1:6379`, `[::1]:6379`. IPv4 over a socket of both kinds is written as what it is. */
export function addressOf(ip: string | undefined, port: number | undefined): string {
  const plain = ip?.replace(/^::ffff:(?=\d+\.)/i, '') ?? '';
  return `${plain.includes(':') ? `[${plain}]` : plain}:${port ?? 0}`;
}

/** Node keeps it to itself, tools like to see it. -1: not known. */
export function fileDescriptorOf(socket: Socket): number {
  const handle = (socket as { _handle?: { fd?: unknown } })._handle;
  return typeof handle?.fd === 'number' ? handle.fd : -1;
}
