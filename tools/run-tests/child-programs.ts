import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** How one program is run. */
export interface ChildSettings {
  /** The folder it runs in, relative to the root. Default the root. */
  readonly folder?: string;
  /** Further variables. */
  readonly environment?: NodeJS.ProcessEnv;
  /** True: its output is printed at its end, so that programs may run in parallel. Default false: printed at once. */
  readonly printsAtEnd?: boolean;
}

/** Programs that can be stopped from outside. */
export class ChildPrograms {
  readonly #root: string;
  readonly #output: 'inherit' | 'ignore';
  readonly #running = new Set<ChildProcess>();
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
  async run(
    file: string,
    args: readonly string[],
    { folder = '.', environment = {}, printsAtEnd = false }: ChildSettings = {},
  ): Promise<number> {
    if (this.#stopped) return 1;
    const output = printsAtEnd && this.#output === 'inherit' ? 'pipe' : this.#output;
    const child = spawn(process.execPath, [`${this.#root}/${file}`, ...args], {
      cwd: `${this.#root}/${folder}`,
      env: { ...process.env, ...environment },
      stdio: ['ignore', output, output],
    });
    this.#running.add(child);
    const printed = [child.stdout, child.stderr].map((stream) => (stream === null ? '' : text(stream)));
    try {
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      for (const each of await Promise.all(printed)) process.stdout.write(each);
      return code ?? 1;
    } finally {
      this.#running.delete(child);
    }
  }

  /** Stops the running ones, and starts no further one. */
  stop(): void {
    this.#stopped = true;
    for (const child of this.#running) child.kill('SIGTERM');
  }
}
