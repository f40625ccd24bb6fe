import { BackendError } from '@videostorage/core';
import { expect, test } from 'vitest';
import { MemoryHost, probedVideo } from '../test-support/memory-host.ts';

test('when a faster confirm has discarded the source, the slower one returns its decision', async () => {
  let confirms = 0;
  const host: MemoryHost = new MemoryHost({
    probe: async () => {
      confirms += 1;
      if (confirms > 1) return probedVideo;
      await host.storage.confirmUpload(ticket.uploadReference, host.user);
      throw new BackendError('BACKEND_REFUSED', 'There is no such object.');
    },
  });
  const ticket = await host.sent();
  const slower = await host.storage.confirmUpload(ticket.uploadReference, host.user);
  expect(slower).toEqual(await host.storage.getVideoMetadata(ticket.videoId));
  expect(confirms).toBe(2);
});
