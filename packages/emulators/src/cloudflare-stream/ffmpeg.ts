import { spawn } from 'node:child_process';

const MAX_AT_ONCE = 2;

/** Runs ffmpeg, a few processes at a time, and ends the running ones when it is stopped. */
export class Ffmpeg {
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  /**
   * Runs ffmpeg in a folder. False: it is not installed. @throws {Error} when it fails, with its output, and when it is stopped
   */
  async run(args: readonly string[], folder: string): Promise<boolean> {
    while (this.#running.size >= MAX_AT_ONCE) await Promise.race(this.#running);
    this.#stopping.signal.throwIfAborted();
    const outcome = spawnFfmpeg(args, folder, this.#stopping.signal);
    const ended = outcome.then(
      () => undefined,
      () => undefined,
    );
    this.#running.add(ended);
    void ended.then(() => this.#running.delete(ended));
    return outcome;
  }

  /** Ends all processes; resolves when none is running any more. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The emulator was stopped.'));
    await Promise.all(this.#running);
  }
}

function spawnFfmpeg(args: readonly string[], folder: string, signal: AbortSignal): Promise<boolean> {
  return new Promise<boolean>((resolve, reject) => {
    const child = spawn('ffmpeg', ['-v', 'error', '-nostdin', '-y', '-protocol_whitelist', 'file', ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
    });
    let said = '';
    let isMissing = false;
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-2000);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      isMissing = error.code === 'ENOENT';
    });
    // Comes after `error` too: nothing runs and no pipe is open any more.
    child.once('close', (code) => {
      if (isMissing) resolve(false);
      else if (code === 0) resolve(true);
      else reject(new Error(`ffmpeg ended with ${code}: ${said}`));
    });
  });
}
