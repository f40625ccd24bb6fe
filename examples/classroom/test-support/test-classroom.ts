import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VideoStorage } from '@videostorage/core';
import { TcpFaultProxy } from '@videostorage/emulators';
import type { Backend } from '../src/backends/backend.ts';
import { backends } from '../src/backends/backends.ts';
import { Classroom } from '../src/classroom.ts';

/** The values of `--backend`. */
type BackendName = keyof typeof backends;

/** How its storage differs from that of the demo. */
interface StorageChanges {
  /** Lifetime of grants; undefined: that of the storage. */
  grantSeconds: number | undefined;
  losesWebhooks: boolean;
  readonly largestChunkBytes: number | undefined;
}

/** Settings of a classroom for tests. */
export interface TestClassroomOptions {
  readonly backendName: BackendName;
  /** Lifetime of grants. Default: that of the storage. */
  readonly grantSeconds?: number | undefined;
  /** Largest tus chunk that a ticket allows. Default: that of the storage. */
  readonly largestChunkBytes?: number | undefined;
}

/**
 * A classroom in a separate folder; the server that receives the bytes of uploads is behind a proxy that breaks connections.
 */
export class TestClassroom {
  /** The proxy before the server that receives bytes: on local the classroom itself, otherwise the emulator. */
  readonly proxy: TcpFaultProxy;
  readonly #classroom: Classroom;
  readonly #folder: string;
  readonly #changes: StorageChanges;

  private constructor(classroom: Classroom, proxy: TcpFaultProxy, folder: string, changes: StorageChanges) {
    this.#classroom = classroom;
    this.proxy = proxy;
    this.#folder = folder;
    this.#changes = changes;
  }

  /** Opens a classroom. */
  static async open({ backendName, grantSeconds, largestChunkBytes }: TestClassroomOptions): Promise<TestClassroom> {
    const folder = await mkdtemp(join(tmpdir(), 'classroom-'));
    let port = 0;
    const proxy = await TcpFaultProxy.start(() => port);
    const changes: StorageChanges = { grantSeconds, largestChunkBytes, losesWebhooks: false };
    const isLocal = backendName === 'local';
    const leadTo = (to: number) => {
      port = to;
    };
    const classroom = await Classroom.open({
      ...{ folder, port: 0, uploadRules: [{ scope: 'user', limit: 100, windowSeconds: 60 }] },
      ...(isLocal ? { publicUrl: proxy.origin } : { uploadProxy: { origin: proxy.origin, leadTo } }),
      backend: async (settings) => withChanges(await backends[backendName](settings), changes),
    });
    if (isLocal) leadTo(classroom.port);
    return new TestClassroom(classroom, proxy, folder, changes);
  }

  /** URL to open in a browser. */
  get url(): string {
    return this.#classroom.url;
  }

  /** Sets the lifetime of grants that are issued from now on. */
  set grantSeconds(seconds: number) {
    this.#changes.grantSeconds = seconds;
  }

  /** Sets whether the provider's webhooks are lost, so that only the sweep updates records. */
  set losesWebhooks(isLost: boolean) {
    this.#changes.losesWebhooks = isLost;
  }

  /** Closes it, and removes what it stored. */
  async close(): Promise<void> {
    await this.#classroom.close();
    await this.proxy.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/**
 * The same storage with grants of this lifetime, as a host app with very strict settings would issue them, smaller chunks,
 * or without webhooks.
 */
function withChanges(backend: Backend, changes: Readonly<StorageChanges>): Backend {
  const storage = new Proxy(backend.storage, {
    get(target, name) {
      if (name === 'webhooks' && changes.losesWebhooks) return undefined;
      if (name === 'getUploadUrl') {
        const getUploadUrl: VideoStorage['getUploadUrl'] = async (request, options) => {
          const ticket = await target.getUploadUrl(request, options);
          if (ticket.protocol !== 'tus') return ticket;
          const { maxBytes } = ticket.chunk;
          return { ...ticket, chunk: { ...ticket.chunk, maxBytes: changes.largestChunkBytes ?? maxBytes } };
        };
        return getUploadUrl;
      }
      if (name === 'getPlaybackUrl') {
        const getPlaybackUrl: VideoStorage['getPlaybackUrl'] = (videoId, options) =>
          target.getPlaybackUrl(videoId, {
            ...options,
            ...(changes.grantSeconds && { expiresInSeconds: changes.grantSeconds }),
          });
        return getPlaybackUrl;
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { ...backend, storage };
}
