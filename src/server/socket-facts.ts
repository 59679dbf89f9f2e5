/** What a socket tells of itself, or has to be asked for below its surface. */
import type { ClientSocket } from './client-socket.ts';

/** What Node keeps to itself. */
interface Handle {
  readonly fd?: unknown;
  readonly writeQueueSize?: unknown;
}

function handleOf(socket: ClientSocket): Handle | undefined {
  return (socket as { _handle?: Handle | null })._handle ?? undefined;
}

/** `127.0.0.1:6379`, `[::1]:6379`. IPv4 over a socket of both kinds is written as what it is. */
export function addressOf(ip: string | undefined, port: number | undefined): string {
  const plain = ip?.replace(/^::ffff:(?=\d+\.)/i, '') ?? '';
  return `${plain.includes(':') ? `[${plain}]` : plain}:${port ?? 0}`;
}

/** For tools that like to see it. -1: not known. */
export function fileDescriptorOf(socket: ClientSocket): number {
  const fd = handleOf(socket)?.fd;
  return typeof fd === 'number' ? fd : -1;
}

/** Bytes that the kernel has not taken yet; unlike `writableLength` it falls while one long write is under way. */
export function writeQueueBytesOf(socket: ClientSocket): number {
  const bytes = handleOf(socket)?.writeQueueSize;
  return typeof bytes === 'number' ? bytes : socket.writableLength;
}

/** Whether only this machine has such an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/i.test(host);
}
