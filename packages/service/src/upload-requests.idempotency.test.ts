import { BackendError, RateLimitedError } from '@videostorage/core';
import { beforeEach, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, bob, film, ServiceWorld } from '../test-support/service-world.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

const all = async () => (await world.records.list({ limit: 1000 })).records;
const ask = (key: string, over = {}, actor = ada) =>
  world.service.getUploadUrl(actor, world.request(over), { idempotencyKey: key });

test('the same key gives the same ticket, also in the second process, and one record', async () => {
  const first = await ask('key-1');
  expect(await ask('key-1')).toEqual(first);
  expect(await world.node().getUploadUrl(ada, world.request(), { idempotencyKey: 'key-1' })).toEqual(first);
  expect(await all()).toHaveLength(1);
});

test('another key or another user gets another upload', async () => {
  const ids = [await ask('key-1'), await ask('key-2'), await ask('key-1', {}, bob)].map(({ videoId }) => videoId);
  expect(new Set(ids).size).toBe(3);
});

test.each([
  ...[{ sizeBytes: film.length + 1 }, { fileName: 'other.mp4' }, { contextId: 'course-2' }],
  ...[{ contextId: undefined }, { mimeType: 'video/quicktime', fileName: 'moov-first.mp4' }],
  ...[{ submissionId: 'hand-in-8' }, { submissionId: undefined }, { maxDurationSeconds: 60 }],
  ...[{ maxDurationSeconds: undefined }, { custom: { a: '1', b: '3' } }, { custom: { a: '1' } }, { custom: undefined }],
])('the key of another request is a conflict: %j', async (over) => {
  const whole = { submissionId: 'hand-in-7', maxDurationSeconds: 90, custom: { a: '1', b: '2' } };
  const first = await ask('key-1', whole);
  expect(await ask('key-1', { ...whole, custom: { b: '2', a: '1' } })).toEqual(first);
  await expect(ask('key-1', { ...whole, ...over })).rejects.toMatchObject({
    ...{ code: 'CONFLICT', message: expect.stringContaining('make a new one for each file') },
  });
});

test('the key of the same user in another tenant is a conflict: its ticket stays in its tenant', async () => {
  const first = await ask('key-1', {}, { ...ada, tenantId: 'one' });
  expect(await codeOf(ask('key-1', {}, { ...ada, tenantId: 'two' }))).toBe('CONFLICT');
  expect(await codeOf(ask('key-1'))).toBe('CONFLICT');
  expect(await ask('key-1', {}, { ...ada, tenantId: 'one' })).toEqual(first);
});

test('ten at once give one ticket', async () => {
  const create = vi.spyOn(world.storage, 'getUploadUrl');
  const asked = Promise.all(Array.from({ length: 10 }, () => ask('key-1')));
  await vi.waitFor(async () => {
    expect(world.clock.sleeping).toBe(9);
    expect((await all())[0]?.ticket).not.toBeNull();
  });
  world.clock.advance(100);
  const tickets = await asked;
  expect(new Set(tickets.map(({ uploadReference }) => uploadReference)).size).toBe(1);
  expect(create).toHaveBeenCalledTimes(1);
});

test('a creation that ended without an answer is repeated for the same upload', async () => {
  const issue = world.storage.getUploadUrl.bind(world.storage);
  const create = vi.spyOn(world.storage, 'getUploadUrl');
  create.mockRejectedValueOnce(new BackendError('BACKEND_UNAVAILABLE', 'down'));
  let dueInSeconds = 0;
  create.mockImplementationOnce(async (request, options) => {
    const { dueAt } = await world.record(request.uploadId ?? '');
    dueInSeconds = (Date.parse(dueAt ?? '') - world.clock.now()) / 1000;
    return issue(request, options);
  });
  expect(await codeOf(ask('key-1'))).toBe('BACKEND_UNAVAILABLE');
  const [record] = await all();
  const again = ask('key-1');
  for (let poll = 0; poll < 20; poll += 1) {
    await vi.waitFor(() => expect(world.clock.sleeping).toBe(1));
    world.clock.advance(100);
  }
  expect((await again).videoId).toBe(record?.id);
  // No sweep discards the upload meanwhile.
  expect(dueInSeconds).toBe(60);
  expect(create.mock.calls.map(([request]) => request.uploadId)).toEqual([record?.id, record?.id]);
});

