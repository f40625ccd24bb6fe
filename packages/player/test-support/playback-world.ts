import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger, RateLimiter } from '@videostorage/core';
import { createVideoRoutes, type VideoRoutes } from '@videostorage/http';
import { LocalStorage } from '@videostorage/local';
import { MemoryEventLog, MemoryVideoRecords } from '@videostorage/service';
import { fixtures, ManualClock, sendTicket } from '@videostorage/testing';
import { createPlaybackTransport, type PlaybackTransport } from '../src/session/playback-transport.ts';
import { ShortGrantService } from './short-grant-service.ts';

const SECRET = 'canary-of-the-player-tests-0123456789abcdefgh';
const ORIGIN = 'https://school.example';

/** Real routes over a service over a local folder, called without a network. */
export class PlaybackWorld {
  /** Whether the viewer may still watch. */
  mayWatch = true;
  /** Whether the viewer is signed in. */
  isSignedIn = true;
  /** Answers instead of the routes, for outages. */
  outage: (() => Response | Promise<Response>) | undefined;
  /** Requests so far. */
  asked = 0;
  #answering = 0;
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'videostorage-player-'));
  readonly storage: LocalStorage = new LocalStorage({
    folder: this.#folder,
    baseUrl: `${ORIGIN}/media`,
    referenceSecrets: [SECRET],
    // A clock that stands still at a whole second, to which grants are rounded, so that lifetimes are exact on any machine.
    clock: new ManualClock({ nowMs: Math.floor(Date.now() / 1000) * 1000 }),
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
      this.#answering += 1;
      try {
        return await this.routes.fetch(new Request(String(url), sent));
      } finally {
        this.#answering -= 1;
      }
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

  /** Lets all work finish that needs no time to pass: the routes' answers, and the promises after them. */
  async turned(): Promise<void> {
    do {
      for (let round = 0; round < 15; round += 1) await new Promise((resolve) => setImmediate(resolve));
    } while (this.#answering > 0);
  }

  /** Removes the folder. */
  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
