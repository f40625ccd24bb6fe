import { BackendError, RateLimitedError, StoreUnavailableError } from '@videostorage/core';
import { beforeEach, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, bob, ServiceWorld } from '../test-support/service-world.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld({ quotas: [{ scope: 'user', maxPending: 1 }] });
});

const LINES_A_MINUTE = 20;
const lines = async (userId: string) => {
  const { entries } = await world.events.list({ userId, outcome: 'denied', limit: 1000 });
  return entries.map(({ event, errorCode }) => `${event} ${errorCode}`);
};
const logged = (event: string) => world.log.filter((record) => record.event === event).length;

const FLOODS: Record<string, { line: string; event: string; refused: () => Promise<unknown> }> = {
  'requests that are not valid': {
    ...{ line: 'upload.rejected VALIDATION_FAILED', event: 'upload.rejected' },
    refused: () => world.ask(ada, { sizeBytes: -1 }),
  },
  'requests over a quota': {
    ...{ line: 'upload.rejected QUOTA_EXCEEDED', event: 'quota.denied' },
    refused: () => world.ask(ada),
  },
  'reads of another’s video': {
    ...{ line: 'access.denied ACCESS_DENIED', event: 'access.denied' },
    refused: async () => world.service.getVideo(ada, await bobs()),
  },
  'plays of another’s video': {
    ...{ line: 'playback.denied ACCESS_DENIED', event: 'playback.denied' },
    refused: async () => world.service.getPlaybackUrl(ada, await bobs()),
  },
  'lists without the right': {
    ...{ line: 'access.denied ACCESS_DENIED', event: 'access.denied' },
    refused: () => world.service.listVideos(ada),
  },
};
let upload: Promise<{ videoId: string }> | undefined;
const bobs = async () => {
  upload ??= world.ask(bob);
  return (await upload).videoId;
};

test.each(Object.entries(FLOODS))(
  'a flood of %s writes at most 20 entries a minute, and each request is logged',
  async (_, { line, event, refused }) => {
    upload = undefined;
    await world.ask(ada);
    for (let call = 0; call < LINES_A_MINUTE + 30; call += 1) expect(await codeOf(refused())).not.toBe('resolved');
    expect(await lines('ada')).toEqual(Array(LINES_A_MINUTE).fill(line));
    expect(logged(event)).toBe(LINES_A_MINUTE + 30);
    world.clock.advance(59_999);
    await codeOf(refused());
    expect(await lines('ada')).toHaveLength(LINES_A_MINUTE);
    world.clock.advance(1);
    await codeOf(refused());
    expect(await lines('ada')).toHaveLength(LINES_A_MINUTE + 1);
  },
);

test('a flood of one actor does not limit another actor, nor one with the same id in another tenant', async () => {
  const namesake = { ...ada, tenantId: 'two' };
  for (let call = 0; call < LINES_A_MINUTE + 1; call += 1) await codeOf(world.service.listVideos(ada));
  await codeOf(world.service.listVideos(bob));
  await codeOf(world.service.listVideos(namesake));
  expect(await lines('ada')).toHaveLength(LINES_A_MINUTE + 1);
  expect(await lines('bob')).toHaveLength(1);
});

test('a flood that the storage’s rate limiter refuses is limited as well', async () => {
  const limited = new RateLimitedError({ scope: 'user', limit: 1, retryAfterMs: 1000 });
  vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValue(limited);
  for (let call = 0; call < LINES_A_MINUTE + 1; call += 1) await codeOf(world.ask(ada));
  expect(await lines('ada')).toEqual(Array(LINES_A_MINUTE).fill('upload.rejected RATE_LIMITED'));
});

test.each(['x'.repeat(129), 'a\u0000b', '\ud83d', ''])(
  'an invalid context id is not written, but the refusal is: %j',
  async (contextId) => {
    const list = Reflect.apply(world.service.listVideos, world.service, [ada, { contextId }]);
    expect(await codeOf(list)).toBe('ACCESS_DENIED');
    expect(await codeOf(Reflect.apply(world.ask, world, [ada, { contextId }]))).toBe('VALIDATION_FAILED');
    const { entries } = await world.events.list({ userId: 'ada', outcome: 'denied', limit: 10 });
    expect(entries.map((entry) => entry.contextId)).toEqual([null, null]);
  },
);

test('a context that is not text is not written either', async () => {
  expect(await codeOf(Reflect.apply(world.ask, world, [ada, { contextId: 7 }]))).toBe('VALIDATION_FAILED');
  const { entries } = await world.events.list({ userId: 'ada', outcome: 'denied', limit: 10 });
  expect(entries.map((entry) => entry.contextId)).toEqual([null]);
});

test('when history or records cannot be written, the caller still gets the refusal, and the log has the failure', async () => {
  const { videoId } = await world.ask(bob);
  const refused = new BackendError('BACKEND_REFUSED', 'no rights');
  vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValue(refused);
  vi.spyOn(world.records, 'discard').mockRejectedValue(new StoreUnavailableError());
  vi.spyOn(world.events, 'append').mockRejectedValue(new StoreUnavailableError());
  await expect(world.ask(ada)).rejects.toBe(refused);
  expect(await codeOf(world.ask(ada, { sizeBytes: -1 }))).toBe('VALIDATION_FAILED');
  expect(await codeOf(world.ask(ada))).toBe('QUOTA_EXCEEDED');
  expect(await codeOf(world.service.listVideos(ada))).toBe('ACCESS_DENIED');
  expect(await codeOf(world.service.getVideo(ada, videoId))).toBe('VIDEO_NOT_FOUND');
  const failed = world.log.filter(({ event }) => event === 'hook.failed');
  expect(failed.map(({ level }) => level)).toEqual(Array(6).fill('error'));
  expect(failed.map(({ operation, code }) => `${operation} ${code}`)).toEqual([
    'discard STORE_UNAVAILABLE',
    ...Array(3).fill('upload.rejected STORE_UNAVAILABLE'),
    ...Array(2).fill('access.denied STORE_UNAVAILABLE'),
  ]);
});

test('a refusal that could not be written is logged with its request id', async () => {
  vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValue(new BackendError('BACKEND_REFUSED', 'no rights'));
  vi.spyOn(world.records, 'discard').mockRejectedValue(new StoreUnavailableError());
  vi.spyOn(world.events, 'append').mockRejectedValue(new StoreUnavailableError());
  const options = { requestId: 'r-1' };
  expect(await codeOf(world.service.getUploadUrl(ada, world.request(), options))).toBe('BACKEND_REFUSED');
  expect(await codeOf(world.service.listVideos(ada, {}, options))).toBe('ACCESS_DENIED');
  const failed = world.log.filter(({ event }) => event === 'hook.failed');
  expect(failed.map(({ requestId }) => requestId)).toEqual(['r-1', 'r-1', 'r-1']);
});

test('a context of the maximum length is written to the history', async () => {
  const contextId = 'x'.repeat(128);
  await codeOf(world.service.listVideos(ada, { contextId }));
  const { entries } = await world.events.list({ contextId, limit: 10 });
  expect(entries).toMatchObject([{ event: 'access.denied', userId: 'ada', role: 'student' }]);
});