test('a caller who has aborted does not wait for the creation by another call', async () => {
  const create = vi.spyOn(world.storage, 'getUploadUrl').mockReturnValueOnce(new Promise(() => {}));
  void ask('key-1');
  await vi.waitFor(() => expect(create).toHaveBeenCalledTimes(1));
  const [caller, reason] = [new AbortController(), new Error('the browser hung up')];
  const options = { idempotencyKey: 'key-1', signal: caller.signal };
  const again = world.service.getUploadUrl(ada, world.request(), options);
  await vi.waitFor(() => expect(world.clock.sleeping).toBe(1));
  caller.abort(reason);
  await expect(again).rejects.toBe(reason);
  expect(world.clock.sleeping).toBe(0);
});

test('a key whose request was refused, or that met a rate limit, may be used again', async () => {
  const limited = new RateLimitedError({ scope: 'user', limit: 1, retryAfterMs: 1000 });
  vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValueOnce(limited);
  expect(await codeOf(ask('key-1'))).toBe('RATE_LIMITED');
  expect(await all()).toEqual([]);
  expect(await codeOf(ask('key-1', { sizeBytes: 0 }))).toBe('VALIDATION_FAILED');
  vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValueOnce(new BackendError('BACKEND_REFUSED', 'no rights'));
  expect(await codeOf(ask('key-1'))).toBe('BACKEND_REFUSED');
  expect(await all()).toEqual([]);
  expect(await codeOf(ask('key-1'))).toBe('resolved');
});

