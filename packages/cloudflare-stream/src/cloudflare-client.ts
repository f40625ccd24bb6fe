import { z } from 'zod';
import type { CloudflareApi } from './cloudflare-api.ts';
import { readResult } from './envelope.ts';
import type { TokenTerms } from './signed-token.ts';
import { stringifyTusMetadata, type TusUploadRequest } from './tus-upload-request.ts';
import { uidSchema, videoPath } from './uid.ts';
import { type VideoDetails, videoDetailsSchema } from './video-details.ts';

/** A one-time URL to send the file to, and the id of its video. */
export interface DirectUpload {
  readonly uid: string;
  readonly uploadUrl: string;
}

/** Which videos to list, newest first. */
export interface StreamListQuery {
  readonly limit: number;
  /** Created before this, RFC 3339. */
  readonly before?: string | undefined;
  /** Created at this time or later, RFC 3339. */
  readonly after?: string | undefined;
  readonly creator?: string | undefined;
}

/** A video of a list, which is ordered by this time. */
export type ListedVideo = VideoDetails & { readonly created: string };

/** Browsers get this URL, so only http and https are accepted. */
const uploadUrlSchema = z.url({ protocol: /^https?$/ });
const directUploadSchema = z.object({ uid: uidSchema, uploadURL: uploadUrlSchema });
const tusUploadSchema = z.object({ uid: uidSchema, uploadUrl: uploadUrlSchema });
const tokenSchema = z.object({ token: z.string().min(1) });
const listSchema = z.array(videoDetailsSchema);
/** Stands for the creation time of a listed video that has none. */
const UNKNOWN_TIME = '1970-01-01T00:00:00.000Z';
/** A number, also as text. Null is refused and not read as 0, which would make the account look empty. */
const amount = z.union([z.number(), z.string().regex(/^\d{1,15}(?:\.\d{1,15})?$/)]).transform(Number);
const usageSchema = z.object({
  totalStorageMinutes: amount,
  totalStorageMinutesLimit: amount,
  videoCount: amount,
});

/** Minutes of video that an account has stored and bought, and its number of videos. */
export interface StorageUsage {
  /** Minutes stored, with fractions. */
  readonly storedMinutes: number;
  /** Minutes bought; 0 without a subscription. */
  readonly limitMinutes: number;
  /** Number of videos. */
  readonly videos: number;
}

/** Videos of Cloudflare Stream, in the types of this package. It neither retries, logs nor limits. */
export class CloudflareClient {
  readonly #api: CloudflareApi;

  constructor(api: CloudflareApi) {
    this.#api = api;
  }

  /** A URL for one form POST of at most 200 MB. */
  async getDirectUploadUrl(body: object, creator: string, signal?: AbortSignal): Promise<DirectUpload> {
    const call = {
      method: 'POST',
      path: '/direct_upload',
      body,
      headers: { 'upload-creator': creator },
      signal,
      needsRoom: true,
    } as const;
    const { uid, uploadURL } = readResult(directUploadSchema, await this.#api.require(call));
    return { uid, uploadUrl: uploadURL };
  }

  /** A tus upload that browsers reach without a token of the API. */
  async createTusUpload(request: TusUploadRequest, signal?: AbortSignal): Promise<DirectUpload> {
    const call = {
      method: 'POST',
      path: '?direct_user=true',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': String(request.sizeBytes),
        'upload-metadata': stringifyTusMetadata(request),
        'upload-creator': request.creator,
      },
      signal,
      needsRoom: true,
    } as const;
    const answer = await this.#api.send(call);
    if (answer.status !== 201) throw this.#api.refusal(answer, call);
    const upload = { uid: answer.header('stream-media-id'), uploadUrl: answer.header('location') };
    return readResult(tusUploadSchema, upload);
  }

  /** Begins to fetch a video from another server. */
  async copyFromUrl(body: object, signal?: AbortSignal): Promise<VideoDetails> {
    const call = { method: 'POST', path: '/copy', body, signal, needsRoom: true } as const;
    return readResult(videoDetailsSchema, await this.#api.require(call));
  }

  /** The details of a video; undefined only for its own "not found". */
  async getVideoDetails(uid: string, signal?: AbortSignal): Promise<VideoDetails | undefined> {
    const result = await this.#api.call({ method: 'GET', path: videoPath(uid), signal });
    return result === undefined ? undefined : readResult(videoDetailsSchema, result);
  }

  /** One listing call. */
  async listVideos(query: StreamListQuery, signal?: AbortSignal): Promise<readonly ListedVideo[]> {
    const { limit, before, after, creator } = query;
    const parameters = new URLSearchParams({ limit: String(limit) });
    if (before !== undefined) parameters.set('before', before);
    if (after !== undefined) parameters.set('after', after);
    if (creator !== undefined) parameters.set('creator', creator);
    return inOrder(readResult(listSchema, await this.#api.require({ method: 'GET', path: `?${parameters}`, signal })));
  }

  /** Changes a video; undefined when there is none. The API's `meta` replaces the old one. */
  async updateVideo(uid: string, body: object, signal?: AbortSignal): Promise<VideoDetails | undefined> {
    const result = await this.#api.call({ method: 'POST', path: videoPath(uid), body, signal });
    return result === undefined ? undefined : readResult(videoDetailsSchema, result);
  }

  /** Removes a video and its copies; missing is success. */
  async deleteVideo(uid: string, signal?: AbortSignal): Promise<void> {
    await this.#api.call({ method: 'DELETE', path: videoPath(uid), signal });
  }

  /** A token signed by the API; counts against the account's 1 200 requests in five minutes. */
  async generateSignedToken(terms: TokenTerms, signal?: AbortSignal): Promise<string | undefined> {
    const body = {
      exp: terms.expiresAtSeconds,
      ...(terms.notBeforeSeconds !== undefined && { nbf: terms.notBeforeSeconds }),
      ...(terms.downloadable === true && { downloadable: true }),
      ...(terms.accessRules.length > 0 && { accessRules: terms.accessRules }),
    };
    const path = `${videoPath(terms.videoId)}/token`;
    const result = await this.#api.call({ method: 'POST', path, body, signal });
    return result === undefined ? undefined : readResult(tokenSchema, result).token;
  }

  /** Minutes of the account, or of one creator. */
  async getStorageUsage(creator: string | undefined, signal?: AbortSignal): Promise<StorageUsage> {
    const query = creator === undefined ? '' : `?creator=${encodeURIComponent(creator)}`;
    const result = await this.#api.require({ method: 'GET', path: `/storage-usage${query}`, signal });
    const { totalStorageMinutes, totalStorageMinutesLimit, videoCount } = readResult(usageSchema, result);
    return { storedMinutes: totalStorageMinutes, limitMinutes: totalStorageMinutesLimit, videos: videoCount };
  }
}

/** The list is in the order of `created`: a time that cannot be read is replaced by that of its neighbour. */
function inOrder(videos: readonly VideoDetails[]): readonly ListedVideo[] {
  let last = videos.find(({ created }) => created !== undefined)?.created ?? UNKNOWN_TIME;
  return videos.map((video) => {
    last = video.created ?? last;
    return { ...video, created: last };
  });
}
