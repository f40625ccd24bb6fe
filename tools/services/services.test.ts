import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { installAptPackages } from './apt-packages.ts';
import { cephConfiguration } from './ceph-configuration.ts';
import { Daemon } from './daemon.ts';
import { freePort } from './free-port.ts';
import { logTails } from './log-tails.ts';
import type { TestService } from './running-service.ts';
import { startServices } from './start-services.ts';

describe('a daemon', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('runs until it is killed', async () => {
    const daemon = new Daemon('sleep', ['600'], join(folder, 'log'));
    expect(daemon.failure).toBeUndefined();
    await daemon.kill();
    expect(daemon.failure).toBe('sleep ended with SIGKILL');
    await daemon.kill();
  });

  test('tells how it ended, and leaves its words in the log', async () => {
    const daemon = new Daemon('sh', ['-c', 'echo last words; exit 3'], join(folder, 'log'));
    await vi.waitUntil(() => daemon.failure !== undefined, { timeout: 10_000 });
    expect(daemon.failure).toBe('sh ended with 3');
    expect(readFileSync(daemon.logFile, 'utf8')).toBe('last words\n');
  });

  test('tells when its program is not there', async () => {
    const daemon = new Daemon('/no/such/program', [], join(folder, 'log'));
    await vi.waitUntil(() => daemon.failure !== undefined, { timeout: 10_000 });
    await daemon.kill();
  });
});

test('logs are told by their last lines, empty ones not at all', () => {
  const folder = mkdtempSync(join(tmpdir(), 'logs-'));
  writeFileSync(join(folder, 'osd.log'), Array.from({ length: 30 }, (_, index) => `line ${index + 1}\n`).join(''));
  writeFileSync(join(folder, 'mon.log'), 'one\n');
  writeFileSync(join(folder, 'rgw.log'), '');
  const lines = logTails(folder).split('\n');
  expect(lines.slice(0, 4)).toEqual(['--- mon.log', 'one', '--- osd.log', 'line 16']);
  expect(lines.at(-1)).toBe('line 30');
  rmSync(folder, { recursive: true });
});

test('a free port can be listened on', async () => {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  server.close();
});

test('the cluster stays in its folder and on the loopback interface', () => {
  const text = cephConfiguration({ folder: '/place', gatewayPort: 1, monitorPort: 2, firstStorePort: 3 });
  const paths = text.split('\n').filter((line) => line.includes('= /'));
  expect(paths.filter((line) => !line.includes('= /place/'))).toEqual([]);
  expect(text).toContain('rgw frontends = beast endpoint=127.0.0.1:1\n');
  expect(text).toContain('mon host = [v2:127.0.0.1:2]\n');
  expect(text).not.toContain('public bind addr');
});

describe('packages', () => {
  test('that are there are not asked for', () => {
    const say = vi.fn();
    installAptPackages([{ name: 'no-such-package', brings: process.execPath }], say);
    expect(say).not.toHaveBeenCalled();
  });

  test('that are missing are told to whoever may not install them', () => {
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    const install = () => installAptPackages([{ name: 'radosgw', brings: '/no/such/file' }], () => undefined);
    expect(install).toThrow(/radosgw missing/);
    vi.restoreAllMocks();
  });
});

describe('services', () => {
  const service = (name: string, stopped: string[]): TestService => ({
    name,
    packages: [],
    start: async () => ({ environment: { [name]: 'on' }, stop: async () => void stopped.push(name) }),
  });

  test('are stopped in reverse, once; one that fails is told and does not hinder the others', async () => {
    const stopped: string[] = [];
    const broken = { ...service('b', stopped), start: () => Promise.reject(new Error('no')) };
    const said: string[] = [];
    const started = await startServices([service('a', stopped), broken, service('c', stopped)], (line) =>
      said.push(line),
    );
    expect(started.environment).toEqual({ a: 'on', c: 'on' });
    expect(started.missing).toEqual(['b is missing: no']);
    expect(said).toEqual(['a is there', 'c is there']);
    await started.stop();
    await started.stop();
    expect(stopped).toEqual(['c', 'a']);
  });
});
