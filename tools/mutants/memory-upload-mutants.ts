import type { Mutant } from './mutant.ts';

/** Faults in how `MemoryStorage` and its vendor mint, send, confirm and abort. */
export const memoryUploadMutants: readonly Mutant[] = [
  {
    id: 'second-mint-forgets-the-first',
    file: 'memory/memory-storage.ts',
    find: 'const videoId = objectVideoId(request.uploadId, mimeType);',
    replace: "const videoId = objectVideoId(crypto.randomUUID().replaceAll('-', ''), mimeType);",
  },
  {
    id: 'ticket-has-expired-already',
    file: 'memory/memory-storage.ts',
    find: 'const expiresAtMs = createdAtMs + lifetimeSeconds * 1000;',
    replace: 'const expiresAtMs = createdAtMs - lifetimeSeconds * 1000;',
  },
  {
    id: 'ticket-lives-for-days',
    file: 'memory/memory-storage.ts',
    find: '(inParts ? DAY_SECONDS : 3600)',
    replace: '(inParts ? DAY_SECONDS : 26 * 3600)',
  },
  {
    id: 'state-reaches-the-browser',
    file: 'memory/memory-storage.ts',
    find: "protocol: 'post', videoId, expiresAt, url,",
    replace: "protocol: 'post', videoId, expiresAt, url, ...({ note: undefined } as object),",
  },
  {
    id: 'missing-is-ready',
    file: 'memory/memory-storage.ts',
    find: "status: 'pending', playable: false",
    replace: "status: 'ready', playable: true",
  },
  {
    id: 'abort-does-nothing',
    file: 'memory/memory-storage.ts',
    find: 'await this.vendor.remove(claims.videoId, options.signal);',
    replace: 'await this.vendor.find(claims.videoId, options.signal);',
  },
  {
    id: 'confirms-another-video',
    file: 'memory/memory-storage.ts',
    find: '    const video = await this.vendor.find(videoId, options.signal);\n    if (video !== undefined) return',
    replace:
      '    const [video] = await this.vendor.list(Infinity, 1, options.signal);\n    if (video !== undefined) return',
  },
  {
    id: 'confirms-what-was-deleted',
    file: 'memory/memory-vendor.ts',
    find: '    this.#videos.delete(videoId);',
    replace:
      '    const gone = this.#videos.get(videoId); this.#videos.delete(videoId); const find = this.find.bind(this); this.find = async (id, signal) => (id === videoId && gone ? gone : find(id, signal));',
  },
  {
    id: 'each-confirm-is-another',
    file: 'memory/memory-storage.ts',
    find: 'if (video !== undefined) return this.#toMetadata(video);',
    replace: 'if (video !== undefined) return { ...this.#toMetadata(video), revision: String(Math.random()) };',
  },
  {
    id: 'confirm-forgets-the-title',
    file: 'memory/memory-storage.ts',
    find: 'if (video !== undefined) return this.#toMetadata(video);',
    replace: 'if (video !== undefined) return { ...this.#toMetadata(video), custom: {} };',
  },
  {
    id: 'mismatch-is-left-there',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      "  override confirmUpload(reference: string, options: Parameters<BaseStorage['confirmUpload']>[1]) { const remove = this.doDeleteVideo; this.doDeleteVideo = async () => ({ purged: true }); return super.confirmUpload(reference, options).finally(() => { this.doDeleteVideo = remove; }); }\n  protected async doAbortUpload(",
  },
  {
    id: 'mismatch-is-left-in-the-list',
    file: 'memory/memory-vendor.ts',
    find: '    this.#videos.delete(videoId);',
    replace:
      "    const gone = this.#videos.get(videoId); this.#videos.delete(videoId); const list = this.list.bind(this); if (gone?.state === 'queued') this.list = async (...args) => [gone, ...(await list(...args))];",
  },
  {
    id: 'size-is-what-was-promised',
    file: 'memory/memory-storage.ts',
    find: '      sizeBytes: video.bytes.length,\n',
    replace: '',
  },
  {
    id: 'type-is-what-was-promised',
    file: 'memory/memory-storage.ts',
    find: 'mimeType: video.receivedMimeType,',
    replace: 'mimeType: video.mimeType,',
  },
  {
    id: 'sent-again-unnoticed',
    file: 'memory/memory-vendor.ts',
    find: 'const arrived = { place, revision: this.#arrivals,',
    replace: 'const arrived = { place, revision: place,',
  },
  {
    id: 'ticket-tells-another-end',
    file: 'memory/memory-storage.ts',
    find: 'const expiresAt = toTimestamp(upload.expiresAtMs);',
    replace: 'const expiresAt = toTimestamp(createdAtMs + 60_000);',
  },
  {
    id: 'parts-in-any-order',
    file: 'memory/memory-vendor.ts',
    find: 'joined(parts.map',
    replace: 'joined(parts.reverse().map',
  },
  {
    id: 'joined-too-early',
    file: 'memory/memory-storage.ts',
    find: 'if (sum >= sizeBytes) await',
    replace: 'if (sum > 0) await',
  },
  {
    id: 'any-number-of-parts',
    file: 'memory/memory-storage.ts',
    find: 'partNumbers.length > 100 || ',
    replace: '',
  },
  {
    id: 'any-part-number',
    file: 'memory/memory-storage.ts',
    find: ' && number >= 1 && number <= count',
    replace: '',
  },
  {
    id: 'no-parts-in-an-outage',
    file: 'memory/memory-storage.ts',
    find: "return this.retry({ name: 'listParts', class: 'always' }, list, callOptions);",
    replace:
      "return this.retry({ name: 'listParts', class: 'always' }, list, callOptions).catch((error) => { if (error.retryable) return []; throw error; });",
  },
  {
    id: 'mint-has-no-deadline',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      "  override getUploadUrl(request: Parameters<BaseStorage['getUploadUrl']>[0], { timeoutMs: _, ...options }: CallOptions = {}) { return super.getUploadUrl(request, options); }\n  protected async doAbortUpload(",
  },
  {
    id: 'every-mint-is-one-video',
    file: 'memory/memory-storage.ts',
    find: 'objectVideoId(request.uploadId, mimeType)',
    replace: "objectVideoId('0'.repeat(32), mimeType)",
  },
  {
    id: 'a-title-is-made-up',
    file: 'memory/memory-storage.ts',
    find: 'const label = JSON.stringify({ userId, contextId, fileName, custom });',
    replace: 'const label = JSON.stringify({ userId, contextId, fileName, custom: custom ?? { title: fileName } });',
  },
  {
    id: 'requests-are-not-validated',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      "  protected override async validateUploadRequest(request: Parameters<BaseStorage['getUploadUrl']>[0]) { return { uploadId: crypto.randomUUID().replaceAll('-', ''), ...request, mimeType: 'video/mp4' }; }\n  protected async doAbortUpload(",
  },
  {
    id: 'one-problem-is-told',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      "  protected override validateUploadRequest(request: Parameters<BaseStorage['getUploadUrl']>[0]) { return super.validateUploadRequest(request).catch((error) => { throw new ValidationError(error.problems.slice(0, 1)); }); }\n  protected async doAbortUpload(",
  },
  {
    id: 'late-confirm-is-refused',
    file: 'memory/memory-storage.ts',
    find: '    const { videoId, mimeType, sizeBytes, state } = claims;\n',
    replace:
      '    const { videoId, mimeType, sizeBytes, state } = claims;\n    if (this.clock.now() > Date.parse(claims.validUntil) - 86_400_000) throw new VideoNotFoundError();\n',
  },
  {
    id: 'aborting-twice-fails',
    file: 'memory/memory-vendor.ts',
    find: 'this.#uploads.delete(videoId);',
    replace: 'if (!this.#uploads.delete(videoId)) throw new VideoNotFoundError();',
  },
  {
    id: 'any-duration',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      "  protected override async validateUploadRequest(request: Parameters<BaseStorage['getUploadUrl']>[0]) { const { maxDurationSeconds: _, ...valid } = await super.validateUploadRequest(request); return valid; }\n  override async getVideoMetadata(videoId: string, options: CallOptions = {}) { return { ...(await super.getVideoMetadata(videoId, options)), durationSeconds: 3 }; }\n  protected async doAbortUpload(",
  },
];
