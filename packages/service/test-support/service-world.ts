import {
  Logger,
  type LogRecord,
  RateLimiter,
  RetryHandler,
  Secret,
  type UploadTicket,
  type VideoMetadata,
  type WebhookRequest,
} from '@videostorage/core';
import { fixtures, ManualClock, MemoryStorage, sendTicket } from '@videostorage/testing';
import type { Actor, Authorize } from '../src/actor.ts';
import { MemoryEventLog } from '../src/memory/memory-event-log.ts';
import { MemoryVideoRecords } from '../src/memory/memory-video-records.ts';
import type { SweepReport } from '../src/sweep-report.ts';
import type { VideoRecord } from '../src/video-record.ts';
import { VideoService } from '../src/video-service.ts';
import type { VideoServiceOptions } from '../src/video-service-options.ts';

const SECRET = 'canary-of-the-service-tests-0123456789abcd';

/** The uploader. */
export const ada: Actor = { userId: 'ada', roles: ['student'] };
/** Another uploader. */
export const bob: Actor = { userId: 'bob', roles: ['student'] };
/** May watch and delete all videos. */
export const teacher: Actor = { userId: 'ms-byron', roles: ['teacher'] };

/** Uploaders may do everything with their own videos, teachers with all; only teachers may list. */
const classroomRights: Authorize = ({ actor, operation, record }) => {
  if (actor.roles.includes('teacher')) return true;
  if (operation === 'upload.request') return true;
  return record?.userId === actor.userId;
};

/** The request of an upload. */
export type Request = Parameters<VideoService['getUploadUrl']>[1];

/** The file that is uploaded. */
export const film: Uint8Array<ArrayBuffer> = await fixtures.moovFirst.read();

/** A hook that was called. */
export interface HookCall {
  readonly hook: 'ready' | 'failed' | 'deleted';
  readonly id: string;
  readonly statusVersion: number;
}

/** A service over a storage in memory, with a clock that stands still. */
export class ServiceWorld {
  readonly clock: ManualClock = new ManualClock({ nowMs: Date.UTC(2026, 10, 23) });
  readonly log: LogRecord[] = [];
  readonly hookCalls: HookCall[] = [];
  readonly storage: MemoryStorage;
  readonly records: MemoryVideoRecords;
  readonly events: MemoryEventLog;
  readonly service: VideoService;
  /** When set, hooks throw this error. */
  hookError: Error | undefined;
  readonly #options: Partial<VideoServiceOptions>;

  constructor(options: Partial<VideoServiceOptions> & { readonly multipart?: boolean } = {}) {
    const { multipart = false, ...given } = options;
    const { clock } = this;
    this.#options = given;
    this.storage = new MemoryStorage({
      clock,
      referenceSecrets: [SECRET],
      signingSecret: new Secret(SECRET),
      rateLimiter: new RateLimiter({ upload: [], playback: [] }),
      retryHandler: new RetryHandler({ maxAttempts: 1 }),
      ...(multipart && { multipartThresholdBytes: 1, partSizeBytes: 20_000 }),
    });
    this.records = new MemoryVideoRecords({ clock });
    this.events = new MemoryEventLog({ secrets: [SECRET], clock });
    this.service = this.node();
  }

  /** Another process on the same records and storage. */
  node(options: Partial<VideoServiceOptions> = {}): VideoService {
    return new VideoService({
      storages: [this.storage],
      records: this.records,
      events: this.events,
      authorize: classroomRights,
      clock: this.clock,
      logger: new Logger({ sink: (record) => this.log.push(record), level: 'debug', clock: this.clock }),
      hooks: {
        onVideoReady: (record) => this.#called('ready', record),
        onVideoFailed: (record) => this.#called('failed', record),
        onVideoDeleted: (record) => this.#called('deleted', record),
      },
      ...this.#options,
      ...options,
    });
  }

  /** What a browser declares about the fixture. */
  request(over: Partial<Request> = {}): Request {
    const { fileName, mimeType } = fixtures.moovFirst;
    return { fileName, mimeType, sizeBytes: film.length, contextId: 'course-1', ...over };
  }

  /** Requests an upload. */
  ask(actor: Actor = ada, over: Partial<Request> = {}): Promise<UploadTicket> {
    return this.service.getUploadUrl(actor, this.request(over));
  }

  /** Sends the bytes as a browser does. */
  send(ticket: UploadTicket, bytes: Uint8Array = film, actor: Actor = ada): Promise<void> {
    return sendTicket(ticket, bytes, fixtures.moovFirst.mimeType, {
      fetch: (sent) => this.storage.fetch(sent),
      signParts: (numbers) => this.service.signParts(actor, ticket.uploadReference, numbers),
    });
  }

  /** Requests and sends an upload; returns the id of the record. */
  async upload(actor: Actor = ada, over: Partial<Request> = {}): Promise<string> {
    const ticket = await this.ask(actor, over);
    await this.send(ticket, film, actor);
    return ticket.uploadReference;
  }

  /** Requests, sends and confirms an upload, and lets the provider finish. */
  async readyVideo(actor: Actor = ada, over: Partial<Request> = {}): Promise<VideoMetadata> {
    const id = await this.upload(actor, over);
    await this.service.confirmUpload(actor, id);
    this.storage.provider.settle();
    await this.sweepLater(60);
    return this.service.getVideo(teacher, id);
  }

  /** Lets time pass, then sweeps the records. */
  async sweepLater(seconds: number): Promise<SweepReport> {
    this.clock.advance(seconds * 1000);
    return this.service.sweep({ storages: false });
  }

  /** The record as it is now. */
  async record(id: string): Promise<VideoRecord> {
    const record = await this.records.get(id);
    if (record === undefined) throw new Error(`There is no record ${id}.`);
    return record;
  }

  /** The events of a record's chain, in their order. */
  async history(recordId: string): Promise<readonly string[]> {
    const { entries } = await this.events.list({ recordId, limit: 100 });
    const chained = entries.filter(({ sequence }) => sequence !== null);
    return chained.sort((one, other) => Number(one.sequence) - Number(other.sequence)).map(({ event }) => event);
  }

  /** The webhook that the provider sends about a record's video now. */
  async webhook(id: string): Promise<WebhookRequest> {
    const { videoId } = await this.record(id);
    return this.storage.webhooks.deliver(videoId ?? '');
  }

  async #called(hook: HookCall['hook'], { id, statusVersion }: VideoRecord): Promise<void> {
    this.hookCalls.push({ hook, id, statusVersion });
    if (this.hookError !== undefined) throw this.hookError;
  }
}
