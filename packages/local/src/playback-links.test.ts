import { rename, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fixtures } from '@videostorage/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { sendByTus } from '../test-support/sending.ts';

const bytes = await fixtures.moovFirst.read();
let running: RunningStorage;

beforeAll(async () => {
  running = await startStorage();
});
afterAll(() => running.stop());

async function addVideo(): Promise<string> {
  const ticket = await running.storage.getUploadUrl(requestFor(bytes));
  await sendByTus(tusUrl(ticket), bytes);
  return (await running.storage.confirmUpload(ticket.uploadReference, { userId: 'anna' })).videoId;
}

test('a link in place of the file or of its folder is not followed', async () => {
  const linked = await addVideo();
  const playback = await running.storage.getPlaybackUrl(linked);
  const folder = join(running.folder, 'videos', linked.slice(0, 32));
  const source = join(folder, 'source.mp4');
  await unlink(source);
  await symlink('/etc/hostname', source);
  expect((await fetch(playback.url)).status).toBe(404);
  await rename(folder, `${folder}-elsewhere`);
  await symlink(`${folder}-elsewhere`, folder);
  expect((await fetch(playback.url)).status).toBe(404);
  await unlink(folder);
});

test('a link in place of the folder is not followed, although the very file is behind it', async () => {
  const linked = await addVideo();
  const playback = await running.storage.getPlaybackUrl(linked);
  const folder = join(running.folder, 'videos', linked.slice(0, 32));
  await rename(folder, `${folder}-elsewhere`);
  await symlink(`${folder}-elsewhere`, folder);
  expect((await fetch(playback.url)).status).toBe(404);
  await unlink(folder);
  await rename(`${folder}-elsewhere`, folder);
  expect((await fetch(playback.url)).status).toBe(200);
});
