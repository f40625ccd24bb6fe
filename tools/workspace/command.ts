import { spawnSync } from 'node:child_process';

/** How a command ended. */
export interface CommandOutcome {
  readonly ok: boolean;
  /** All that it printed. */
  readonly output: string;
  /** What it printed to standard output alone. */
  readonly stdout: string;
}

const timeoutMs = 5 * 60_000;

/**
 * Runs a command as a stranger would: without the variables that npm and Nx set for our own scripts, with those of `settings`.
 */
export function runCommand(
  folder: string,
  command: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): CommandOutcome {
  const foreign = /^(npm_(package|lifecycle|config_local_prefix|command|execpath)|NX_|NODE_OPTIONS$|VIDEOSTORAGE_)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    env: { ...env, ...settings, npm_config_loglevel: 'error', npm_config_fund: 'false', npm_config_audit: 'false' },
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 64 * 1024 * 1024,
  });
  const output = [stdout, stderr, error?.message].filter(Boolean).join('\n').trim();
  return { ok: status === 0, output, stdout };
}
