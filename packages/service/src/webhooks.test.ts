import { BackendError, ContentUnverifiableError } from '@videostorage/core';
import { beforeEach, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, film, ServiceWorld, teacher } from '../test-support/service-world.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

const deliver = async (id: string, service = world.service) => service.handleWebhook('memory', await world.webhook(id));
const hooks = () => world.hookCalls.map(({ hook }) => hook);

test('T-C5: a webhook before the browser’s confirm acts as the confirm, and the video becomes ready once', async () => {
  const id = await world.upload();
  await deliver(id);
  expect(await world.record(id)).toMatchObject({ status: 'processing' });
  const accepted = world.log.filter(({ event }) => event === 'webhook.accepted');
  const { videoId } = await world.record(id);
  expect(accepted).toMatchObject([{ level: 'info', backendName: 'memory', videoId }]);
  world.storage.provider.settle();
  await deliver(id);
  expect(await world.record(id)).toMatchObject({ status: 'ready' });
  expect(await world.service.confirmUpload(ada, id)).toMatchObject({ status: 'ready' });
  await deliver(id);
  expect(hooks()).toEqual(['ready']);
  expect(await world.history(id)).toEqual(['upload.requested', 'upload.confirmed', 'video.ready']);
});

test('one that arrives before the bytes is accepted, and changes nothing', async () => {
  const { videoId } = await world.ask();
  await deliver(videoId);
  expect(await world.record(videoId)).toMatchObject({ status: 'pending' });
});

test('twenty copies at once on two processes make one transition', async () => {
  const id = await world.upload();
  const request = await world.webhook(id);
  world.storage.provider.settle();
  const nodes = [world.service, world.node()];
  await Promise.all(Array.from({ length: 20 }, (_, index) => nodes[index % 2]?.handleWebhook('memory', request)));
  expect(await world.history(id)).toEqual(['upload.requested', 'upload.confirmed']);
});

test('one about a video that is ready and reported to the host app writes nothing', async () => {
  const id = await world.upload();
  await deliver(id);
  world.storage.provider.settle();
  await deliver(id);
  const done = await world.record(id);
  expect(done).toMatchObject({ status: 'ready', dueAt: null, notifiedAt: expect.any(String) });
  const written = [vi.spyOn(world.records, 'update'), vi.spyOn(world.records, 'schedule')];
  await deliver(id);
  expect(written.map(({ mock }) => mock.calls)).toEqual([[], []]);
  expect(await world.record(id)).toEqual(done);
});

test('a late one about a deleted video restores nothing', async () => {
  const { videoId } = await world.readyVideo();
  const request = await world.webhook(videoId);
  await world.service.deleteVideo(teacher, videoId);
  await world.service.handleWebhook('memory', request);
  expect(await world.record(videoId)).toMatchObject({ status: 'deleted' });
  expect(hooks()).toEqual(['ready', 'deleted']);
});

test('one about an unknown video is ignored, or passed to the host app, whose failure reaches the sender', async () => {
  const request = await world.storage.webhooks.deliver('0'.repeat(32));
  await world.service.handleWebhook('memory', request);
  const onForeignWebhook = vi.fn(async () => {});
  await world.node({ onForeignWebhook }).handleWebhook('memory', request);
  expect(onForeignWebhook).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ videoId: '0'.repeat(32) }));
  const down = new Error('the other host app is down');
  const failing = world.node({ onForeignWebhook: () => Promise.reject(down) });
  await expect(failing.handleWebhook('memory', request)).rejects.toBe(down);
});

test('one that the storage refuses is thrown and logged, and no record is looked up', async () => {
  const id = await world.upload();
  const find = vi.spyOn(world.records, 'findByVideoId');
  const { rawBody, headers } = await world.webhook(id);
  const changed = { rawBody: new Uint8Array([...rawBody, 32]), headers };
  expect(await codeOf(world.service.handleWebhook('memory', changed))).toBe('WEBHOOK_SIGNATURE_INVALID');
  const refused = { level: 'warn', event: 'webhook.refused', backendName: 'memory' };
  expect(world.log.at(-1)).toMatchObject({ ...refused, code: 'WEBHOOK_SIGNATURE_INVALID' });
  expect(find).not.toHaveBeenCalled();
  vi.spyOn(world.storage.webhooks, 'parse').mockRejectedValueOnce(new TypeError('a fault of the storage'));
  await expect(deliver(id)).rejects.toThrow('a fault of the storage');
  expect(world.log.at(-1)).toMatchObject({ ...refused, code: 'INTERNAL' });
});

