import { MemoryStorage, sendTicket } from '@videostorage/testing';
import { expect, test, vi } from 'vitest';
import { ada, film, ServiceWorld } from '../test-support/service-world.ts';

test('what a run frees is priced by storage and as a whole, since some sell whole blocks and at least one', async () => {
  const world = new ServiceWorld();
  const block = film.length;
  const sold = (monthlyUsd: (storedBytes: number) => number) => {
    const storage = new MemoryStorage({ clock: world.clock, referenceSecrets: ['x'.repeat(40)] });
    const estimate = storage.estimateCost({ storedBytes: 0, views: 0 });
    vi.spyOn(storage, 'estimateCost').mockImplementation(({ storedBytes }) => ({
      ...estimate,
      monthlyUsd: monthlyUsd(storedBytes),
    }));
    return storage;
  };
  const inBlocks = sold((bytes) => 5 * Math.max(1, Math.ceil(bytes / (2 * block))));
  const byBytes = Object.defineProperty(
    sold((bytes) => 7 + bytes / block),
    'backendName',
    { value: 'by bytes' },
  );
  for (const each of [inBlocks, byBytes]) {
    const swept = { examined: 1, finished: 0, released: 1, failures: [], more: false };
    vi.spyOn(each.maintenance, 'sweep').mockResolvedValue({ ...swept, bytesReleased: 3 * block });
  }
  const service = world.node({ storages: [inBlocks, byBytes], retainFor: () => 0 });
  for (let index = 0; index < 3; index += 1) {
    const ticket = await service.getUploadUrl(ada, world.request());
    await sendTicket(ticket, film, world.request().mimeType, { fetch: (sent) => inBlocks.fetch(sent) });
    await service.confirmUpload(ada, ticket.uploadReference);
  }
  // Six times the film are three blocks of which one is paid for in any case; three times the film at the other.
  const report = { bytesReleased: 9 * block, usdPerMonthReleased: 10 + 3 };
  expect(await service.sweep()).toMatchObject(report);
  expect(JSON.parse(world.log.at(-1)?.message ?? '')).toMatchObject(report);
});
