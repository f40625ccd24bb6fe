import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger, type Playback, type PlaybackBody, RateLimiter } from '@videostorage/core';
import { createVideoRoutes, type VideoRoutes } from '@videostorage/http';
import { LocalStorage } from '@videostorage/local';
import { type Actor, type GrantOptions, MemoryEventLog, MemoryVideoRecords, VideoService } from '@videostorage/service';
import { fixtures, ManualClock, sendTicket } from '@videostorage/testing';
import { createPlaybackTransport, type PlaybackTransport } from '../src/session/playback-transport.ts';

const SECRET = 'canary-of-the-player-tests-0123456789abcdefgh';
const ORIGIN = 'https://school.example';

/** A service whose grants live as long as a test says. */
export class ShortGrantService extends VideoService {
  /** Of every grant from here on. */
  expiresInSeconds = 3600;

  override getPlaybackUrl(
    actor: Actor,
    videoId: string,
    body?: PlaybackBody,
    options?: GrantOptions,
  ): Promise<Playback> {
    return super.getPlaybackUrl(actor, videoId, body, { ...options, expiresInSeconds: this.expiresInSeconds });
  }
}

/** Real routes over a service over a folder of this computer, asked without a network. */
export class PlaybackWorld {
  /** Whether the viewer may still watch. */
  mayWatch = true;
  /** Whether the viewer is signed in. */
  isSignedIn = true;
  /** Answers instead of the routes, for outages. */
  outage: (() => Response | Promise<Response>) | undefined;
  /** Requests so far. */
  asked = 0;
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'videostorage-player-'));
  readonly storage: LocalStorage = new LocalStorage({
    folder: this.#folder,
    baseUrl: `${ORIGIN}/media`,
    referenceSecrets: [SECRET],
    // Stands still, so that a grant's lifetime is exact on any machine.
    clock: new ManualClock(),
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
  });
  readonly service: ShortGrantService = new ShortGrantService({
    storages: [this.storage],
    records: new MemoryVideoRecords(),
    events: new MemoryEventLog({ secrets: [SECRET] }),
    authorize: ({ operation }) => operation !== 'video.play' || this.mayWatch,
  });
  readonly routes: VideoRoutes = createVideoRoutes({
    service: this.service,
    actor: () => (this.isSignedIn ? { userId: 'ada', roles: ['teacher'] } : undefined),
    logger: new Logger({ sink: () => {} }),
  });
  readonly transport: PlaybackTransport = createPlaybackTransport(`${ORIGIN}/api/video`, {
    fetch: async (url, init) => {
      this.asked += 1;
      if (this.outage !== undefined) return this.outage();
      const { signal: _signal, ...sent } = init ?? {};
      return this.routes.fetch(new Request(String(url), sent));
    },
  });

  /** A video that is ready; its record's id. */
  async readyVideo(): Promise<string> {
    const ada = { userId: 'ada', roles: ['teacher'] };
    const bytes = await fixtures.moovFirst.read();
    const { fileName, mimeType } = fixtures.moovFirst;
    const ticket = await this.service.getUploadUrl(ada, { fileName, mimeType, sizeBytes: bytes.length });
    await sendTicket(ticket, bytes, mimeType, { fetch: (request) => this.storage.fetch(request) });
    await this.service.confirmUpload(ada, ticket.uploadReference);
    return ticket.uploadReference;
  }

  /** Removes the folder. */
  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
