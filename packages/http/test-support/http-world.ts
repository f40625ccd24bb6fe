import { Logger, type LogRecord, RateLimiter, RetryHandler, type VideoMetadata } from '@videostorage/core';
import {
  type Actor,
  type Authorize,
  MemoryEventLog,
  MemoryVideoRecords,
  VideoService,
  type VideoServiceOptions,
} from '@videostorage/service';
import { fixtures, MemoryStorage, type MemoryStorageOptions, sendTicket } from '@videostorage/testing';
import { createVideoRoutes, type VideoRoutes } from '../src/create-video-routes.ts';
import { signPartsAnswerSchema, uploadTicketSchema, videoMetadataSchema } from '../src/schemas/answer-schemas.ts';
import type { VideoRoutesOptions } from '../src/video-routes-options.ts';
import { undocumented } from './undocumented.ts';

const SECRET = 'canary-of-the-http-tests-0123456789abcdefgh';
/** The origin of the host app's own pages. */
export const ORIGIN = 'https://school.example';

/** The file that is uploaded. */
export const film: Uint8Array<ArrayBuffer> = await fixtures.moovFirst.read();

/** Uploaders may do everything with their own videos, teachers with all; only teachers may list. */
const rights: Authorize = ({ actor, operation, record }) =>
  actor.roles.includes('teacher') || operation === 'upload.request' || record?.userId === actor.userId;

/** The session of the tests: a header has user and role. As in a real session, invalid user ids are not accepted. */
function actorOf(request: Request): Actor | undefined {
  const [userId, role = 'student', tenantId] = (request.headers.get('x-user') ?? '').split('/');
  return userId && userId.length <= 64
    ? { userId, roles: [role], ...(tenantId !== undefined && { tenantId }) }
    : undefined;
}

/** What a test may change. */
export interface WorldOptions {
  readonly routes?: Partial<VideoRoutesOptions>;
  readonly service?: Partial<VideoServiceOptions>;
  readonly storage?: MemoryStorage;
  readonly memory?: MemoryStorageOptions;
}

/** Routes over a service over a storage in memory. */
export class HttpWorld {
  readonly log: LogRecord[] = [];
  readonly storage: MemoryStorage;
  readonly service: VideoService;
  readonly routes: VideoRoutes;

  constructor({ routes = {}, service = {}, storage, memory = {} }: WorldOptions = {}) {
    this.storage = storage ?? memoryStorage(memory);
    this.service = new VideoService({
      storages: [this.storage],
      records: new MemoryVideoRecords(),
      events: new MemoryEventLog({ secrets: [SECRET] }),
      authorize: rights,
      ...service,
    });
    const logger = new Logger({ sink: (record) => void this.log.push(record) });
    this.routes = createVideoRoutes({ service: this.service, actor: actorOf, logger, ...routes });
  }

  /** A request of a user's browser, from the host app's own page. @throws {Error} the document of the routes lacks the status */
  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const hasBody = body !== undefined;
    const request = new Request(`${ORIGIN}/api/video${path}`, {
      method,
      headers: { 'x-user': 'ada', ...(hasBody && { 'content-type': 'application/json' }), ...headers },
      ...(hasBody && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answer = await this.routes.fetch(request);
    const lack = undocumented(method, path, answer.status);
    if (lack !== undefined) throw new Error(`The OpenAPI document lacks ${lack}.`);
    return answer;
  }

  /** What a browser declares about the file. */
  request(over: object = {}): object {
    const { fileName, mimeType } = fixtures.moovFirst;
    return { fileName, mimeType, sizeBytes: film.length, contextId: 'course-1', ...over };
  }

  /** Requests an upload and sends the bytes. */
  async upload(user = 'ada', over: object = {}): Promise<string> {
    const answer = await this.ask('POST', '/uploads', this.request(over), { 'x-user': user });
    const ticket = uploadTicketSchema.parse(await answer.json());
    await sendTicket(ticket, film, fixtures.moovFirst.mimeType, {
      fetch: (sent) => this.storage.fetch(sent),
      signParts: async (partNumbers) => {
        const path = `/uploads/${ticket.uploadReference}/parts`;
        const parts = await this.ask('POST', path, { partNumbers }, { 'x-user': user });
        return signPartsAnswerSchema.parse(await parts.json()).parts;
      },
    });
    return ticket.uploadReference;
  }

  /** Requests, sends and confirms an upload, and lets the provider finish. */
  async readyVideo(user = 'ada', over: object = {}): Promise<VideoMetadata> {
    const id = await this.upload(user, over);
    await this.ask('POST', `/uploads/${id}/confirm`, undefined, { 'x-user': user });
    this.storage.provider.settle();
    const { videoId } = (await this.storage.listVideos()).videos.at(-1) ?? { videoId: '' };
    await this.service.handleWebhook('memory', await this.storage.webhooks.deliver(videoId));
    const video = await this.ask('GET', `/videos/${id}`, undefined, { 'x-user': user });
    return videoMetadataSchema.parse(await video.json());
  }
}

/** A storage in memory without rate limits and without retries. */
export function memoryStorage(options: MemoryStorageOptions = {}): MemoryStorage {
  return new MemoryStorage({
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    retryHandler: new RetryHandler({ maxAttempts: 1 }),
    ...options,
  });
}
