import type { Mutant } from './mutant.ts';

/** Faults in how `MemoryStorage` and its vendor read, list and remove. */
export const memoryReadingMutants: readonly Mutant[] = [
  {
    id: 'cursor-is-ignored',
    file: 'memory/memory-vendor.ts',
    find: '.filter((video) => video.place < before)',
    replace: '',
  },
  {
    id: 'cursor-repeats-the-last-one',
    file: 'memory/memory-vendor.ts',
    find: 'video.place < before)',
    replace: 'video.place <= before)',
  },
  {
    id: 'oldest-first',
    file: 'memory/memory-vendor.ts',
    find: 'other.place - one.place',
    replace: 'one.place - other.place',
  },
  {
    id: 'page-is-an-offset',
    file: 'memory/memory-vendor.ts',
    find: 'const older = [...this.#videos.values()].filter((video) => video.place < before);',
    replace:
      'const older = [...this.#videos.values()].slice(0, before === Infinity ? undefined : this.#videos.size - 1);',
  },
  {
    id: 'one-instant-is-one-video',
    file: 'memory/memory-vendor.ts',
    find: '.slice(0, limit);',
    replace:
      '.filter((one, at, all) => all.findIndex((other) => other.uploadedAtMs === one.uploadedAtMs) === at).slice(0, limit);',
  },
  {
    id: 'any-cursor',
    file: 'memory/memory-storage.ts',
    find: "if (place === undefined) throw refusal('cursor', 'The cursor is not one of ours.');",
    replace: 'if (place === undefined) return Number.POSITIVE_INFINITY;',
  },
  {
    id: 'a-cursor-without-end',
    file: 'memory/memory-storage.ts',
    find: '    return { videos, ...(found.length > options.limit',
    replace:
      "    if (last === undefined) return { videos, cursor: 'before-0' };\n    return { videos, ...(found.length > options.limit",
  },
  {
    id: 'list-tells-another-story',
    file: 'memory/memory-storage.ts',
    find: 'const videos = shown.map((video) => this.#toMetadata(video));',
    replace: "const videos = shown.map((video) => ({ ...this.#toMetadata(video), revision: '0' }));",
  },
  {
    id: 'page-is-too-long',
    file: 'memory/memory-storage.ts',
    find: 'found.slice(0, options.limit)',
    replace: 'found.slice(0, options.limit + 1)',
  },
  {
    id: 'no-cursor-at-all',
    file: 'memory/memory-storage.ts',
    find: 'found.length > options.limit &&',
    replace: 'found.length > options.limit + 9 &&',
  },
  {
    id: 'delete-does-nothing',
    file: 'memory/memory-storage.ts',
    find: 'await this.vendor.remove(videoId, options.signal);',
    replace: 'await this.vendor.find(videoId, options.signal);',
  },
  {
    id: 'delete-is-never-purged',
    file: 'memory/memory-storage.ts',
    find: 'return { purged: true };',
    replace: 'return { purged: false };',
  },
  {
    id: 'delete-swallows-an-outage',
    file: 'memory/memory-storage.ts',
    find: 'await this.vendor.remove(videoId, options.signal);',
    replace: 'await this.vendor.remove(videoId, options.signal).catch(() => undefined);',
  },
  {
    id: 'delete-removes-all',
    file: 'memory/memory-vendor.ts',
    find: '    this.#videos.delete(videoId);',
    replace: '    this.#videos.clear();',
  },
  {
    id: 'outage-is-not-there',
    file: 'memory/memory-storage.ts',
    find: '    const video = await this.vendor.find(videoId, options.signal);\n    return video && this.#toMetadata(video);',
    replace:
      '    const video = await this.vendor.find(videoId, options.signal).catch(() => undefined);\n    return video && this.#toMetadata(video);',
  },
  {
    id: 'metadata-is-lost',
    file: 'memory/memory-storage.ts',
    find: '      ...label,\n',
    replace: '',
  },
  {
    id: 'progress-is-minus-one',
    file: 'memory/memory-storage.ts',
    find: "      playable: video.state === 'ready',",
    replace: "      playable: video.state === 'ready',\n      durationSeconds: -1,",
  },
  {
    id: 'dates-do-not-survive-json',
    file: 'memory/memory-storage.ts',
    find: 'uploadedAt: toTimestamp(video.uploadedAtMs),',
    replace: 'uploadedAt: new Date(video.uploadedAtMs) as never,',
  },
  {
    id: 'times-are-not-timestamps',
    file: 'memory/memory-storage.ts',
    find: 'createdAt: toTimestamp(video.createdAtMs),',
    replace: "createdAt: toTimestamp(video.createdAtMs).replace(/\\.\\d+Z/, 'Z'),",
  },
  {
    id: 'times-are-in-seconds',
    file: 'memory/memory-storage.ts',
    find: 'createdAt: toTimestamp(video.createdAtMs),',
    replace: 'createdAt: toTimestamp(Math.floor(video.createdAtMs / 1000)),',
  },
  {
    id: 'undefined-in-answers',
    file: 'memory/memory-storage.ts',
    find: 'revision: String(video.revision),',
    replace: 'revision: String(video.revision),\n      failure: undefined as never,',
  },
  {
    id: 'somebody-else-has-sent-it',
    file: 'memory/memory-storage.ts',
    find: '      ...label,\n',
    replace: "      ...label,\n      userId: 'student-2',\n",
  },
  {
    id: 'ready-but-not-playable',
    file: 'memory/memory-storage.ts',
    find: "playable: video.state === 'ready',",
    replace: 'playable: false,',
  },
  {
    id: 'abort-becomes-an-outage',
    file: 'memory/memory-vendor.ts',
    find: "signal?.addEventListener('abort', () => reject(signal.reason), { once: true });",
    replace: "setTimeout(() => reject(new BackendError('BACKEND_UNAVAILABLE', 'Aborted.')), 5);",
  },
  {
    id: 'abort-is-swallowed',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      '  override videoExists(videoId: string, options: CallOptions = {}) { return super.videoExists(videoId, options).catch((error) => { if (options.signal?.aborted) return false; throw error; }); }\n  protected async doAbortUpload(',
  },
  {
    id: 'abort-gets-another-reason',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      "  override listVideos(options: CallOptions = {}) { return super.listVideos(options).catch((error) => { throw options.signal?.aborted ? new Error('aborted') : error; }); }\n  protected async doAbortUpload(",
  },
  {
    id: 'deadline-is-not-heard',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      '  override getVideoMetadata(videoId: string, { timeoutMs: _, ...options }: CallOptions = {}) { return super.getVideoMetadata(videoId, options); }\n  protected async doAbortUpload(',
  },
  {
    id: 'signal-is-kept',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      "  override deleteVideo(videoId: string, options: CallOptions = {}) { options.signal?.addEventListener('abort', () => {}); return super.deleteVideo(videoId, options); }\n  protected async doAbortUpload(",
  },
  {
    id: 'deleting-nothing-fails',
    file: 'memory/memory-vendor.ts',
    find: '    this.#videos.delete(videoId);',
    replace: '    if (!this.#videos.delete(videoId)) throw new VideoNotFoundError();',
  },
  {
    id: 'nonsense-is-an-outage',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      "  override async videoExists(videoId: string, options: CallOptions = {}) { return /^[\\w-]*$/.test(videoId) ? super.videoExists(videoId, options) : Promise.reject(new RangeError('That is no id.')); }\n  protected async doAbortUpload(",
  },
  {
    id: 'an-empty-list-is-missing',
    file: 'memory/memory-storage.ts',
    find: '    const shown = found.slice(',
    replace: '    if (found.length === 0) throw new VideoNotFoundError();\n    const shown = found.slice(',
  },
  {
    id: 'an-estimate-does-not-add-up',
    file: 'memory/memory-storage.ts',
    find: 'monthlyUsd: 0,',
    replace: 'monthlyUsd: 1,',
  },
  {
    id: 'not-found-once-removes-it',
    file: 'memory/memory-storage.ts',
    find: '    const video = await this.vendor.find(videoId, options.signal);\n    return video && this.#toMetadata(video);',
    replace:
      "    const video = await this.vendor.find(videoId, options.signal).catch(async (error) => { if (error.code === 'VIDEO_NOT_FOUND') await this.vendor.remove(videoId); throw error; });\n    return video && this.#toMetadata(video);",
  },
  {
    id: 'everything-exists',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace: '  override async videoExists(): Promise<boolean> { return true; }\n  protected async doAbortUpload(',
  },
];
