/** How many files this process may have open, which bounds its connections. */
import { readFileSync } from 'node:fs';

/** What a node needs beside its clients: the store's connections, locks, logs. */
const reserved = 64;

/** The limit on clients that the system leaves; Infinity: not known here. */
export function clientsAllowedBySystem(): number {
  let limits: string;
  try {
    limits = readFileSync('/proc/self/limits', 'latin1');
  } catch {
    // Not Linux.
    return Infinity;
  }
  const openFiles = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return openFiles === undefined ? Infinity : Math.max(1, Number(openFiles) - reserved);
}
