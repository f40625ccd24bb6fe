import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger, type LogRecord, RateLimiter, type RateLimiterOptions } from '@videostorage/core';
import { LocalStorage } from '@videostorage/local';
import {
  type Actor,
  type EventLog,
  MemoryEventLog,
  MemoryVideoRecords,
  type VideoRecords,
  VideoService,
} from '@videostorage/service';
import { fixtures, sendTicket } from '@videostorage/testing';
import { createVideoRoutes, type VideoRoutes } from '../src/create-video-routes.ts';
import type { VideoRoutesOptions } from '../src/video-routes-options.ts';

const SECRET = 'canary-of-the-http-hosts-0123456789abcdefgh';

/** Routes over a local folder, for a host app that will listen at `origin`. */
export interface LocalHost {
  readonly origin: string;
  readonly port: number;
  readonly routes: VideoRoutes;
  readonly service: VideoService;
  readonly log: readonly LogRecord[];
  dispose(): Promise<void>;
}

/** A free port. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await close(server);
  return port;
}

/** Begins to listen. */
export function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
    });
  });
}

/** Stops listening, and closes open connections. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Options of the host app. */
export interface LocalHostSettings {
  /** Path of the storage's own routes. Default `/api/video/media`. */
  readonly mediaPath?: string | undefined;
  /** Options of the routes. */
  readonly routes?: Partial<VideoRoutesOptions> | undefined;
  /** Limits of the storage. Default: its own. */
  readonly limits?: RateLimiterOptions | undefined;
  /** Where records and events are kept. Default: in memory. */
  readonly stores?: { readonly records: VideoRecords; readonly events: EventLog } | undefined;
}

/** Every request comes from the same student, who may do everything with their own videos. */
export async function localHost({
  mediaPath = '/api/video/media',
  routes: options = {},
  limits = {},
  stores,
}: LocalHostSettings = {}): Promise<LocalHost> {
  const folder = await mkdtemp(join(tmpdir(), 'videostorage-http-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const storage = new LocalStorage({
    ...{ folder, baseUrl: `${origin}${mediaPath}`, referenceSecrets: [SECRET] },
    rateLimiter: new RateLimiter(limits),
  });
  const service = new VideoService({
    storages: [storage],
    ...(stores ?? { records: new MemoryVideoRecords(), events: new MemoryEventLog({ secrets: [SECRET] }) }),
    authorize: ({ actor, operation, record }) => operation === 'upload.request' || record?.userId === actor.userId,
  });
  const log: LogRecord[] = [];
  const logger = new Logger({ sink: (record) => void log.push(record) });
  const actor = () => ({ userId: 'ada', roles: ['student'] });
  const routes = createVideoRoutes({ service, actor, logger, ...options });
  return { origin, port, routes, service, log, dispose: () => rm(folder, { recursive: true, force: true }) };
}

/** Uploads a short film and confirms it; the host app must be listening. Resolves with the id of the video. */
export async function readyVideo(service: VideoService, actor: Actor): Promise<string> {
  const film = await fixtures.moovFirst.read();
  const { mimeType } = fixtures.moovFirst;
  const ticket = await service.getUploadUrl(actor, { fileName: 'film.mp4', mimeType, sizeBytes: film.length });
  await sendTicket(ticket, film, mimeType);
  return (await service.confirmUpload(actor, ticket.uploadReference)).videoId;
}
