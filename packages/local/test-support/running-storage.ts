import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogRecord } from '@videostorage/core';
import { Logger, RateLimiter } from '@videostorage/core';
import type { LocalStorageOptions } from '../src/local-options.ts';
import { LocalStorage } from '../src/local-storage.ts';
import { toNodeListener } from '../src/node-listener.ts';
import { SECRET } from './requests.ts';

/** A storage behind a real server on a port of its own. */
export interface RunningStorage {
  readonly storage: LocalStorage;
  readonly folder: string;
  readonly baseUrl: string;
  readonly port: number;
  /** What was logged so far. */
  readonly log: readonly LogRecord[];
  /** The same folder and port with a new process's memory: as after a restart. */
  restart(options?: Partial<LocalStorageOptions>): Promise<RunningStorage>;
  /** Ends the server and removes the folder. */
  stop(): Promise<void>;
}

/** More than any test uses: the default limit per hour would stop them. */
const highLimits = () =>
  new RateLimiter({
    upload: [{ scope: 'user', limit: 1000, windowSeconds: 60 }],
    playback: [{ scope: 'user', limit: 1000, windowSeconds: 60 }],
  });

/** A fresh folder below the system's temporary one. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'videostorage-local-'));
}

/** Starts a storage in a fresh folder. */
export async function startStorage(options: Partial<LocalStorageOptions> = {}): Promise<RunningStorage> {
  return start(temporaryFolder(), 0, options);
}

async function start(folder: string, port: number, options: Partial<LocalStorageOptions>): Promise<RunningStorage> {
  const log: LogRecord[] = [];
  // The port is known before the storage is made, so the listener is found when the first request comes.
  const server = createServer((request, response) => {
    // A client's pool would try the connections of the server before the restart.
    response.shouldKeepAlive = false;
    toNodeListener(storage)(request, response);
  });
  await listen(server, port);
  const { port: chosen } = server.address() as AddressInfo;
  const baseUrl = options.baseUrl ?? `http://127.0.0.1:${chosen}/media`;
  const storage = new LocalStorage({
    rateLimiter: highLimits(),
    logger: new Logger({ sink: (record) => log.push(record), level: 'debug' }),
    ...options,
    ...{ folder, baseUrl, referenceSecrets: options.referenceSecrets ?? [SECRET] },
  });
  const close = () => closeServer(server);
  return {
    ...{ storage, folder, baseUrl, port: chosen, log },
    restart: async (changed = {}) => {
      await close();
      return start(folder, chosen, { ...options, ...changed });
    },
    stop: async () => {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
