import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VideoStorage } from '@videostorage/core';
import { TcpFaultProxy } from '@videostorage/emulators';
import type { Backend } from '../src/backends/backend.ts';
import { backends } from '../src/backends/backends.ts';
import { Classroom } from '../src/classroom.ts';

/** What `--backend` may be. */
type BackendName = keyof typeof backends;

/** In what its storage differs from the one of the demo. */
interface StorageChanges {
  /** How long grants live; undefined: as the storage's. */
  grantSeconds: number | undefined;
  losesWebhooks: boolean;
  readonly largestChunkBytes: number | undefined;
}

/** Settings of a classroom for tests. */
export interface TestClassroomOptions {
  readonly backendName: BackendName;
  /** How long grants live. Default: as the storage's. */
  readonly grantSeconds?: number | undefined;
  /** Largest chunk of tus that a ticket allows. Default: as the storage's. */
  readonly largestChunkBytes?: number | undefined;
}

/** A classroom in a folder of its own; what takes the bytes of uploads stands behind a proxy that breaks connections. */
export class TestClassroom {
  /** In front of what takes bytes: on local the classroom itself, else the emulator. */
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

  /** Opens one. */
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

  /** Where to go with a browser. */
  get url(): string {
    return this.#classroom.url;
  }

  /** How long grants live that are issued from now on. */
  set grantSeconds(seconds: number) {
    this.#changes.grantSeconds = seconds;
  }

  /** Whether the notices of a provider do not arrive: the sweep finds out by itself. */
  set losesWebhooks(isLost: boolean) {
    this.#changes.losesWebhooks = isLost;
  }

  /** Ends it, and removes what it stored. */
  async close(): Promise<void> {
    await this.#classroom.close();
    await this.proxy.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The same storage with grants of that life, as a host with very careful settings would issue them, smaller chunks, or without its webhooks. */
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
