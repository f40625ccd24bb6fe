import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type CallOptions, type Clock, errorFromAnswer } from '@videostorage/core';
import type { LocalStorage } from '../src/local-storage.ts';
import type { RunningStorage } from './running-storage.ts';

/** A call that another process is to make. */
export interface RemoteCall {
  readonly id: number;
  readonly folder: string;
  readonly baseUrl: string;
  /** The time that its storage is to have. */
  readonly nowMs: number;
  readonly name: string;
  readonly given: readonly unknown[];
}

/** What it gave, or the JSON of its error. */
export interface RemoteAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: object;
}

/** Methods that both processes answer in turn. The storage of this process answers all others. */
const METHODS: ReadonlySet<unknown> = new Set([
  ...['getUploadUrl', 'confirmUpload', 'abortUpload', 'deleteVideo'],
  ...['getPlaybackUrl', 'videoExists', 'getVideoMetadata', 'listVideos'],
]);

/** Another process, with storages on the folders of this one. */
export class OtherProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: RemoteAnswer) => void>();
  #lastId = 0;

  constructor() {
    const program = fileURLToPath(new URL('./storage-program.ts', import.meta.url));
    const execArgv = ['--conditions=@videostorage/source', '--no-warnings'];
    // JSON makes null of what is undefined.
    this.#child = fork(program, { execArgv, serialization: 'advanced' });
    this.#child.on('message', (answer: RemoteAnswer) => {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
    this.#child.on('exit', (code) => {
      for (const [id, end] of this.#waiting) end({ id, error: { message: `exited with ${code}` } });
    });
  }

  /**
   * A storage whose calls are made by the other process and by this one in turn. This process makes each call that has a
   * signal.
   */
  shared({ storage, folder, baseUrl }: RunningStorage, clock: Clock): LocalStorage {
    let calls = 0;
    const inTurn = (target: object, name: string) => {
      const own: unknown = Reflect.get(target, name, target);
      return (...given: readonly unknown[]): unknown => {
        calls += 1;
        const isOwn = calls % 2 === 0 || given.some(hasSignal);
        if (isOwn && typeof own === 'function') return Reflect.apply(own, target, given);
        return this.#call({ folder, baseUrl, nowMs: clock.now(), name, given });
      };
    };
    const maintenance = { sweep: inTurn(storage.maintenance, 'sweep') };
    return new Proxy(storage, {
      get(target, name) {
        if (name === 'maintenance') return maintenance;
        if (METHODS.has(name)) return inTurn(target, String(name));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    if (this.#child.kill()) await ended;
  }

  async #call(call: Omit<RemoteCall, 'id'>): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    const { value, error } = await new Promise<RemoteAnswer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.send({ ...call, id }, (failure) => {
        if (failure !== null) resolve({ id, error: { message: failure.message } });
      });
    });
    if (error !== undefined) throw errorFromAnswer({ status: 500, body: { error }, headers: new Headers() });
    return value;
  }
}

function hasSignal(given: unknown): boolean {
  return typeof given === 'object' && given !== null && (given as CallOptions).signal !== undefined;
}
