import assert from 'node:assert/strict';
import type {
  Maintenance,
  MultipartUploads,
  SignedPart,
  UploadRequest,
  UploadTicket,
  VideoMetadata,
  VideoStorage,
  Webhooks,
} from '@videostorage/core';
import { fixtures } from '../fixtures.ts';
import { sendTicket } from '../send-ticket.ts';
import type { Fault, PlayedAnswer, StorageSubject } from '../storage-subject.ts';
import type { Need } from './conformance-case.ts';
import { refuses } from './expectations.ts';
import type { StepGuard } from './step-guard.ts';

/** The user in all cases; `stranger` is another one. */
export const user = { userId: 'student-ümlaut-1' } as const;
/** A user without uploads. */
export const stranger = { userId: 'student-2' } as const;

/** More faults than a call makes attempts, so that no retry succeeds. */
const FAULTS_OF_AN_OUTAGE = 24;
const MAX_ROUNDS = 60;

/** A subject, and the steps that many cases share. */
export class Scenario {
  /** The subject under test. */
  readonly subject: StorageSubject;

  /** The storage of the subject; each of its calls has a time limit. */
  readonly storage: VideoStorage;
  readonly #guard: StepGuard;

  /** Starts a scenario with a new subject. */
  constructor(subject: StorageSubject, guard: StepGuard) {
    this.subject = guard.guard(subject);
    this.storage = guard.guard(subject.storage);
    this.#guard = guard;
  }

  /** The facet for parts, with the same time limit. */
  get multipart(): MultipartUploads {
    const { multipart } = this.storage;
    return multipart === undefined ? assert.fail('the storage has no multipart') : this.#guard.guard(multipart);
  }

  /** The facet that sweeps, with the same time limit. */
  get maintenance(): Maintenance {
    const { maintenance } = this.storage;
    return maintenance === undefined ? assert.fail('the storage has no maintenance') : this.#guard.guard(maintenance);
  }

  /** The facet for webhooks, with the same time limit. */
  get webhooks(): Webhooks {
    const { webhooks } = this.storage;
    return webhooks === undefined ? assert.fail('the storage has no webhooks') : this.#guard.guard(webhooks);
  }

  /** Why a case cannot run on this subject; undefined when it can. */
  lacks(needs: readonly Need[]): string | undefined {
    const has: Readonly<Record<Need, boolean>> = {
      clock: this.subject.clock !== undefined,
      failNext: this.subject.failNext !== undefined,
      multipart: this.storage.multipart !== undefined && this.subject.multipartSizeBytes !== undefined,
      webhooks: this.storage.webhooks !== undefined,
      maintenance: this.storage.maintenance !== undefined,
      notify: this.storage.webhooks !== undefined && this.subject.notify !== undefined,
    };
    const missing = needs.filter((need) => !has[need]);
    return missing.length === 0 ? undefined : `the subject has no ${missing.join(', ')}`;
  }

  /** Bytes of a small real video. */
  video(): Promise<Uint8Array> {
    return fixtures.moovFirst.read();
  }

  /** A request for that video. */
  async request(overrides: Partial<UploadRequest> = {}): Promise<UploadRequest> {
    const sizeBytes = overrides.sizeBytes ?? (await this.video()).length;
    return {
      ...user,
      contextId: 'assignment-7',
      fileName: 'Mein Film № 1.mp4',
      mimeType: 'video/mp4',
      custom: { title: 'Ein „Titel“' },
      ...overrides,
      sizeBytes,
    };
  }

  /** Creates an upload. */
  async ticket(overrides: Partial<UploadRequest> = {}): Promise<UploadTicket> {
    return this.storage.getUploadUrl(await this.request(overrides));
  }

  /** Sends the bytes as a browser would. */
  async send(ticket: UploadTicket, bytes: Uint8Array, mimeType = 'video/mp4'): Promise<void> {
    if (this.subject.send !== undefined) return this.subject.send(ticket, bytes, mimeType);
    const signParts = (numbers: readonly number[]) => this.multipart.signParts(ticket.uploadReference, numbers, user);
    return this.#guard.watch('sending', sendTicket(ticket, bytes, mimeType, { signParts }));
  }

