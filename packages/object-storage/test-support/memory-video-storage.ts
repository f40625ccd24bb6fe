import {
  type CostEstimate,
  checkUsage,
  type IssuedPlayback,
  parseObjectVideoId,
  type UploadCallOptions,
  type Usage,
} from '@videostorage/core';
import type { DeclaredUpload, ObjectStore } from '../src/object-store.ts';
import { ObjectVideoStorage } from '../src/object-video-storage.ts';
import type { ObjectVideoStorageOptions } from '../src/object-video-storage-options.ts';
import { videoKey } from '../src/store-keys.ts';

/** A secret that is long enough. */
const SECRET = 'a-secret-of-at-least-thirty-two-bytes';

/** The smallest backend over an object store: a grant is just the final key. */
export class MemoryVideoStorage extends ObjectVideoStorage {
  constructor(store: ObjectStore, options: Partial<ObjectVideoStorageOptions> = {}) {
    super('memory', { referenceSecrets: [SECRET], ...options }, store);
  }

  /** The upload of a reference, which the facet of a dialect with parts would need. */
  uploadOf(uploadReference: string, options: UploadCallOptions): Promise<DeclaredUpload> {
    return this.declaredUpload(uploadReference, options);
  }

  protected async doGetPlaybackUrl(videoId: string): Promise<IssuedPlayback> {
    const mimeType = parseObjectVideoId(videoId)?.mimeType ?? '';
    const url = `memory:${parseObjectVideoId(videoId) === undefined ? 'nothing' : videoKey(videoId)}`;
    return { access: 'url', sources: [{ kind: 'file', url, mimeType }] };
  }

  estimateCost(usage: Usage): CostEstimate {
    checkUsage(usage);
    return { plan: 'memory', monthlyUsd: 0, items: [], assumptions: [], pricesAsOf: '2026-11-24' };
  }
}
