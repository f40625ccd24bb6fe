import { spawnSync } from 'node:child_process';

/** How a command ended. */
export interface CommandOutcome {
  readonly ok: boolean;
  /** Its whole output. */
  readonly output: string;
  /** What it printed to standard output alone. */
  readonly stdout: string;
}

const timeoutMs = 5 * 60_000;

/** The environment of a user's shell: without the variables that npm and Nx set for our scripts, with `settings`. */
export function strangersEnvironment(settings: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const ours = /^(npm_(package|lifecycle|config_local_prefix|command|execpath)|NX_|NODE_OPTIONS$|VIDEOSTORAGE_)/;
  const others = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  return { ...others, npm_config_loglevel: 'error', npm_config_fund: 'false', npm_config_audit: 'false', ...settings };
}

/** Runs a command in the environment of a user's shell. */
export function runCommand(
  folder: string,
  command: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): CommandOutcome {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    env: strangersEnvironment(settings),
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 64 * 1024 * 1024,
  });
  const output = [stdout, stderr, error?.message].filter(Boolean).join('\n').trim();
  return { ok: status === 0, output, stdout };
}