  /** Sends the bytes to parts that were signed before; does nothing when only the subject itself can send. */
  async sendParts(ticket: UploadTicket, bytes: Uint8Array, signed: readonly SignedPart[]): Promise<void> {
    if (this.subject.send !== undefined) return;
    await this.#guard.watch('sending', sendTicket(ticket, bytes, 'video/mp4', { signParts: async () => signed }));
  }

  /** Creates an upload and sends the bytes, without confirming. */
  async sent(overrides: Partial<UploadRequest> = {}): Promise<UploadTicket> {
    const ticket = await this.ticket(overrides);
    await this.send(ticket, await this.video());
    return ticket;
  }

  /** Creates, sends and confirms, and waits until the video is ready. */
  async ready(overrides: Partial<UploadRequest> = {}): Promise<VideoMetadata> {
    const { videoId } = await this.readyTicket(overrides);
    return this.storage.getVideoMetadata(videoId);
  }

  /** As `ready`, but returns the ticket. */
  async readyTicket(overrides: Partial<UploadRequest> = {}): Promise<UploadTicket> {
    const ticket = await this.sent(overrides);
    await this.confirm(ticket);
    await this.untilReady(ticket.videoId);
    return ticket;
  }

  /** Confirms as the user of the ticket. */
  confirm(ticket: Pick<UploadTicket, 'uploadReference'>): Promise<VideoMetadata> {
    return this.storage.confirmUpload(ticket.uploadReference, user);
  }

  /** Lets the provider finish encoding, and waits until the video is ready. */
  async untilReady(videoId: string): Promise<VideoMetadata> {
    let video: VideoMetadata | undefined;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      await this.subject.settle?.();
      video = await this.storage.getVideoMetadata(videoId);
      if (video.status === 'ready') return video;
      assert.equal(video.status, 'processing', `a good video must not become ${video.status}`);
      await this.#wait(250);
    }
    return assert.fail(`the video stays ${video?.status}`);
  }

  /** Deletes until the video is purged. */
  async deleted(videoId: string): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { purged } = await this.storage.deleteVideo(videoId);
      if (purged) return;
      await this.#wait(250);
    }
    assert.fail('the video is never purged');
  }

  /** The answer to a request with a new playback grant. */
  async play(videoId: string): Promise<PlayedAnswer> {
    return this.subject.play(await this.storage.getPlaybackUrl(videoId));
  }

  /** The answer must be 403 or 404. */
  async isRefused(videoId: string): Promise<void> {
    const { status } = await this.play(videoId);
    assert.ok(status === 403 || status === 404, `the URL of a missing video answers ${status}`);
  }

  /** The video must not be ready; it may be in any other state. */
  async isNeverReady(videoId: string): Promise<void> {
    await this.subject.settle?.();
    if (!(await this.storage.videoExists(videoId))) return;
    const { status } = await this.storage.getVideoMetadata(videoId);
    assert.notEqual(status, 'ready', 'content that differs from the declaration must never be ready');
  }

  /** Now, by the subject's clock where it has one. */
  get nowMs(): number {
    return this.subject.clock?.now() ?? Date.now();
  }

  /** The next provider request fails in this way. */
  failOnce(fault: Fault): void {
    this.subject.failNext?.(fault);
  }

  /** Uses up a fault that is still pending because a call made no provider request, by a listing. */
  async useUpFault(timeoutMs: number): Promise<void> {
    await refuses(this.storage.listVideos({ timeoutMs }), 'TIMEOUT');
  }

  /** All further provider requests fail in this way. */
  failAlways(fault: Fault): void {
    for (let count = 0; count < FAULTS_OF_AN_OUTAGE; count++) this.subject.failNext?.(fault);
  }

  async #wait(deltaMs: number): Promise<void> {
    this.subject.clock?.advance(deltaMs * 10);
    if (this.subject.clock === undefined) await new Promise((resolve) => setTimeout(resolve, deltaMs));
  }
}
