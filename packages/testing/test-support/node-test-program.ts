import { RateLimiter } from '@videostorage/core';
import { describeVideoStorage, MemoryStorage, sendTicket } from '../src/index.ts';

describeVideoStorage({
  name: 'MemoryStorage under node:test',
  create: async () => {
    const storage = new MemoryStorage({ rateLimiter: new RateLimiter({ upload: [], playback: [] }) });
    const fetch = (request: Request) => storage.fetch(request);
    return {
      storage,
      settle: async () => storage.provider.settle(),
      send: (ticket, bytes, mimeType) => sendTicket(ticket, bytes, mimeType, { fetch }),
      play: async (playback) => {
        const response = await fetch(new Request(playback.url));
        return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
      },
      dispose: async () => {},
    };
  },
});
