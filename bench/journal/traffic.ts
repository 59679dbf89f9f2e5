/** What a SET alone sends to an S3 server, on the wire: the request line, headers, the signature, the record. */
import type { S3Server } from '../../test/support/ceph.ts';
import { Proxy } from '../support/proxy.ts';
import { infoField, startValthree } from '../support/servers.ts';
import { runInProcess } from '../support/run-load.ts';
import type { Figure } from '../support/figure.ts';
import { s3Place } from './place.ts';
import { largeDatabase, smallDatabase } from './size.ts';

const bytesMax = 1024;

export async function measureTraffic(server: S3Server): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const database of [smallDatabase, largeDatabase]) {
    const proxy = await Proxy.start(server.endpoints[0] as string);
    const node = await startValthree(s3Place(server, proxy.endpoint).flags(database));
    const counters = async (): Promise<readonly [number, number]> => [
      proxy.sent,
      Number(await infoField(node.port, 'store_bytes_out')),
    ];
    try {
      const [wireBefore, bodiesBefore] = await counters();
      const load = { clients: 1, pipeline: 1, readShare: 0, keys: 1000, valueBytes: 100, durationMs: 1000 };
      const { commands } = await runInProcess({ ...load, port: node.port });
      const [wire, bodies] = await counters();
      const perSet = (wire - wireBefore) / commands;
      figures.push({
        what: `s3: bytes sent for one SET of 100 bytes, database "${database}"`,
        measured: `${perSet.toFixed(0)} on the wire, ${((bodies - bodiesBefore) / commands).toFixed(0)} of them the record`,
        goal: { text: `at most ${bytesMax}`, isReached: perSet <= bytesMax },
      });
    } finally {
      await node.stop();
      proxy.stop();
    }
  }
  return figures;
}
