import {
  AccessError,
  isVideoStorageError,
  type MultipartUploads,
  type UploadTicket,
  type VideoMetadata,
  VideoNotFoundError,
  type VideoStorage,
} from '@videostorage/core';
import { z } from 'zod';
import { answer, RouteRefusal, setCookie } from './answers.ts';
import type { Owners } from './owners.ts';
import { readJson } from './request-guards.ts';
import type { Person } from './session.ts';

/** The one thing that students are asked for. */
export const ASSIGNMENT = { contextId: 'assignment-1', title: 'Show us a place you like' };

const uploadBody = z.strictObject({
  contextId: z.literal(ASSIGNMENT.contextId, { error: 'There is no such assignment.' }),
  fileName: z.string(),
  sizeBytes: z.number(),
  mimeType: z.string(),
});
const partsBody = z.strictObject({ partNumbers: z.array(z.number()).max(100) });
const playbackBody = z.strictObject({ kind: z.enum(['iframe', 'hls', 'dash', 'file']).optional() });
const MAX_LISTED = 200;

/** The routes of uploads and videos. Students see their own videos, teachers see and play all. */
export class VideoRoutes {
  readonly #storage: VideoStorage;
  readonly #owners: Owners;
  /** What no longer changes is asked for once, however often the list is looked at. */
  readonly #ready = new Map<string, VideoMetadata>();

  constructor(storage: VideoStorage, owners: Owners) {
    this.#storage = storage;
    this.#owners = owners;
  }

  /** Answers one request below `/api/video`; `path` is what comes after it. */
  async answer(request: Request, path: string, person: Person | undefined): Promise<Response> {
    if (person === undefined) throw new AccessError('UNAUTHENTICATED');
    const [collection, id, action] = path.split('/').filter((part) => part !== '');
    const route = `${request.method} ${collection}${id === undefined ? '' : '/:id'}${action === undefined ? '' : `/${action}`}`;
    switch (route) {
      case 'POST uploads':
        return answer(201, await this.#getUploadUrl(request, person));
      case 'GET uploads/:id/parts':
        return answer(200, { parts: await this.#multipart().listParts(id ?? '', { userId: person.userId }) });
      case 'POST uploads/:id/parts':
        return answer(200, { parts: await this.#signParts(request, id ?? '', person) });
      case 'POST uploads/:id/confirm':
        return answer(200, await this.#storage.confirmUpload(id ?? '', { userId: person.userId }));
      case 'DELETE uploads/:id':
        await this.#storage.abortUpload(id ?? '', { userId: person.userId });
        return answer(204, undefined);
      case 'GET videos':
        return answer(200, { videos: await this.#list(person) });
      case 'GET videos/:id':
        return answer(200, await this.#visible(id ?? '', person));
      case 'POST videos/:id/playback':
        return this.#play(request, id ?? '', person);
      case 'DELETE videos/:id':
        return this.#delete(id ?? '', person);
      default:
        throw new RouteRefusal('NOT_FOUND', 'There is nothing here.');
    }
  }

  async #getUploadUrl(request: Request, person: Person): Promise<UploadTicket> {
    if (person.role !== 'student') throw new AccessError('ACCESS_DENIED');
    const body = uploadBody.parse(await readJson(request));
    const ticket = await this.#storage.getUploadUrl({ ...body, userId: person.userId });
    await this.#owners.note(ticket.videoId, person.userId);
    return ticket;
  }

  async #signParts(request: Request, reference: string, person: Person) {
    const { partNumbers } = partsBody.parse(await readJson(request));
    return this.#multipart().signParts(reference, partNumbers, { userId: person.userId });
  }

  #multipart(): MultipartUploads {
    const { multipart } = this.#storage;
    if (multipart === undefined) throw new RouteRefusal('NOT_FOUND', 'Uploads here have no parts.');
    return multipart;
  }

  async #list(person: Person): Promise<readonly VideoMetadata[]> {
    const { videos } = await this.#storage.listVideos({ limit: MAX_LISTED });
    const shown: VideoMetadata[] = [];
    // A storage's listing may be brief; who handed a video in is told by the video itself.
    for (const listed of videos) {
      if (listed.status === 'pending' || listed.status === 'deleting' || listed.status === 'deleted') continue;
      const video = listed.contextId === undefined ? await this.#known(listed.videoId) : this.#withOwner(listed);
      if (video !== undefined && isVisibleTo(person, video)) shown.push(video);
    }
    return shown.sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
  }

  async #play(request: Request, videoId: string, person: Person): Promise<Response> {
    const { kind } = playbackBody.parse(await readJson(request));
    const video = await this.#visible(videoId, person);
    const viewer = { userId: person.userId, role: person.role, contextId: video.contextId };
    const playback = await this.#storage.getPlaybackUrl(videoId, { kind, viewer });
    if (playback.access !== 'cookies') return answer(200, playback);
    const { cookies = [], ...shown } = playback;
    const response = answer(200, shown);
    for (const cookie of cookies) response.headers.append('Set-Cookie', setCookie(cookie));
    return response;
  }

  async #delete(videoId: string, person: Person): Promise<Response> {
    await this.#visible(videoId, person);
    this.#ready.delete(videoId);
    const { purged } = await this.#storage.deleteVideo(videoId);
    return purged ? answer(204, undefined) : answer(202, { status: 'deleting' });
  }

  /** Another's video is as good as none. */
  async #visible(videoId: string, person: Person): Promise<VideoMetadata> {
    const video = this.#withOwner(await this.#storage.getVideoMetadata(videoId));
    if (!isVisibleTo(person, video)) throw new VideoNotFoundError();
    return video;
  }

  /** A video that is deleted while it is being listed is simply not listed. */
  async #known(videoId: string): Promise<VideoMetadata | undefined> {
    const ready = this.#ready.get(videoId);
    if (ready !== undefined) return ready;
    try {
      const video = this.#withOwner(await this.#storage.getVideoMetadata(videoId));
      if (video.status === 'ready') this.#ready.set(videoId, video);
      return video;
    } catch (error) {
      if (isVideoStorageError(error) && error.code === 'VIDEO_NOT_FOUND') return undefined;
      throw error;
    }
  }

  #withOwner(video: VideoMetadata): VideoMetadata {
    const userId = video.userId ?? this.#owners.of(video.videoId);
    return userId === undefined ? video : { ...video, userId };
  }
}

function isVisibleTo(person: Person, video: VideoMetadata): boolean {
  return video.contextId === ASSIGNMENT.contextId && (person.role === 'teacher' || video.userId === person.userId);
}
