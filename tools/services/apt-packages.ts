import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import type { AptPackage } from './running-service.ts';
import { withFiles } from './with-files.ts';

const installMs = 15 * 60_000;
const lockSeconds = 300;
/** Debian asks this program before a package starts its service; 101 means: do not. */
const servicePolicy = { file: '/usr/sbin/policy-rc.d', text: '#!/bin/sh\nexit 101\n' };

/** Installs the missing packages. @throws {Error} they cannot be installed here; the message says what to do by hand */
export function installAptPackages(packages: readonly AptPackage[], log: (line: string) => void): void {
  const absent = packages.filter(({ brings }) => globSync(brings).length === 0);
  const missing = absent.map(({ name }) => name);
  if (missing.length === 0) return;
  const byHand = `run as root: apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!existsSync('/usr/bin/apt-get')) throw new Error(`${missing.join(', ')} missing, and there is no apt-get here`);
  if (process.getuid?.() !== 0) throw new Error(`${missing.join(', ')} missing, and this is not root; ${byHand}`);
  log(`installing ${missing.join(', ')}`);
  const files = Object.assign(
    { [servicePolicy.file]: servicePolicy.text },
    ...absent.map((each) => each.whileInstalling),
  );
  withFiles(files, () => install(missing));
}

function install(missing: readonly string[]): void {
  // The package list may be outdated, so a failed installation is tried once more after an update.
  if (aptGet('install', ...missing).ok) return;
  const update = aptGet('update');
  const again = aptGet('install', ...missing);
  if (!again.ok) throw new Error(`apt-get cannot install ${missing.join(', ')}: ${again.errors || update.errors}`);
}

function aptGet(
  command: 'install' | 'update',
  ...names: readonly string[]
): { readonly ok: boolean; readonly errors: string } {
  const options = command === 'install' ? ['-y', '--no-install-recommends'] : [];
  // Waits for another installation that may be running.
  const lock = ['-o', `DPkg::Lock::Timeout=${lockSeconds}`];
  const { status, stderr } = spawnSync('apt-get', ['-qq', ...lock, command, ...options, ...names], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: installMs,
  });
  return { ok: status === 0, errors: stderr.trim().split('\n').slice(-3).join(' ') };
}
