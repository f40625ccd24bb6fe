import { execFile } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cephConfiguration, clusterId } from './ceph-configuration.ts';
import { Daemon } from './daemon.ts';
import { freePort } from './free-port.ts';
import { logTails } from './log-tails.ts';
import type { RunningService, TestService } from './running-service.ts';

const storeId = '00000000-0000-0000-0000-000000000001';
const stepMs = 60_000;
const readyTries = 600;
const execute = promisify(execFile);

/** Ceph's S3 gateway over one monitor and one object store in memory: a real S3 on this computer. */
export const cephRgw: TestService = {
  name: 'Ceph RGW',
  packages: [
    { name: 'ceph-mon', brings: '/usr/bin/ceph-mon' },
    { name: 'ceph-osd', brings: '/usr/bin/ceph-osd' },
    { name: 'radosgw', brings: '/usr/bin/radosgw' },
  ],
  async start() {
    const folder = mkdtempSync(join(tmpdir(), 'ceph-rgw-'));
    for (const name of ['mon', 'osd', 'rgw', 'run', 'log']) mkdirSync(join(folder, name));
    const daemons: Daemon[] = [];
    const stop = async () => {
      for (const daemon of daemons.toReversed()) await daemon.kill();
      rmSync(folder, { recursive: true, force: true });
    };
    try {
      return { ...(await startIn(folder, daemons)), stop };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const failures = daemons.flatMap(({ failure }) => failure ?? []);
      // Ceph writes its reasons into logs of its own, which are removed with the folder.
      const report = [`Ceph RGW does not start: ${reason}`, ...failures, logTails(join(folder, 'log'))]
        .join('\n')
        .trim();
      await stop();
      throw new Error(report, { cause: error });
    }
  },
};

async function startIn(folder: string, daemons: Daemon[]): Promise<Pick<RunningService, 'environment'>> {
  const [gatewayPort, monitorPort] = [await freePort(), await freePort()];
  const firstStorePort = randomInt(10_000, 30_000);
  const accessKeyId = `AKIA${randomBytes(8).toString('hex').toUpperCase()}`;
  const secretAccessKey = randomBytes(20).toString('hex');
  const configuration = join(folder, 'ceph.conf');
  writeFileSync(configuration, cephConfiguration({ folder, gatewayPort, monitorPort, firstStorePort }));

  const run = (command: string, ...args: readonly string[]) => execute(command, [...args], { timeout: stepMs });
  const withConfiguration = (command: string, ...args: readonly string[]) => run(command, '-c', configuration, ...args);
  const keepRunning = (command: string, ...args: readonly string[]) => {
    const daemon = new Daemon(command, ['-c', configuration, ...args, '-f'], join(folder, 'log', `${command}.out`));
    daemons.push(daemon);
    return daemon;
  };

  const map = join(folder, 'monmap');
  await run('monmaptool', '--create', '--fsid', clusterId, '--addv', 'a', `[v2:127.0.0.1:${monitorPort}]`, map);
  await withConfiguration('ceph-mon', '-i', 'a', '--mkfs', '--monmap', map);
  keepRunning('ceph-mon', '-i', 'a');
  await withConfiguration('ceph', 'osd', 'new', storeId, '0');
  await withConfiguration('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', storeId);
  keepRunning('ceph-osd', '-i', '0');
  const keys = [`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`];
  await withConfiguration('radosgw-admin', 'user', 'create', '--uid=test', '--display-name=test', ...keys);
  const gateway = keepRunning('radosgw', '-n', 'client.rgw');
  const endpoint = `http://127.0.0.1:${gatewayPort}`;
  await untilItAnswers(endpoint, gateway);
  return {
    environment: {
      VIDEOSTORAGE_S3_ENDPOINT: endpoint,
      VIDEOSTORAGE_S3_REGION: 'us-east-1',
      VIDEOSTORAGE_S3_ACCESS_KEY_ID: accessKeyId,
      VIDEOSTORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
    },
  };
}

async function untilItAnswers(endpoint: string, gateway: Daemon): Promise<void> {
  let reason: unknown;
  for (let tries = 0; tries < readyTries && gateway.failure === undefined; tries += 1) {
    try {
      await (await fetch(endpoint)).arrayBuffer();
      return;
    } catch (error) {
      reason = error;
      await sleep(100);
    }
  }
  throw new Error('the gateway does not answer', { cause: reason });
}
