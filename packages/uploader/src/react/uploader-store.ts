import { createHttpTransport } from '../create-http-transport.ts';
import { createUploader } from '../create-uploader.ts';
import type { UploadHandle } from '../upload-handle.ts';
import type { Uploader } from '../uploader.ts';
import type { UploaderOptions } from '../uploader-options.ts';

/**
 * Options of `useUploader`: either an uploader that the page has created, or the options of the one that the hook
 * creates.
 */
export interface UseUploaderOptions extends Omit<UploaderOptions, 'transport'> {
  /**
   * An uploader that the page has created; it stays open when the component is unmounted. Default: the hook creates one
   * and closes it.
   */
  readonly uploader?: Uploader | undefined;
  /** How the host app is reached. Default: the routes at `endpoint`. */
  readonly transport?: UploaderOptions['transport'] | undefined;
  /** Path or URL of the routes. Default `/api/video`. */
  readonly endpoint?: string | undefined;
}

/** Returned by the hook: another object after each change. */
export interface UploaderSnapshot {
  /** The queue; undefined before the component is mounted, and on a server. */
  readonly uploader: Uploader | undefined;
  /**
   * Its uploads, in order: another array after each change. The handles in it are live, so pass `phase` and `progress`, not the
   * handle, to components that compare their props.
   */
  readonly uploads: readonly UploadHandle[];
}

const NOTHING: UploaderSnapshot = { uploader: undefined, uploads: [] };

/** The queue of one component as an external store: a subscription and an immutable snapshot. */
export class UploaderStore {
  readonly #options: UseUploaderOptions;
  readonly #listeners: Set<() => void> = new Set();
  #snapshot: UploaderSnapshot = NOTHING;

  constructor(options: UseUploaderOptions) {
    this.#options = options;
  }

  /** The current snapshot; the same object until the next change. */
  readonly getSnapshot = (): UploaderSnapshot => this.#snapshot;

  /** On a server there is no queue. */
  readonly getServerSnapshot = (): UploaderSnapshot => NOTHING;

  /** Calls the listener after each change. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Called when the component is mounted; the returned function when it is unmounted. Strict mode does both twice. */
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
