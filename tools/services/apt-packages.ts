import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { AptPackage } from './running-service.ts';

const installMs = 15 * 60_000;
const lockSeconds = 300;

/** Installs the packages that are missing. @throws {Error} saying what to do by hand, when they cannot be installed here */
export function installAptPackages(packages: readonly AptPackage[], say: (line: string) => void): void {
  const missing = packages.filter(({ brings }) => !existsSync(brings)).map(({ name }) => name);
  if (missing.length === 0) return;
  const byHand = `run as root: apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!existsSync('/usr/bin/apt-get')) throw new Error(`${missing.join(', ')} missing, and there is no apt-get here`);
  if (process.getuid?.() !== 0) throw new Error(`${missing.join(', ')} missing, and this is not root; ${byHand}`);
  say(`installing ${missing.join(', ')}`);
  // Packages known from an old list may be gone from the archive, so a refused installation is tried once more after an update.
  if (aptGet('install', ...missing).ok) return;
  const update = aptGet('update');
  const install = aptGet('install', ...missing);
  if (!install.ok) throw new Error(`apt-get cannot install ${missing.join(', ')}: ${install.words || update.words}`);
}

function aptGet(
  command: 'install' | 'update',
  ...names: readonly string[]
): { readonly ok: boolean; readonly words: string } {
  const options = command === 'install' ? ['-y', '--no-install-recommends'] : [];
  // Another installation may be going on: it is waited for.
  const lock = ['-o', `DPkg::Lock::Timeout=${lockSeconds}`];
  const { status, stderr } = spawnSync('apt-get', ['-qq', ...lock, command, ...options, ...names], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: installMs,
  });
  return { ok: status === 0, words: stderr.trim().split('\n').slice(-3).join(' ') };
}
