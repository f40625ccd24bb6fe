import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { firstAnswer } from '../test-support/first-answer.ts';
import { installAptPackages } from './apt-packages.ts';
import { cephConfiguration } from './ceph-configuration.ts';
import { Daemon } from './daemon.ts';
import { freePort } from './free-port.ts';
import { logTails } from './log-tails.ts';
import { openFolder } from './open-folder.ts';
import type { TestService } from './running-service.ts';
import { startServices } from './start-services.ts';
import { unprivilegedIds } from './unprivileged-user.ts';
import { withFiles } from './with-files.ts';

const isRoot = process.getuid?.() === 0;

/** The files that this process has open, where the system lists them. */
function openFiles(): readonly string[] {
  if (!existsSync('/proc/self/fd')) return [];
  return readdirSync('/proc/self/fd').flatMap((name) => {
    const link = `/proc/self/fd/${name}`;
    return existsSync(link) ? [readlinkSync(link)] : [];
  });
}

describe('a daemon', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('runs until it is killed', async () => {
    const daemon = new Daemon('sleep', ['600'], join(folder, 'log'));
    expect(daemon.failure).toBeUndefined();
    expect(openFiles()).not.toContain(daemon.logFile);
    await daemon.kill();
    expect(daemon.failure).toBe('sleep ended with SIGKILL');
    await daemon.kill();
  });

  test('reports how it ended, and writes its output to the log', async () => {
    const daemon = new Daemon('sh', ['-c', 'echo last line; exit 3'], join(folder, 'log'));
    await vi.waitUntil(() => daemon.failure !== undefined, { timeout: 10_000 });
    expect(daemon.failure).toBe('sh ended with 3');
    expect(readFileSync(daemon.logFile, 'utf8')).toBe('last line\n');
  });

  test('ends by the signal that it is given', async () => {
    const daemon = new Daemon('sleep', ['600'], join(folder, 'log'));
    await daemon.kill('SIGQUIT');
    expect(daemon.failure).toBe('sleep ended with SIGQUIT');
  });

  test.skipIf(!isRoot)('runs as another user, in the given folder', async () => {
    chmodSync(folder, 0o755);
    const options = { ...unprivilegedIds('nobody'), cwd: folder };
    const daemon = new Daemon('sh', ['-c', 'id -un; id -Gn; pwd'], join(folder, 'log'), options);
    await vi.waitUntil(() => daemon.failure !== undefined, { timeout: 10_000 });
    expect(readFileSync(daemon.logFile, 'utf8')).toBe(`nobody\nnogroup\n${folder}\n`);
  });

  test('ends when its program is not installed', async () => {
    const daemon = new Daemon('/no/such/program', [], join(folder, 'log'));
    await vi.waitUntil(() => daemon.failure !== undefined, { timeout: 10_000 });
    await daemon.kill();
  });
});

test('logs are shown by their last lines, empty ones not at all', () => {
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

test('a port is given once, though it is free again', async () => {
  const ports = [61_001, 61_001, 61_002];
  vi.spyOn(Server.prototype, 'address').mockImplementation(() => ({
    ...{ port: ports.shift() ?? 0, address: '127.0.0.1', family: 'IPv4' },
  }));
  expect([await freePort(), await freePort()]).toEqual([61_001, 61_002]);
});

test('the cluster stays in its folder and on the loopback interface', () => {
  const text = cephConfiguration({ folder: '/place', gatewayPort: 1, monitorPort: 2, firstStorePort: 3 });
  const paths = text.split('\n').filter((line) => line.includes('= /'));
  expect(paths.filter((line) => !line.includes('= /place/'))).toEqual([]);
  expect(text).toContain('rgw frontends = beast endpoint=127.0.0.1:1\n');
  expect(text).toContain('mon host = [v2:127.0.0.1:2]\n');
  expect(text).not.toContain('public bind addr');
});

describe('a folder for another user', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'open-'));
    mkdirSync(join(folder, 'tmp'));
    vi.stubEnv('TMPDIR', join(folder, 'tmp'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  test.skipIf(!isRoot).each([
    [0o700, '/tmp'],
    [0o711, 'TMPDIR'],
  ])('below a folder of mode %o lies in %s, and belongs to them', (mode, place) => {
    chmodSync(folder, mode);
    const opened = openFolder('own', { uid: 65_534, gid: 65_534 });
    expect(opened.startsWith(place === '/tmp' ? '/tmp/own-' : join(folder, 'tmp', 'own-'))).toBe(true);
    expect(statSync(opened).uid).toBe(65_534);
    rmSync(opened, { recursive: true });
  });

  test('for the same user lies where TMPDIR says', () => {
    chmodSync(folder, 0o700);
    expect(openFolder('own', {})).toContain(join(folder, 'tmp', 'own-'));
  });
});

test('a server’s first answer is read; one that closes the connection, or does not run, is an error', async () => {
  const server = createServer((socket) => {
    socket.once('data', (bytes) => (String(bytes) === 'hello' ? socket.end('hello yourself') : socket.end()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(String(await firstAnswer(port, 'hello'))).toBe('hello yourself');
  await expect(firstAnswer(port, 'go away')).rejects.toThrow(`port ${port} closed the connection`);
  await new Promise((resolve) => server.close(resolve));
  await expect(firstAnswer(port)).rejects.toThrow('ECONNREFUSED');
});

test('files that exist only during some work are removed with it, also when it fails; others stay unchanged', () => {
  const folder = mkdtempSync(join(tmpdir(), 'files-'));
  const [own, other] = [join(folder, 'deep/own'), join(folder, 'other')];
  writeFileSync(other, 'as it was');
  const work = vi.fn(() => {
    expect(readFileSync(own, 'utf8')).toBe('new');
    expect(statSync(own).mode & 0o111).toBe(0o111);
    expect(readFileSync(other, 'utf8')).toBe('as it was');
    writeFileSync(join(folder, 'deep/of-the-package'), '');
    throw new Error('on purpose');
  });
  expect(() => withFiles({ [own]: 'new', [other]: 'new' }, work)).toThrow('on purpose');
  expect(work).toHaveBeenCalledOnce();
  expect([own, other, join(folder, 'deep/of-the-package')].map((file) => existsSync(file))).toEqual([
    false,
    true,
    true,
  ]);
  rmSync(folder, { recursive: true });
});

describe('packages', () => {
  test('are known by a file whose name holds a version', () => {
    const log = vi.fn();
    const brings = process.execPath.replace(/[^/]+$/, 'n*e');
    installAptPackages([{ name: 'no-such-package', brings }], log);
    expect(log).not.toHaveBeenCalled();
  });

  test('that are installed are not installed again', () => {
    const log = vi.fn();
    installAptPackages([{ name: 'no-such-package', brings: process.execPath }], log);
    expect(log).not.toHaveBeenCalled();
  });

  test('that are missing are an error for a user who may not install them', () => {
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

  test('are stopped in reverse, once; one that fails is reported and does not stop the others', async () => {
    const stopped: string[] = [];
    const broken = { ...service('b', stopped), start: () => Promise.reject(new Error('no')) };
    const logged: string[] = [];
    const started = await startServices([service('a', stopped), broken, service('c', stopped)], (line) =>
      logged.push(line),
    );
    expect(started.environment).toEqual({ a: 'on', c: 'on' });
    expect(started.missing).toEqual(['b is missing: no']);
    expect(logged).toEqual(['a runs', 'c runs']);
    await started.stop();
    await started.stop();
    expect(stopped).toEqual(['c', 'a']);
  });
});