test('of two calls that repeat one creation, the later is asked to try again', async () => {
  const create = vi.spyOn(world.storage, 'getUploadUrl');
  create.mockRejectedValueOnce(new BackendError('BACKEND_UNAVAILABLE', 'down'));
  await codeOf(ask('key-1'));
  const message = 'This upload is being created by another call; please try again.';
  const refused = expect(ask('key-1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true, message });
  vi.spyOn(world.records, 'update').mockResolvedValueOnce(undefined);
  for (let poll = 0; poll < 20; poll += 1) {
    await vi.waitFor(() => expect(world.clock.sleeping).toBe(1));
    world.clock.advance(100);
  }
  await refused;
  expect(create).toHaveBeenCalledTimes(1);
});

test('a call whose answer was lost is repeated while it ends: the second one creates the upload', async () => {
  const create = world.storage.getUploadUrl.bind(world.storage);
  vi.spyOn(world.storage, 'getUploadUrl').mockImplementationOnce(async (request, options) => {
    await world.clock.sleep(1000, options?.signal);
    return create(request, options);
  });
  const [caller, reason] = [new AbortController(), new Error('the connection is gone')];
  const options = { idempotencyKey: 'key-1', signal: caller.signal };
  const first = world.service.getUploadUrl(ada, world.request(), options);
  await vi.waitFor(() => expect(world.clock.sleeping).toBe(1));
  const second = ask('key-1');
  await vi.waitFor(() => expect(world.clock.sleeping).toBe(2));
  caller.abort(reason);
  await expect(first).rejects.toBe(reason);
  world.clock.advance(100);
  const { videoId } = await second;
  expect((await all()).map(({ id }) => id)).toEqual([videoId]);
});

test('a call that waits for another’s creation gets the storage’s refusal as well', async () => {
  let refuse = () => {};
  const create = vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValue(new BackendError('BACKEND_REFUSED', 'no'));
  create.mockImplementationOnce(
    () =>
      new Promise((_, reject) => {
        refuse = () => reject(new BackendError('BACKEND_REFUSED', 'no rights'));
      }),
  );
  const first = codeOf(ask('key-1'));
  await vi.waitFor(() => expect(create).toHaveBeenCalledTimes(1));
  const second = codeOf(ask('key-1'));
  await vi.waitFor(() => expect(world.clock.sleeping).toBe(1));
  refuse();
  expect(await first).toBe('BACKEND_REFUSED');
  world.clock.advance(100);
  expect([await second, create.mock.calls.length, await all()]).toEqual(['BACKEND_REFUSED', 2, []]);
});

test('when a key is free again at each try, the call gives up after three tries', async () => {
  await ask('key-1');
  const [known] = await all();
  const insert = vi.spyOn(world.records, 'insert').mockImplementation(async () => {
    if (known === undefined) throw new Error('nothing was asked for');
    return { ...known, ticket: null };
  });
  vi.spyOn(world.records, 'get').mockResolvedValue(undefined);
  const refused = expect(ask('key-1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  for (let poll = 0; poll < 3; poll += 1) {
    await vi.waitFor(() => expect(world.clock.sleeping).toBe(1));
    world.clock.advance(100);
  }
  await refused;
  expect(insert).toHaveBeenCalledTimes(3);
});

test('without a key an outage leaves no record, since the same upload could not be requested again', async () => {
  vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValueOnce(new BackendError('BACKEND_UNAVAILABLE', 'down'));
  expect(await codeOf(world.ask())).toBe('BACKEND_UNAVAILABLE');
  expect(await all()).toEqual([]);
});

test('the key of an upload that has ended is a conflict', async () => {
  const ticket = await ask('key-1');
  await world.service.abortUpload(ada, ticket.uploadReference);
  await expect(ask('key-1')).rejects.toMatchObject({
    ...{ code: 'CONFLICT', message: expect.stringContaining('make a new key') },
  });
});

test('the key of an upload that is being aborted is a conflict too, in an outage of its storage: its ticket cannot be used', async () => {
  const { uploadReference } = await ask('key-1');
  world.storage.provider.failNext('server-error');
  await world.service.abortUpload(ada, uploadReference);
  expect(await world.record(uploadReference)).toMatchObject({ status: 'deleting' });
  expect(await codeOf(ask('key-1'))).toBe('CONFLICT');
});

test('of two calls that create one upload, the slower gets no ticket once it is being aborted', async () => {
  const create = world.storage.getUploadUrl.bind(world.storage);
  vi.spyOn(world.storage, 'getUploadUrl').mockImplementationOnce(async (request, options) => {
    const issued = await create(request, options);
    const [record] = await all();
    const ticket = { ...issued, videoId: record?.id ?? '', uploadReference: record?.id ?? '' };
    const { videoId, uploadReference, expiresAt } = issued;
    await world.records.update(record?.id ?? '', 1, { videoId, uploadReference, expiresAt, ticket });
    world.storage.provider.failNext('server-error');
    await world.service.abortUpload(ada, record?.id ?? '');
    return issued;
  });
  expect(await codeOf(ask('key-1'))).toBe('VIDEO_NOT_FOUND');
});

test('a key whose ticket has expired is UPLOAD_EXPIRED, before and after the sweep expires its upload', async () => {
  const { videoId, expiresAt } = await ask('key-1');
  world.clock.advance(Date.parse(expiresAt) - world.clock.now() - 1);
  expect(await codeOf(ask('key-1'))).toBe('resolved');
  world.clock.advance(1);
  expect(await codeOf(ask('key-1'))).toBe('UPLOAD_EXPIRED');
  await world.sweepLater(26 * 3600);
  expect(await world.record(videoId)).toMatchObject({ status: 'expired' });
  expect(await codeOf(ask('key-1'))).toBe('UPLOAD_EXPIRED');
  expect(await codeOf(ask('key-2'))).toBe('resolved');
});

test.each(['', 'a b', 'ü', 'x'.repeat(129), 'a\n'])('%j is not a valid key', async (key) => {
  const message = 'The idempotencyKey must have 1 to 128 printable characters without spaces.';
  await expect(ask(key)).rejects.toMatchObject({
    ...{ code: 'VALIDATION_FAILED', problems: [{ path: 'idempotencyKey', code: 'ID_INVALID', message }] },
  });
});
