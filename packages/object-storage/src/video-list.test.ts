import { expect, test } from 'vitest';
import { MemoryHost } from '../test-support/memory-host.ts';
import { recordKey } from './store-keys.ts';

function idOf(number: number): string {
  return number.toString(16).padStart(32, '0');
}

async function hostWith(count: number): Promise<MemoryHost> {
  const host = new MemoryHost();
  for (let number = count; number >= 1; number--) {
    const ticket = await host.sent({ uploadId: idOf(number) });
    await host.storage.confirmUpload(ticket.uploadReference, host.user);
  }
  host.operations.taken();
  return host;
}

async function pages(host: MemoryHost, limit: number): Promise<readonly (readonly string[])[]> {
  const found = [];
  let cursor: string | undefined;
  for (let page = 0; page < 50; page++) {
    const { videos, cursor: next } = await host.storage.listVideos({ limit, cursor });
    found.push(videos.map(({ videoId }) => videoId));
    if (next === undefined) return found;
    cursor = next;
  }
  throw new Error('The listing does not end.');
}

test('videos in the order of their keys, each once, in full pages', async () => {
  const host = await hostWith(5);
  const ids = [1, 2, 3, 4, 5].map((number) => `${idOf(number)}-mp4`);
  expect(await pages(host, 2)).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
  expect(await pages(host, 5)).toEqual([ids]);
  expect(await pages(host, 1000)).toEqual([ids]);
});

test('a listing reads each record of its page once, and no rendition', async () => {
  const host = await hostWith(3);
  await host.storage.listVideos({ limit: 2 });
  const reads = [1, 2].map((number) => `readDocument ${recordKey(idOf(number))}`);
  expect(host.operations.taken()).toEqual(['listDocuments records/', ...reads]);
});

test('deleted and refused uploads are skipped, and pages are filled with the next videos', async () => {
  const host = await hostWith(6);
  for (const number of [1, 2, 4]) await host.storage.deleteVideo(`${idOf(number)}-mp4`);
  expect(await pages(host, 2)).toEqual([[3, 5].map((number) => `${idOf(number)}-mp4`), [`${idOf(6)}-mp4`]]);
});

test('a page ends after twenty list requests, with a cursor, when hardly any record is ready', async () => {
  const host = await hostWith(25);
  for (let number = 1; number <= 24; number++) await host.storage.deleteVideo(`${idOf(number)}-mp4`);
  const first = await host.storage.listVideos({ limit: 1 });
  expect(first).toEqual({ videos: [], cursor: expect.any(String) });
  const second = await host.storage.listVideos({ limit: 1, ...first });
  expect(second.videos.map(({ videoId }) => videoId)).toEqual([`${idOf(25)}-mp4`]);
});

test.each([
  [1000, 1000],
  [500, 1498],
])(
  'a page of at most %i ends after a thousand records, with a cursor, when hardly any record is ready',
  async (limit, last) => {
    const host = await hostWith(1);
    const template = { version: 1, state: 'aborted', decidedAt: '2026-11-24T12:00:00.000Z', purgeId: '0'.repeat(32) };
    for (let number = 2; number <= 1602; number++) {
      const videoId = `${idOf(number)}-mp4`;
      const record = new TextEncoder().encode(JSON.stringify({ ...template, videoId }));
      host.bucket.put(recordKey(idOf(number)), record);
    }
    const first = await host.storage.listVideos({ limit });
    expect([first.videos.length, first.cursor]).toEqual([1, idOf(last)]);
    expect(await host.storage.listVideos({ limit, ...first })).toEqual({ videos: [] });
  },
);

test('a cursor works also when its video is gone meanwhile, and foreign keys are skipped', async () => {
  const host = await hostWith(3);
  for (const key of ['records/.hidden', 'records/zzz']) host.bucket.put(key, new Uint8Array(1));
  const { cursor } = await host.storage.listVideos({ limit: 1 });
  host.bucket.objects.delete(recordKey(idOf(1)));
  const { videos } = await host.storage.listVideos({ cursor });
  expect(videos.map(({ videoId }) => videoId)).toEqual([2, 3].map((number) => `${idOf(number)}-mp4`));
});

test('more foreign keys than twenty list requests can skip are an error, not the end of the list', async () => {
  const host = await hostWith(1);
  for (let number = 0; number < 20; number++) host.bucket.put(`records/${'!'.repeat(number + 1)}`, new Uint8Array(1));
  await expect(host.storage.listVideos({ limit: 1 })).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  host.bucket.objects.delete('records/!');
  expect((await host.storage.listVideos({ limit: 1 })).videos).toHaveLength(1);
});

test('at most sixteen records are read at once', async () => {
  const host = await hostWith(40);
  let [open, most] = [0, 0];
  host.operations.before = async (call) => {
    if (!call.startsWith('readDocument')) return;
    open += 1;
    most = Math.max(most, open);
    await new Promise(setImmediate);
    open -= 1;
  };
  expect((await host.storage.listVideos()).videos).toHaveLength(40);
  expect(most).toBe(16);
});

test.each(['simple', '0'.repeat(31), '0'.repeat(33), 'F'.repeat(32)])(
  'the cursor %j is refused before any request to the store',
  async (cursor) => {
    const host = await hostWith(0);
    const message = 'The cursor is not from a page of this list; start again without a cursor.';
    const problems = [{ path: 'cursor', code: 'OPTION_INVALID', message }];
    await expect(host.storage.listVideos({ cursor })).rejects.toMatchObject({ code: 'VALIDATION_FAILED', problems });
    expect(host.operations.taken()).toEqual([]);
  },
);
