import { readdir } from 'node:fs/promises';
import { RetryHandler, type UploadTicket } from '@videostorage/core';
import { afterEach, beforeEach } from 'vitest';
import { failingFiles, fileError } from './failing-files.ts';
import { requestFor, tusUrl } from './requests.ts';
import { type RunningStorage, startStorage } from './running-storage.ts';
import { sendByTus } from './sending.ts';

/** A running storage, a fresh one for each test, on a disk that does what the test says. */
export class FailingDisk {
  #running: RunningStorage | undefined;
  #codeOf: (name: string) => string | undefined = () => undefined;

  /** Declares what each test of the file needs; to be called where tests are declared. */
  constructor() {
    beforeEach(async () => {
      this.recover();
      this.#running = await startStorage({
        // One attempt: the failure is tested, not the retry.
        retryHandler: new RetryHandler({ maxAttempts: 1 }),
        fileFunctions: failingFiles((name) => {
          const code = this.#codeOf(name);
          return code === undefined ? undefined : Promise.reject(fileError(code, name));
        }),
      });
    });
    afterEach(() => this.running.stop());
  }

  /** The storage of this test. */
  get running(): RunningStorage {
    if (this.#running === undefined) throw new TypeError('A storage is running only during a test.');
    return this.#running;
  }

  /** The named functions of the disk fail with this code from now on. */
  failOn(code: string, ...names: readonly string[]): void {
    this.failBy((name) => (names.includes(name) ? code : undefined));
  }

  /** Each function of the disk fails with the code that `codeOf` returns for its name; undefined lets it work. */
  failBy(codeOf: (name: string) => string | undefined): void {
    this.#codeOf = codeOf;
  }

  /** Everything works from now on. */
  recover(): void {
    this.#codeOf = () => undefined;
  }

  /** Paths of all files that hold bytes of videos, relative to the folder, sorted. */
  async tree(): Promise<string[]> {
    const found = await readdir(this.running.folder, { recursive: true });
    return found.filter((name) => /^(uploads|videos)./.test(name)).sort();
  }

  /** An upload that was sent as a whole, and not confirmed. */
  async uploaded(bytes: Uint8Array): Promise<UploadTicket> {
    const ticket = await this.running.storage.getUploadUrl(requestFor(bytes));
    await sendByTus(tusUrl(ticket), bytes);
    return ticket;
  }
}
