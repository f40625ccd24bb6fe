import { fixtures, sendTicket } from '@videostorage/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { createEmulatedSubject, type EmulatedSubject } from '../test-support/subject.ts';
import type { StoreAbilities } from './store-abilities.ts';

const user = { userId: 'student-1' };
const uploadId = '0123456789abcdef0123456789abcdef';
const subjects: EmulatedSubject[] = [];

afterEach(async () => {
  for (const subject of subjects.splice(0)) await subject.dispose();
});

async function subjectOver(lacks: Parameters<typeof createEmulatedSubject>[1], store: StoreAbilities = {}) {
  const subject = await createEmulatedSubject({ store }, lacks);
  subjects.push(subject);
  return subject;
}

async function createUpload({ storage }: EmulatedSubject, id = uploadId) {
  const sizeBytes = (await fixtures.moovFirst.read()).length;
  return storage.getUploadUrl({ ...user, fileName: 'f.mp4', mimeType: 'video/mp4', sizeBytes, uploadId: id });
}

async function sent(subject: EmulatedSubject, id = uploadId) {
  const ticket = await createUpload(subject, id);
  const { multipart } = subject.storage;
  const signParts = (numbers: readonly number[]) => multipart.signParts(ticket.uploadReference, numbers, user);
  await sendTicket(ticket, await fixtures.moovFirst.read(), 'video/mp4', { signParts });
  return ticket;
}

async function confirmed(subject: EmulatedSubject, id = uploadId) {
  const ticket = await sent(subject, id);
  return (await subject.storage.confirmUpload(ticket.uploadReference, user)).videoId;
}

/** Stores renditions as a host app's encoder does, so that a delete has several keys. */
async function addRenditions(subject: EmulatedSubject) {
  const video = await confirmed(subject);
  for (const name of ['hls/master.m3u8', 'hls/s0.ts']) await subject.putObject(`videos/${uploadId}/${name}`, name);
  return video;
}

const refusal = (option: keyof StoreAbilities, code: string) => ({
  code,
  retryable: false,
  message: expect.stringContaining(`set \`store: { ${option}: false }\``),
});
const formsTried = ({ s3 }: EmulatedSubject) => s3.requests.filter((request) => request === 'POST /videos').length;

describe('a store without POST policies', () => {
  test('is reported by the confirm of a form that never arrived', async () => {
    const subject = await subjectOver({ withoutPostPolicies: true });
    const ticket = await createUpload(subject);
    expect(ticket.protocol).toBe('post');
    await expect(sendTicket(ticket, await fixtures.moovFirst.read(), 'video/mp4')).rejects.toThrow('501');
    const confirm = subject.storage.confirmUpload(ticket.uploadReference, user);
    await expect(confirm).rejects.toMatchObject(refusal('postPolicies', 'MISCONFIGURED'));
  });

  test('gets every upload in parts when that is declared, the smallest too', async () => {
    const subject = await subjectOver({ withoutPostPolicies: true }, { postPolicies: false });
    const ticket = await sent(subject);
    expect(ticket).toMatchObject({ protocol: 'multipart', partCount: 1 });
    const video = await subject.storage.confirmUpload(ticket.uploadReference, user);
    expect(video.status).toBe('ready');
    expect(formsTried(subject)).toBe(0);
  });

  test('is not checked when that is declared: a form of an earlier ticket has just not arrived', async () => {
    const subject = await subjectOver({ withoutPostPolicies: true });
    const ticket = await createUpload(subject);
    const stated = subject.storageWith({}, { store: { postPolicies: false } });
    await expect(stated.confirmUpload(ticket.uploadReference, user)).rejects.toMatchObject({ code: 'NOT_UPLOADED' });
    expect(formsTried(subject)).toBe(0);
  });

  test('is checked once: where the store accepts forms, a missing form has just not arrived', async () => {
    const subject = await subjectOver({});
    const ticket = await createUpload(subject);
    for (let times = 0; times < 3; times++) {
      const confirm = subject.storage.confirmUpload(ticket.uploadReference, user);
      await expect(confirm).rejects.toMatchObject({ code: 'NOT_UPLOADED' });
    }
    expect(formsTried(subject)).toBe(1);
    expect(subject.s3.keys).toEqual([]);
  });

  test('is not checked when the form has arrived', async () => {
    const subject = await subjectOver({});
    await confirmed(subject);
    expect(formsTried(subject), 'the browser’s alone').toBe(1);
  });

  test('is not concluded when the store does not answer the check', async () => {
    const subject = await subjectOver({});
    const ticket = await createUpload(subject);
    const matches = ({ method, url }: { readonly method?: string | undefined; readonly url?: string | undefined }) =>
      method === 'POST' && url === '/videos';
    subject.s3.failNext({ kind: 'reset', when: 'before-effect' }, { matches, times: 10 });
    const confirm = subject.storage.confirmUpload(ticket.uploadReference, user);
    await expect(confirm).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', retryable: true });
  });
});

