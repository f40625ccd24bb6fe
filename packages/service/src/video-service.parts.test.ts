import { BackendError } from '@videostorage/core';
import { beforeEach, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, ServiceWorld } from '../test-support/service-world.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

test('an upload continues after a reload, with the ticket and the parts of its state', async () => {
  world = new ServiceWorld({ multipart: true });
  const ticket = await world.ask();
  const [part] = await world.service.signParts(ada, ticket.uploadReference, [1]);
  expect(part?.partNumber).toBe(1);
  await world.storage.fetch(
    new Request(part?.url ?? '', {
      method: 'PUT',
      body: new Uint8Array(part?.sizeBytes ?? 0),
      headers: part?.headers ?? {},
    }),
  );
  const list = vi.spyOn(world.storage.multipart, 'listParts');
  const options = { timeoutMs: 1234 };
  const state = await world.service.getUpload(ada, ticket.uploadReference, options);
  expect(list).toHaveBeenCalledExactlyOnceWith(expect.any(String), { ...options, userId: 'ada' });
  expect(state).toMatchObject({ status: 'pending', fileName: 'moov-first.mp4', ticket });
  expect(state.uploadedParts).toEqual([{ partNumber: 1, sizeBytes: 20_000 }]);
});

test('a confirmed upload takes no parts and has no ticket any more', async () => {
  const id = await world.upload();
  await world.service.confirmUpload(ada, id);
  expect(await codeOf(world.service.signParts(ada, id, [1]))).toBe('CONFLICT');
  expect(await world.service.getUpload(ada, id)).not.toHaveProperty('ticket');
  expect(await world.record(id)).toMatchObject({ ticket: null, uploadReference: null });
});

test('the storage is called for parts only for an upload that is sent in parts', async () => {
  const list = vi.spyOn(world.storage.multipart, 'listParts');
  const { uploadReference } = await world.ask();
  expect(await world.service.getUpload(ada, uploadReference)).not.toHaveProperty('uploadedParts');
  expect(list).not.toHaveBeenCalled();
});

test('an upload in parts is returned without them when its storage no longer supports parts', async () => {
  world = new ServiceWorld({ multipart: true });
  const { uploadReference } = await world.ask();
  Object.defineProperty(world.storage, 'multipart', { value: undefined });
  const state = await world.service.getUpload(ada, uploadReference);
  expect([state.status, Object.keys(state).includes('uploadedParts')]).toEqual(['pending', false]);
});

test('an upload that has no ticket yet, or whose storage no longer supports parts, takes none', async () => {
  world = new ServiceWorld({ multipart: true });
  const [inParts, withoutTicket] = [await world.ask(), await world.ask()];
  const { version } = await world.record(withoutTicket.uploadReference);
  await world.records.update(withoutTicket.uploadReference, version, { uploadReference: null, ticket: null });
  const refused = { code: 'CONFLICT', message: 'This upload takes no parts.' };
  await expect(world.service.signParts(ada, withoutTicket.uploadReference, [1])).rejects.toMatchObject(refused);
  expect(await world.service.signParts(ada, inParts.uploadReference, [1])).toHaveLength(1);
  Object.defineProperty(world.storage, 'multipart', { value: undefined });
  await expect(world.service.signParts(ada, inParts.uploadReference, [1])).rejects.toMatchObject(refused);
});

test('an upload whose delete has begun, and waits for its storage, takes no parts', async () => {
  world = new ServiceWorld({ multipart: true });
  const { uploadReference: id } = await world.ask();
  expect(await world.service.signParts(ada, id, [1])).toHaveLength(1);
  vi.spyOn(world.storage, 'abortUpload').mockRejectedValue(new BackendError('BACKEND_UNAVAILABLE', 'down'));
  await codeOf(world.service.abortUpload(ada, id));
  expect((await world.record(id)).status).toBe('deleting');
  expect(await codeOf(world.service.signParts(ada, id, [1]))).toBe('CONFLICT');
});
