import type { Mutant } from './mutant.ts';

/** Faults in how `MemoryStorage` and its vendor tell who may do what: references, leaves to play, webhooks, secrets. */
export const memoryTrustMutants: readonly Mutant[] = [
  {
    id: 'leave-never-ends',
    file: 'memory/memory-handler.ts',
    find: 'if (isOver || isEarly',
    replace: 'if (isEarly',
  },
  {
    id: 'leave-is-not-verified',
    file: 'memory/memory-handler.ts',
    find: '|| !(await this.#signer.verify(signed, signature)))',
    replace: '|| (await this.#signer.verify(signed, signature), false))',
  },
  {
    id: 'renewed-too-late',
    file: 'memory/memory-storage.ts',
    find: 'expiresInSeconds * 800',
    replace: 'expiresInSeconds * 1000',
  },
  {
    id: 'lifetime-is-not-asked-for',
    file: 'memory/memory-storage.ts',
    find: 'expiresAt: toTimestamp(nowMs + expiresInSeconds * 1000),',
    replace: 'expiresAt: toTimestamp(nowMs + 3_600_000),',
  },
  {
    id: 'leave-begins-at-once',
    file: 'memory/memory-handler.ts',
    find: 'isOver || isEarly',
    replace: 'isOver',
  },
  {
    id: 'address-is-ignored',
    file: 'memory/memory-storage.ts',
    find: "  if (ipRange !== undefined) throw refusal('ipRange', 'This storage knows no addresses.');\n",
    replace: '',
  },
  {
    id: 'kind-is-ignored',
    file: 'memory/memory-storage.ts',
    find: "  if (kind !== undefined && kind !== 'file') throw refusal('kind', 'Only files can be played.');\n",
    replace: '',
  },
  {
    id: 'playback-asks-the-vendor',
    file: 'memory/memory-storage.ts',
    find: '    refuseWhatCannotBeKept(options);\n',
    replace: '    refuseWhatCannotBeKept(options);await this.vendor.find(videoId, options.signal);\n',
  },
  {
    id: 'plays-another-video',
    file: 'memory/memory-vendor.ts',
    find: 'return this.#videos.get(videoId)?.bytes;',
    replace: 'return this.#videos.has(videoId) ? [...this.#videos.values()][0]?.bytes : undefined;',
  },
  {
    id: 'plays-what-is-not-there',
    file: 'memory/memory-vendor.ts',
    find: 'return this.#videos.get(videoId)?.bytes;',
    replace: 'return this.#videos.get(videoId)?.bytes ?? new Uint8Array();',
  },
  {
    id: 'deleted-video-still-plays',
    file: 'memory/memory-vendor.ts',
    find: '    this.#videos.delete(videoId);',
    replace: '    if (!this.#parts.has(videoId)) this.#uploads.delete(videoId);',
  },
  {
    id: 'parts-for-anybody',
    file: 'memory/memory-storage.ts',
    find: 'const { videoId } = await this.claims(reference, callOptions);',
    replace: "const { videoId } = await this.claims(reference, { ...callOptions, userId: 'student-ümlaut-1' });",
  },
  {
    id: 'webhook-is-not-verified',
    file: 'memory/memory-webhooks.ts',
    find: ' || !(await this.#signer.verify(',
    replace: ' || (await this.#signer.verify(',
  },
  {
    id: 'old-webhooks-are-taken',
    file: 'memory/memory-webhooks.ts',
    find: ' || ageSeconds > TOLERANCE_SECONDS',
    replace: '',
  },
  {
    id: 'each-delivery-is-new',
    file: 'memory/memory-webhooks.ts',
    find: 'eventKey: `',
    replace: 'eventKey: Math.random() + `',
  },
  {
    id: 'anybody-may-confirm',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      "  protected override claims(reference: string, options: Parameters<BaseStorage['confirmUpload']>[1]) { return super.claims(reference, { ...options, userId: 'student-ümlaut-1' }); }\n  protected async doAbortUpload(",
  },
  {
    id: 'nobody-is-somebody',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      "  protected override claims(reference: string, options: Parameters<BaseStorage['confirmUpload']>[1]) { return super.claims(reference, { ...options, userId: String(options.userId || 'student-ümlaut-1') }); }\n  protected async doAbortUpload(",
  },
  {
    id: 'references-are-not-verified',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      "  protected override async claims(reference: string, options: Parameters<BaseStorage['confirmUpload']>[1]): Promise<UploadClaims> { const genuine = await super.claims(reference, options).catch((error) => error); if (!(genuine instanceof Error) || genuine.code === 'UPLOAD_EXPIRED') return genuine; try { const claims = JSON.parse(Buffer.from(reference.split('.')[0] ?? '', 'base64url').toString()); if (claims.userId === options.userId) return claims; } catch {} throw new VideoNotFoundError(); }\n  protected async doAbortUpload(",
  },
  {
    id: 'expired-references-are-taken',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      "  override confirmUpload(reference: string, options: Parameters<BaseStorage['confirmUpload']>[1]) { return super.confirmUpload(reference, options).catch((error) => { if (error.code !== 'UPLOAD_EXPIRED') throw error; return this.getVideoMetadata('a'); }); }\n  protected async doAbortUpload(",
  },
  {
    id: 'a-secret-in-the-answers',
    file: 'memory/memory-storage.ts',
    find: 'revision: String(video.revision),',
    replace: "revision: 'canary-of-the-memory-storage-0123456789',",
  },
  {
    id: 'a-secret-in-the-errors',
    file: 'memory/memory-vendor.ts',
    find: "'The vendor failed.', { status: 503 }",
    replace:
      "'The vendor failed.', { status: 503, cause: new Error(Buffer.from('canary-of-the-memory-storage-0123456789').toString('hex')) }",
  },
  {
    id: 'early-webhooks-are-taken',
    file: 'memory/memory-webhooks.ts',
    find: 'Math.abs(this.#clock.now() / 1000 - Number(time))',
    replace: 'this.#clock.now() / 1000 - Number(time)',
  },
  {
    id: 'webhook-may-be-redated',
    file: 'memory/memory-webhooks.ts',
    find: 'this.#signer = signer;',
    replace:
      "const bodyOf = (text: string) => text.slice(text.indexOf('.')); this.#signer = { sign: (text) => signer.sign(bodyOf(text)), verify: (text, signature) => signer.verify(bodyOf(text), signature) } as HmacSigner;",
  },
  {
    id: 'any-lifetime',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      "  override getPlaybackUrl(videoId: string, { expiresInSeconds = 3600, ...options }: Parameters<BaseStorage['getPlaybackUrl']>[1] = {}) { return super.getPlaybackUrl(videoId, { ...options, expiresInSeconds: expiresInSeconds > 0 ? expiresInSeconds : 3600 }); }\n  protected async doAbortUpload(",
  },
  {
    id: 'unsigned-webhooks-break',
    file: 'memory/memory-webhooks.ts',
    find: "throw new WebhookRefusedError('WEBHOOK_SIGNATURE_INVALID');",
    replace: "throw new TypeError('The signature is wrong.');",
  },
  {
    id: 'foreign-looks-unlike-forged',
    file: 'memory/memory-storage.ts',
    find: '  protected async doAbortUpload(',
    replace:
      "  protected override claims(reference: string, options: Parameters<BaseStorage['confirmUpload']>[1]) { return super.claims(reference, options).catch((error) => { if (reference.includes('.')) error.message = 'It is another user’s.'; throw error; }); }\n  protected async doAbortUpload(",
  },
];
