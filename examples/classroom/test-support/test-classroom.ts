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

/** Settings of a classroom for tests. */
export interface TestClassroomOptions {
  readonly backendName: BackendName;
  /** How long grants live. Default: as the storage's. */
  readonly grantSeconds?: number | undefined;
}

/** A classroom in a folder of its own; what takes the bytes of uploads stands behind a proxy that breaks connections. */
export class TestClassroom {
  /** In front of what takes bytes: on local the classroom itself, else the emulator. */
  readonly proxy: TcpFaultProxy;
  readonly #classroom: Classroom;
  readonly #folder: string;
  readonly #grants: { seconds: number | undefined };

  private constructor(
    classroom: Classroom,
    proxy: TcpFaultProxy,
    folder: string,
    grants: { seconds: number | undefined },
  ) {
    this.#classroom = classroom;
    this.proxy = proxy;
    this.#folder = folder;
    this.#grants = grants;
  }

  /** Opens one. */
  static async open({ backendName, grantSeconds }: TestClassroomOptions): Promise<TestClassroom> {
    const folder = await mkdtemp(join(tmpdir(), 'classroom-'));
    let port = 0;
    const proxy = await TcpFaultProxy.start(() => port);
    const grants = { seconds: grantSeconds };
    const isLocal = backendName === 'local';
    const leadTo = (to: number) => {
      port = to;
    };
    const classroom = await Classroom.open({
      ...{ folder, port: 0, uploadRules: [{ scope: 'user', limit: 100, windowSeconds: 60 }] },
      ...(isLocal ? { publicUrl: proxy.origin } : { uploadProxy: { origin: proxy.origin, leadTo } }),
      backend: async (settings) => withGrants(await backends[backendName](settings), grants),
    });
    if (isLocal) leadTo(classroom.port);
    return new TestClassroom(classroom, proxy, folder, grants);
  }

  /** Where to go with a browser. */
  get url(): string {
    return this.#classroom.url;
  }

  /** How long grants live that are issued from now on. */
  set grantSeconds(seconds: number) {
    this.#grants.seconds = seconds;
  }

  /** Ends it, and removes what it stored. */
  async close(): Promise<void> {
    await this.#classroom.close();
    await this.proxy.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The same storage with grants of that life, as a host with very careful settings would issue them. */
function withGrants(backend: Backend, grants: { readonly seconds: number | undefined }): Backend {
  const storage = new Proxy(backend.storage, {
    get(target, name) {
      if (name === 'getPlaybackUrl') {
        const getPlaybackUrl: VideoStorage['getPlaybackUrl'] = (videoId, options) =>
          target.getPlaybackUrl(videoId, { ...options, ...(grants.seconds && { expiresInSeconds: grants.seconds }) });
        return getPlaybackUrl;
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { ...backend, storage };
}