describe('a store that refuses the checksum of many deletes', () => {
  const lacks = { withoutDeleteChecksums: true };

  test('is reported by the delete, and the video stays hidden by its tombstone', async () => {
    const subject = await subjectOver(lacks);
    const videoId = await addRenditions(subject);
    const removal = subject.storage.deleteVideo(videoId);
    const providerRequestId = expect.stringMatching(/./);
    await expect(removal).rejects.toMatchObject({
      ...{ ...refusal('deleteChecksums', 'BACKEND_REFUSED'), status: 501, providerRequestId },
    });
    expect(await subject.storage.videoExists(videoId)).toBe(false);
  });

  test.each([false, true])('gets one delete for each key when that is declared; versioned %s', async (versioned) => {
    const subject = await subjectOver({ ...lacks, versioned }, { deleteChecksums: false });
    const videoId = await addRenditions(subject);
    const before = subject.s3.requests.length;
    await subject.storage.deleteVideo(videoId);
    expect(subject.s3.keys.filter((key) => key.startsWith('videos/'))).toEqual([]);
    expect(subject.s3.requests.slice(before).filter((request) => request.startsWith('POST'))).toEqual([]);
  });
});

describe.each([
  ['refuses create-if-absent', { withoutCreateIfAbsent: true }, 'BACKEND_REFUSED'],
  ['ignores it, as Ceph 16 does on versioned buckets', { behavesLike: 'ceph-16', versioned: true }, 'MISCONFIGURED'],
] as const)('a store that %s', (_name, lacks, code) => {
  test('is reported by the first confirm, and nothing becomes a video', async () => {
    const subject = await subjectOver(lacks);
    const { uploadReference, videoId } = await sent(subject);
    const confirm = subject.storage.confirmUpload(uploadReference, user);
    await expect(confirm).rejects.toMatchObject(refusal('createIfAbsent', code));
    expect(await subject.storage.videoExists(videoId)).toBe(false);
  });

  test('gives four simultaneous confirms of one process the same result when that is declared', async () => {
    const subject = await subjectOver(lacks, { createIfAbsent: false });
    const { uploadReference } = await sent(subject);
    const once = () => subject.storage.confirmUpload(uploadReference, user);
    const videos = await Promise.all(Array.from({ length: 4 }, once));
    for (const video of videos) expect(video).toEqual(videos[0]);
    expect(subject.s3.keys.filter((key) => key.startsWith('videos/'))).toHaveLength(1);
  });
});

test('a store that creates atomically is checked once: the second upload sends no request twice', async () => {
  const subject = await subjectOver({});
  const puts = async (id: string) => {
    const before = subject.s3.requests.length;
    await confirmed(subject, id);
    return subject.s3.requests.slice(before).filter((request) => /^PUT .*\/(claims|records)\//.test(request)).length;
  };
  expect(await puts(uploadId)).toBe(3);
  expect(await puts('f'.repeat(32))).toBe(2);
});
