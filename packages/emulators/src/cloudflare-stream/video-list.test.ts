import { fixtures, ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StreamTestClient } from '../../test-support/stream-test-client.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;
const clock = new ManualClock();

beforeEach(async () => {
  emulator = await CloudflareStreamEmulator.start({ clock });
  client = new StreamTestClient(emulator);
});
afterEach(() => emulator.stop());

async function list(query: string): Promise<string[]> {
  const { result } = (await client.api('GET', query)).body;
  return Object.values(result).map((video) => (video as { uid: string }).uid);
}

/** Newest first. */
async function createThree(): Promise<string[]> {
  const uids: string[] = [];
  for (const creator of ['ann', 'bob', 'ann']) {
    uids.unshift((await client.createUpload({ creator, meta: { name: `Lesson of ${creator}` } })).uid);
    clock.advance(1000);
  }
  return uids;
}

test('newest first unless `asc`; earlier than `end`, and not earlier than `start`', async () => {
  const uids = await createThree();
  const created = String((await client.api('GET', `/${uids[1]}`)).body.result['created']);
  expect(await list('')).toEqual(uids);
  expect(await list('?asc=true&limit=2')).toEqual([uids[2], uids[1]]);
  for (const name of ['end', 'before']) expect(await list(`?${name}=${created}`)).toEqual([uids[2]]);
  for (const name of ['start', 'after']) expect(await list(`?${name}=${created}`)).toEqual([uids[0], uids[1]]);
  expect((await client.api('GET', '?start=yesterday')).body.errors[0]?.code).toBe(10005);
});

test('videos of the same instant keep their order, and no cursor exists to page through them', async () => {
  const uids: string[] = [];
  for (let each = 0; each < 5; each += 1) uids.unshift((await client.createUpload()).uid);
  const { result } = (await client.api('GET', '?limit=2')).body;
  const page = Object.values(result) as { uid: string; created: string }[];
  expect(page.map(({ uid }) => uid)).toEqual(uids.slice(0, 2));
  expect(await list(`?limit=2&end=${page[1]?.created}`)).toEqual([]);
  expect(await list(`?limit=5&start=${page[1]?.created}`)).toEqual(uids);
});

test('filters by creator, state, id, name and kind', async () => {
  const uids = await createThree();
  const ready = await emulator.addVideo(await fixtures.moovFirst.read(), { meta: { name: 'Film' } });
  expect(await list('?creator=ann')).toEqual([uids[0], uids[2]]);
  expect(await list('?status=ready,error')).toEqual([ready]);
  expect(await list('?status=pendingupload')).toEqual(uids);
  expect(await list(`?id=${uids[0]},${ready}`)).toEqual([ready, uids[0]]);
  expect(await list('?video_name=Film')).toEqual([ready]);
  expect(await list('?search=of%20B')).toEqual([uids[1]]);
  expect(await list('?type=live')).toEqual([]);
  expect(await list('?live_input_id=a')).toEqual([]);
});

test('a creator is found exactly, and a changed one at once by its new name', async () => {
  const name = `vs-upload-${'a'.repeat(32)}`;
  const { uid } = await client.createUpload({ creator: name });
  await client.createUpload({ creator: `${name}b` });
  expect(await list(`?creator=${name}`)).toEqual([uid]);
  for (const other of [name.slice(0, -1), name.toUpperCase(), '']) expect(await list(`?creator=${other}`)).toEqual([]);
  expect((await client.api('POST', `/${uid}`, { creator: 'student-1' })).body.result['creator']).toBe('student-1');
  expect([await list(`?creator=${name}`), await list('?creator=student-1')]).toEqual([[], [uid]]);
  expect((await client.api('POST', `/${uid}`, { creator: 'x'.repeat(65) })).status).toBe(400);
  await client.api('POST', `/${uid}`, { creator: null });
  expect(await list('?creator=student-1')).toEqual([]);
});

test('counts are text, and are returned on request', async () => {
  await createThree();
  expect((await client.api('GET', '?include_counts=true&limit=2')).body).toMatchObject({ total: '3', range: '2' });
  const { body } = await client.api('GET', '');
  expect(body).not.toHaveProperty('total');
  expect(body).not.toHaveProperty('range');
});

test('a page holds at most 1 000; a limit that is not a number is a 500 of the service', async () => {
  const tooMany = await client.api('GET', '?limit=1001');
  expect([tooMany.status, tooMany.body.errors]).toEqual([
    400,
    [{ code: 10005, message: 'Bad Request: results are limited to 1000 entries per request' }],
  ]);
  expect((await client.api('GET', '?limit=1000')).status).toBe(200);
  const odd = await fetch(client.url('?limit=abc'), { headers: client.authorization });
  expect([odd.status, await odd.text()]).toEqual([500, '']);
});
