/** A whole node in this process, on a port of its own. */
import { createLogger } from '../../src/server/logger.ts';
import { startNode, type NodeOptions, type RunningNode } from '../../src/server/node.ts';

export function startTestNode(options: Partial<NodeOptions> = {}): Promise<RunningNode> {
  return startNode({
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    store: { url: 'memory:' },
    databaseName: 'valthree',
    layout: 'plain',
    pipelineDepth: 4,
    graceMs: 3_600_000,
    databases: 16,
    keysMax: 0,
    storeTimeoutMs: 10_000,
    requestTimeoutMs: 10_000,
    commitIntervalMs: 0,
    followIntervalMs: 20,
    settings: settingsDefault(),
    protectedMode: true,
    tls: undefined,
    http: undefined,
    logger: createLogger({ json: true, level: 'silent' }),
    onShutdown: () => undefined,
    ...options,
  });
}

export function settingsDefault(): NodeOptions['settings'] {
  return {
    clientsMax: 10_000,
    timeoutSeconds: 0,
    keepAliveSeconds: 300,
    bulkLengthMax: 512 * 1024 * 1024,
    queryBufferBytesMax: 2 ** 30,
    memoryMax: 0,
    password: '',
    logLevel: 'nothing',
  };
}
