import {
  isVideoStorageError,
  type Maintenance,
  type MultipartUploads,
  type Playback,
  type PlaybackOptions,
  type UploadCallOptions,
  type VideoMetadata,
  type VideoStorage,
} from '@videostorage/core';
import type { StorageSubject } from '../../src/storage-subject.ts';
import type { MemorySubject } from '../memory-subject.ts';

/** A mistake that a backend could make, and the cases that must notice it. */
export interface FaultySubject {
  /** What the backend does wrong. */
  readonly fault: string;
  /** Ids of the cases, each of which must fail. */
  readonly noticedBy: readonly string[];
  /** Adds the mistake to a correct subject. */
  spoil(subject: MemorySubject): StorageSubject;
}

type Calls = Partial<Omit<VideoStorage, 'backendName'>>;

/** The subject whose storage answers some calls differently; all other members are those of the correct one. */
export function withCalls(subject: MemorySubject, calls: (storage: VideoStorage) => Calls): StorageSubject {
  return { ...subject, storage: overridden<VideoStorage>(subject.storage, calls(subject.storage)) };
}

/** The same object with some members replaced; methods stay bound to the original object. */
export function overridden<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy(target, {
    get: (sound, name) => {
      if (name in members) return Reflect.get(members, name);
      const member: unknown = Reflect.get(sound, name, sound);
      return typeof member === 'function' ? member.bind(sound) : member;
    },
  });
}

/** A storage that returns changed metadata from every call. */
export function withMetadata(subject: MemorySubject, change: (video: VideoMetadata) => VideoMetadata): StorageSubject {
  return withCalls(subject, (storage) => ({
    confirmUpload: async (reference, options) => change(await storage.confirmUpload(reference, options)),
    getVideoMetadata: async (videoId, options) => change(await storage.getVideoMetadata(videoId, options)),
    listVideos: async (options) => {
      const page = await storage.listVideos(options);
      return { ...page, videos: page.videos.map(change) };
    },
  }));
}

/** A storage whose grants are changed. */
export function withPlayback(
  subject: MemorySubject,
  change: (playback: Playback, videoId: string, options: PlaybackOptions) => Playback | Promise<Playback>,
): StorageSubject {
  return withCalls(subject, (storage) => ({
    getPlaybackUrl: async (videoId, options = {}) =>
      change(await storage.getPlaybackUrl(videoId, options), videoId, options),
  }));
}

/** A storage whose facet for parts answers some calls differently. */
export function withMultipart(
  subject: MemorySubject,
  change: (multipart: MultipartUploads) => Partial<MultipartUploads>,
): StorageSubject {
  const multipart = overridden(subject.storage.multipart, change(subject.storage.multipart));
  return { ...subject, storage: overridden<VideoStorage>(subject.storage, { multipart }) };
}

/** A storage with another sweep. */
export function withSweep(
  subject: MemorySubject,
  change: (maintenance: Maintenance) => Partial<Maintenance>,
): StorageSubject {
  const maintenance = overridden(subject.storage.maintenance, change(subject.storage.maintenance));
  return { ...subject, storage: overridden<VideoStorage>(subject.storage, { maintenance }) };
}

/** Whether a value is an error of the library with this code. */
export const isCode = (error: unknown, code: string): boolean => isVideoStorageError(error) && error.code === code;
/** The same time, so much later. */
export const later = (timestamp: string, deltaMs: number): string =>
  new Date(Date.parse(timestamp) + deltaMs).toISOString();

/** The same case for each fault of a provider. */
export function faultCases(...names: readonly string[]): readonly string[] {
  const faults = ['server-error', 'throttled', 'reset', 'bad-response'];
  return names.flatMap((name) => faults.map((fault) => `fault/${fault}/${name}`));
}

/** Treats every caller as the user of the upload. */
export function asOwner<T extends UploadCallOptions>(options: T): T {
  return { ...options, userId: 'student-ümlaut-1' };
}
