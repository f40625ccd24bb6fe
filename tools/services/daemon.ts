import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';

/** A process that runs until it is stopped, or until this process ends. */
export class Daemon {
  /** Its output goes to this file. */
  readonly logFile: string;
  readonly #child: ChildProcess;
  #failure: string | undefined;

  constructor(command: string, args: readonly string[], logFile: string, options: Omit<SpawnOptions, 'stdio'> = {}) {
    this.logFile = logFile;
    const log = openSync(logFile, 'a');
    // With setpriv the kernel ends it together with this process, even when this one is killed.
    const [program, given] = existsSync('/usr/bin/setpriv')
      ? ['/usr/bin/setpriv', ['--pdeathsig', 'KILL', '--', command, ...args]]
      : [command, [...args]];
    this.#child = spawn(program, given, { ...options, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child.once('error', (error) => {
      this.#failure = error.message;
    });
    this.#child.once('exit', (code, signal) => {
      this.#failure = `${command} ended with ${signal ?? code}`;
    });
  }

  /** Why it ended; undefined while it runs. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Stops it and waits until it has ended. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#failure !== undefined) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }
}
