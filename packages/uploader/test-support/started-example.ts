import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The folder of all examples. */
export const EXAMPLES: string = fileURLToPath(new URL('../../../examples', import.meta.url));

/** An example of the repository, bundled and started as its README says. */
export class StartedExample {
  /** URL of its page, as it prints it. */
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#process = child;
    this.#folder = folder;
  }

  /** Bundles its page, starts it, and waits until it prints its address. @throws with its output when it ends before */
  static async start(name: string): Promise<StartedExample> {
    await promisify(execFile)(process.execPath, ['--run', 'page'], { cwd: join(EXAMPLES, name) });
    return StartedExample.startServer(name);
  }

  /** Bundles the page of an example into the `dist` of another folder, for a server that is started there. */
  static async bundlePage(name: string, folder: string): Promise<void> {
    const words = ['--run', 'page', '--', `--outdir=${join(folder, 'dist')}`];
    await promisify(execFile)(process.execPath, words, { cwd: join(EXAMPLES, name) });
  }

  /** Starts its server without bundling its page; `environment` is set over its own. @throws as `start` */
  static startServer(name: string, environment: Readonly<Record<string, string>> = {}): Promise<StartedExample> {
    const args = ['--conditions=@videostorage/source', 'src/main.ts'];
    return StartedExample.startProgram(join(EXAMPLES, name), args, environment);
  }

  /**
   * Starts a program with a folder, a secret and a port of its own, and waits until it prints where its page is. `environment` is
   * set over these. @throws as `start`
   */
  static async startProgram(
    cwd: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<StartedExample> {
    const folder = await mkdtemp(join(tmpdir(), 'videostorage-example-'));
    const own = { VIDEO_SECRET: 'canary-of-the-examples-0123456789abcdef', VIDEO_FOLDER: folder };
    const child = spawn(process.execPath, args, {
      ...{ cwd, env: { ...process.env, PORT: await freePort(), ...own, ...environment } },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      let output = '';
      const read = (chunk: string) => {
        output += chunk;
        const [, port] = /http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):(\d+)/.exec(output) ?? [];
        if (port !== undefined) resolve(`http://localhost:${port}`);
      };
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', read);
      // Waits for the end of its output.
      child.once('close', (code) => reject(new Error(`The example ended with ${code}: ${output}`)));
    }).catch(async (error: unknown) => {
      await rm(folder, { recursive: true, force: true });
      throw error;
    });
    return new StartedExample(url, child, folder);
  }

  /** Stops it, and removes its videos. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.exitCode === null && this.#process.kill()) await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A port that is free. */
export async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port.');
  return String(address.port);
}
