import { createHttpTransport } from '../create-http-transport.ts';
import { createUploader } from '../create-uploader.ts';
import type { UploadHandle } from '../upload-handle.ts';
import type { Uploader } from '../uploader.ts';
import type { UploaderOptions } from '../uploader-options.ts';

/** Where a hook's uploads go: to a queue that the page has, or to one of its own. */
export interface UseUploaderOptions extends Omit<UploaderOptions, 'transport'> {
  /** A queue of the page; it stays open when the component goes. Default: one of the hook's own. */
  readonly uploader?: Uploader | undefined;
  /** The host app. Default: the routes at `endpoint`. */
  readonly transport?: UploaderOptions['transport'] | undefined;
  /** Where the routes answer. Default `/api/video`. */
  readonly endpoint?: string | undefined;
}

/** What the hook returns: another object after each change. */
export interface UploaderSnapshot {
  /** The queue; undefined before the component is in a page, and on a server. */
  readonly uploader: Uploader | undefined;
  /**
   * Its uploads, in order. The array is another one after each change; the handles in it are live, so pass `phase` and
   * `progress`, not the handle, to components that compare their properties.
   */
  readonly uploads: readonly UploadHandle[];
}

const NOTHING: UploaderSnapshot = { uploader: undefined, uploads: [] };

/** The queue of one component, as React's stores are: a subscription and an unchanging picture of how it stands. */
export class UploaderStore {
  readonly #options: UseUploaderOptions;
  readonly #listeners: Set<() => void> = new Set();
  #snapshot: UploaderSnapshot = NOTHING;

  constructor(options: UseUploaderOptions) {
    this.#options = options;
  }

  /** How it stands; the same object until it changes. */
  readonly getSnapshot = (): UploaderSnapshot => this.#snapshot;

  /** On a server there are no uploads. */
  readonly getServerSnapshot = (): UploaderSnapshot => NOTHING;

  /** Calls the listener after each change. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begins with the component; the returned function ends with it, and may be followed by another beginning. */
  open(): () => void {
    const { uploader: shared, endpoint = '/api/video', transport, ...options } = this.#options;
    const uploader = shared ?? createUploader({ ...options, transport: transport ?? createHttpTransport(endpoint) });
    const unsubscribe = uploader.subscribe(() => this.#show({ uploader, uploads: [...uploader.uploads] }));
    this.#show({ uploader, uploads: [...uploader.uploads] });
    return () => {
      unsubscribe();
      if (shared === undefined) uploader.close();
      this.#show(NOTHING);
    };
  }

  #show(snapshot: UploaderSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of [...this.#listeners]) listener();
  }
}