test.each(['nowhere', 'plain'])('a storage without webhooks, or an unknown one, is not found: %s', async (name) => {
  const plain = Object.defineProperties(Object.create(world.storage), {
    backendName: { value: 'plain' },
    webhooks: { value: undefined },
  });
  const service = world.node({ storages: [world.storage, plain] });
  expect(await codeOf(service.handleWebhook(name, await world.storage.webhooks.deliver('x')))).toBe('VIDEO_NOT_FOUND');
});

test('one about content that could not be determined is accepted: sending it again would change nothing', async () => {
  const id = await world.upload();
  const request = await world.webhook(id);
  vi.spyOn(world.storage, 'confirmUpload').mockRejectedValueOnce(new ContentUnverifiableError());
  await world.service.handleWebhook('memory', request);
  expect(await world.record(id)).toMatchObject({ status: 'pending', errorCode: 'CONTENT_UNVERIFIABLE' });
});

test('one request with several events is about each of their videos', async () => {
  const ids = [await world.upload(), await world.upload()];
  const events = await Promise.all(ids.map(async (id) => world.storage.webhooks.parse(await world.webhook(id))));
  vi.spyOn(world.storage.webhooks, 'parse').mockResolvedValueOnce(events.flat());
  await deliver(ids[0] ?? '');
  for (const id of ids) expect(await world.record(id)).toMatchObject({ status: 'processing' });
});

test('an outage is thrown, so that the sender tries again', async () => {
  const id = await world.upload();
  const request = await world.webhook(id);
  vi.spyOn(world.storage, 'confirmUpload').mockRejectedValueOnce(new BackendError('BACKEND_UNAVAILABLE', 'down'));
  expect(await codeOf(world.service.handleWebhook('memory', request))).toBe('BACKEND_UNAVAILABLE');
  await world.service.handleWebhook('memory', request);
  expect(await world.record(id)).toMatchObject({ status: 'processing' });
});

test('a failing hook is thrown to the sender; its next try calls the hook again with the same id and version', async () => {
  const id = await world.upload();
  await world.service.confirmUpload(ada, id);
  world.storage.provider.settle();
  world.hookError = new Error('the gradebook is down');
  await expect(deliver(id)).rejects.toThrow('the gradebook is down');
  expect(await world.record(id)).toMatchObject({ status: 'ready', notifiedAt: null });
  world.hookError = undefined;
  await deliver(id);
  expect(world.hookCalls).toHaveLength(2);
  expect(world.hookCalls[0]).toEqual(world.hookCalls[1]);
  expect(await world.record(id)).toMatchObject({ status: 'ready', dueAt: null, notifiedAt: expect.any(String) });
});

test('a hook that fails for a refused upload is thrown to the sender as well', async () => {
  const { videoId: id } = await world.ask();
  const { videoId } = await world.record(id);
  world.storage.provider.receive(videoId ?? '', film, 'video/webm');
  world.hookError = new Error('the gradebook is down');
  await expect(deliver(id)).rejects.toThrow('the gradebook is down');
  expect(await world.record(id)).toMatchObject({ status: 'failed', notifiedAt: null });
  expect(world.hookCalls).toHaveLength(1);
  world.hookError = undefined;
  await deliver(id);
  expect(new Set(world.hookCalls.map((call) => JSON.stringify(call))).size).toBe(1);
  expect(world.hookCalls[0]).toMatchObject({ hook: 'failed', id });
  expect(await world.record(id)).toMatchObject({ dueAt: null, notifiedAt: expect.any(String) });
});
