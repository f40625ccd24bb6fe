import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { cephRgw } from './ceph-rgw.ts';

const isThere = cephRgw.packages.every(({ brings }) => existsSync(brings));

test.skipIf(!isThere)('two gateways run side by side, answer as S3, and leave nothing behind', async () => {
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
