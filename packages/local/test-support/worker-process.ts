import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** One call of a storage. */
export type Call =
  | { readonly name: 'confirm'; readonly reference: string }
  | { readonly name: 'delete'; readonly videoId: string }
  | { readonly name: 'sweep' }
  | { readonly name: 'send'; readonly url: string; readonly offset: number; readonly base64: string };

/** One call that another process is to make. */
export type WorkerCall = Call & { readonly id: number };

/** How it ended: its result as text, or the code of its error. */
export interface WorkerAnswer {
  readonly id: number;
  readonly outcome: string;
}

/** Makes calls of a storage on a folder. */
export interface Caller {
  /** Makes the call; resolves with how it ended. */
  call(call: Call): Promise<string>;
}

/** Another process on the same folder. */
export class WorkerProcess implements Caller {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (outcome: string) => void>();
  #lastId = 0;

  constructor(folder: string, baseUrl: string) {
    const program = fileURLToPath(new URL('./working-program.ts', import.meta.url));
    const execArgv = ['--conditions=@videostorage/source', '--no-warnings'];
    this.#child = fork(program, [folder, baseUrl], { execArgv });
    this.#child.on('message', ({ id, outcome }: WorkerAnswer) => {
      this.#waiting.get(id)?.(outcome);
      this.#waiting.delete(id);
    });
    this.#child.on('exit', (code) => {
      for (const answer of this.#waiting.values()) answer(`exited with ${code}`);
    });
  }

  call(call: Call): Promise<string> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.send({ ...call, id });
    });
  }

  /** Ends the process. */
  stop(): void {
    this.#child.kill();
  }
}
