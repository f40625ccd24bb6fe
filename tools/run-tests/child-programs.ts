import { type ChildProcess, spawn } from 'node:child_process';

/** Programs that run one at a time, and can be stopped from outside. */
export class ChildPrograms {
  readonly #root: string;
  readonly #output: 'inherit' | 'ignore';
  #running: ChildProcess | undefined;
  #stopped = false;

  constructor(root: string, output: 'inherit' | 'ignore' = 'inherit') {
    this.#root = root;
    this.#output = output;
  }

  /** True once `stop` was called. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Runs a JavaScript or TypeScript file, named from the root, with our own Node. Resolves with its exit code. */
  run(
    file: string,
    args: readonly string[],
    { folder = '.', environment = {} }: { readonly folder?: string; readonly environment?: NodeJS.ProcessEnv } = {},
  ): Promise<number> {
    if (this.#stopped) return Promise.resolve(1);
    const child = spawn(process.execPath, [`${this.#root}/${file}`, ...args], {
      cwd: `${this.#root}/${folder}`,
      env: { ...process.env, ...environment },
      stdio: ['ignore', this.#output, this.#output],
    });
    this.#running = child;
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  }

  /** Ends the one that runs, and starts no other. */
  stop(): void {
    this.#stopped = true;
    this.#running?.kill('SIGTERM');
  }
}
