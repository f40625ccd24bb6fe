import {
  type CostEstimate,
  type IssuedPlayback,
  Logger,
  type PlaybackRequest,
  systemClock,
  type Usage,
} from '@videostorage/core';
import { ObjectVideoStorage } from '@videostorage/object-storage';
import { estimateLocalCost } from './cost-estimate.ts';
import { Disk } from './disk.ts';
import { DocumentFiles } from './document-files.ts';
import { nodeFileFunctions } from './file-functions.ts';
import { LocalEvents } from './local-events.ts';
import { type LocalSettings, type LocalStorageOptions, parseLocalOptions } from './local-options.ts';
import { issueLocalPlayback } from './local-playback.ts';
import { LocalStore } from './local-store.ts';
import { PlaybackHandler } from './playback-handler.ts';
import { prepareFolders } from './prepare-folders.ts';
import { PublishedVideos } from './published-videos.ts';
import { RequestHandler } from './request-handler.ts';
import { isOwnPath } from './request-target.ts';
import { SentFileStore } from './sent-file-store.ts';
import { SignedUrls } from './signed-urls.ts';
import { StoreFolders } from './store-folders.ts';
import { UploadHandler } from './upload-handler.ts';
import { UploadLocks } from './upload-locks.ts';

/**
 * Keeps videos in a folder of this computer. Browsers upload by tus to signed URLs, and play from signed URLs; `fetch`
 * answers both, so mount it in your server under `baseUrl`. Several processes may use one folder.
 */
export class LocalStorage extends ObjectVideoStorage {
  /** Path of `baseUrl` without a slash at its end; empty when it is the root. The storage serves everything below it. */
  readonly basePath: string;
  readonly #local: LocalParts;

  /** Creates the folder when it is missing. @throws {ConfigurationError} whose message explains the fix */
  constructor(options: LocalStorageOptions) {
    const settings = parseLocalOptions(options);
    const local = assemble(settings);
    super('local', options, local.store);
    this.basePath = local.basePath;
    this.#local = local;
  }

  /**
   * Answers requests from browsers: uploads (tus 1.0.0) and playback, both through signed URLs, and 404 for everything
   * else. Never rejects. For `node:http`, Express and Fastify there is `toNodeListener`.
   */
  readonly fetch = (request: Request): Promise<Response> => this.#local.handler.handle(request);

  /** Whether a URL belongs to this storage, so that a router can pass other requests on. */
  ownsPath(url: string): boolean {
    return isOwnPath(url, this.#local.basePath);
  }

  /** @inheritDoc */
  estimateCost(usage: Usage): CostEstimate {
    return estimateLocalCost(usage, this.#local.prices);
  }

  protected doGetPlaybackUrl(videoId: string, request: PlaybackRequest): Promise<IssuedPlayback> {
    return issueLocalPlayback(this.#local.urls, videoId, request);
  }
}

interface LocalParts {
  readonly store: LocalStore;
  readonly handler: RequestHandler;
  readonly urls: SignedUrls;
  readonly basePath: string;
  readonly prices: LocalSettings['prices'];
}

function assemble(settings: LocalSettings): LocalParts {
  const { baseUrl, referenceSecrets: secrets, allowedOrigins, prices } = settings;
  const folders = new StoreFolders(settings.folder);
  prepareFolders(folders);
  const files = { ...nodeFileFunctions, ...settings.fileFunctions };
  const clock = settings.clock ?? systemClock;
  const disk = new Disk(files, clock);
  const documents = new DocumentFiles(files, disk, folders);
  const locks = new UploadLocks(folders);
  const urls = new SignedUrls(baseUrl, secrets);
  const videos = new PublishedVideos(files, folders, documents);
  const sent = new SentFileStore(files, folders, locks, clock);
  const events = new LocalEvents(settings.logger ?? new Logger());
  const basePath = new URL(baseUrl).pathname.replace(/\/+$/, '');
  const onFailure = (error: unknown) => events.receivingFailed(error);
  const handler = new RequestHandler({
    basePath,
    rules: { allowedOrigins },
    uploads: new UploadHandler({ files, disk, folders, sent, videos, urls, secrets, clock, onFailure }),
    playback: new PlaybackHandler({
      ...{ files, folders, videos, urls, clock },
      onFailure: (error, videoId) => events.playbackFailed(error, videoId),
    }),
    onFailure: (error, target) => events.requestFailed(error, target),
  });
  const store = new LocalStore({ files, disk, folders, documents, locks, urls, secrets });
  return { store, handler, urls, basePath, prices };
}
