import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { cephRgw } from './ceph-rgw.ts';

const isThere = cephRgw.packages.every(({ brings }) => existsSync(brings));

test.skipIf(!isThere)('two gateways run in parallel, answer as S3, and leave nothing behind', async () => {
  const gateways = [await cephRgw.start(), await cephRgw.start()];
  const endpoints = gateways.map(({ environment }) => String(environment['VIDEOSTORAGE_S3_ENDPOINT']));
  const folders = endpoints.map(folderOf);
  expect(new Set(folders).size).toBe(2);
  expect(folders.map((folder) => processesOf(folder).length)).toEqual([3, 3]);
  for (const endpoint of endpoints) {
    const answer = await fetch(`${endpoint}/no-such-bucket/key`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('<Code>NoSuchBucket</Code>');
  }
  for (const gateway of gateways) await gateway.stop();
  for (const endpoint of endpoints) await expect(fetch(endpoint)).rejects.toThrow();
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
  expect(folders.map((folder) => processesOf(folder))).toEqual([[], []]);
});

test.skipIf(!isThere)('one that cannot start reports why, with its logs, and leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ceph-broken-'));
  vi.stubEnv('TMPDIR', folder);
  // The first daemon runs, the second one is a broken program.
  writeFileSync(join(folder, 'ceph-osd'), '#!/bin/sh\necho broken on purpose >&2\nexit 3\n', { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
  await expect(cephRgw.start()).rejects.toThrow(
    /Ceph RGW does not start: .*ceph-osd.*broken on purpose.*--- mon\.a\.log/s,
  );
  vi.unstubAllEnvs();
  expect(readdirSync(folder)).toEqual(['ceph-osd']);
  expect(processesOf(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

function folderOf(endpoint: string): string {
  const frontend = `endpoint=${endpoint.replace('http://', '')}\n`;
  const files = globSync(`${tmpdir()}/ceph-rgw-*/ceph.conf`);
  return dirname(String(files.find((file) => readFileSync(file, 'utf8').includes(frontend))));
}

/** Process ids whose command line names the folder. */
function processesOf(folder: string): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandLineOf(name).includes(folder));
}

function commandLineOf(processId: string): string {
  try {
    return readFileSync(`/proc/${processId}/cmdline`, 'utf8');
  } catch (error) {
    // It ended between the listing and the reading.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return '';
    throw error;
  }
}
