import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cephConfiguration, clusterId } from './ceph-configuration.ts';
import { freePort } from './free-port.ts';
import type { TestService } from './running-service.ts';
import { startServer } from './start-server.ts';

const storeId = '00000000-0000-0000-0000-000000000001';

/** Ceph's S3 gateway over one monitor and one object store in memory: a real S3 on this computer. */
export const cephRgw: TestService = {
  name: 'Ceph RGW',
  packages: [
    { name: 'ceph-mon', brings: '/usr/bin/ceph-mon' },
    { name: 'ceph-osd', brings: '/usr/bin/ceph-osd' },
    { name: 'radosgw', brings: '/usr/bin/radosgw' },
  ],
  async start() {
    const accessKeyId = `AKIA${randomBytes(8).toString('hex').toUpperCase()}`;
    const secretAccessKey = randomBytes(20).toString('hex');
    const configurationIn = (folder: string) => ['-c', join(folder, 'ceph.conf')] as const;
    const { port, stop } = await startServer({
      name: 'Ceph RGW',
      async prepare({ folder, port: gatewayPort, run, keepRunning }) {
        for (const name of ['mon', 'osd', 'rgw', 'run']) mkdirSync(join(folder, name));
        const [monitorPort, firstStorePort] = [await freePort(), randomInt(10_000, 30_000)];
        const configuration = configurationIn(folder);
        writeFileSync(configuration[1], cephConfiguration({ folder, gatewayPort, monitorPort, firstStorePort }));
        const map = join(folder, 'monmap');
        await run('monmaptool', '--create', '--fsid', clusterId, '--addv', 'a', `[v2:127.0.0.1:${monitorPort}]`, map);
        await run('ceph-mon', ...configuration, '-i', 'a', '--mkfs', '--monmap', map);
        keepRunning('ceph-mon', ...configuration, '-i', 'a', '-f');
        await run('ceph', ...configuration, 'osd', 'new', storeId, '0');
        await run('ceph-osd', ...configuration, '-i', '0', '--mkfs', '--osd-uuid', storeId);
        keepRunning('ceph-osd', ...configuration, '-i', '0', '-f');
        const keys = [`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`];
        await run('radosgw-admin', ...configuration, 'user', 'create', '--uid=test', '--display-name=test', ...keys);
      },
      command: ({ folder }) => ['radosgw', ...configurationIn(folder), '-n', 'client.rgw', '-f'],
      ready: async (place) => (await fetch(`http://127.0.0.1:${place.port}`)).arrayBuffer(),
    });
    const environment = {
      VIDEOSTORAGE_S3_ENDPOINT: `http://127.0.0.1:${port}`,
      VIDEOSTORAGE_S3_REGION: 'us-east-1',
      VIDEOSTORAGE_S3_ACCESS_KEY_ID: accessKeyId,
      VIDEOSTORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
    };
    return { environment, stop };
  },
};
