/** Fills a node with keys, as fast as it takes them, and keeps it busy. */
import { connect } from 'node:net';

const connections = 8;
const commandsAtOnce = 500;

/** Sets these keys once each; values are random enough not to be compressed away. */
export async function fill(port: number, keys: number, valueBytes: number): Promise<void> {
  const share = Math.ceil(keys / connections);
  await Promise.all(
    Array.from({ length: connections }, (_, i) =>
      setRange(port, i * share, Math.min(keys, (i + 1) * share), valueBytes),
    ),
  );
}

/** Overwrites keys at random until it is told to end. @returns a function that ends it, with the writes per second */
export function keepBusy(port: number, keys: number, valueBytes: number): () => Promise<number> {
  let isOver = false;
  let writes = 0;
  const startedAt = performance.now();
  const worker = async (): Promise<void> => {
    while (!isOver) {
      const from = Math.floor(Math.random() * (keys - 20));
      await setRange(port, from, from + 20, valueBytes);
      writes += 20;
    }
  };
  const workers = Array.from({ length: connections }, worker);
  return async () => {
    isOver = true;
    await Promise.all(workers);
    return (writes / (performance.now() - startedAt)) * 1000;
  };
}

function setRange(port: number, from: number, to: number, valueBytes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = from;
    let due = 0;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, send);
    function send(): void {
      const commands: string[] = [];
      for (; next < to && commands.length < commandsAtOnce; next++) commands.push(setCommand(next, valueBytes));
      due = commands.length * '+OK\r\n'.length;
      if (due === 0) socket.end();
      else socket.write(commands.join(''), 'latin1');
    }
    socket.on('data', (data) => {
      if (data.includes('-')) reject(new Error(data.toString('latin1')));
      due -= data.length;
      if (due === 0) send();
    });
    socket.once('close', () => {
      resolve();
    });
    socket.once('error', reject);
  });
}

function setCommand(index: number, valueBytes: number): string {
  const key = `key:${String(index).padStart(12, '0')}`;
  let value = '';
  while (value.length < valueBytes) value += Math.random().toString(36).slice(2);
  return `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${valueBytes}\r\n${value.slice(0, valueBytes)}\r\n`;
}
