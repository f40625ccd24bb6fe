import { Logger, RateLimiter, Secret } from '@videostorage/core';
import { expect, test } from 'vitest';
import { createMemorySubject } from '../../test-support/memory-subject.ts';
import { ManualClock } from '../manual-clock.ts';
import { sendTicket } from '../send-ticket.ts';
import { describeVideoStorage } from '../suite/describe-video-storage.ts';
import { MemoryStorage } from './memory-storage.ts';

describeVideoStorage({ name: 'MemoryStorage', create: async () => createMemorySubject() });

test('MemoryStorage logs an abort of an unconfirmed or refused upload, but not of a confirmed or deleted one', async () => {
  const events: string[] = [];
  const storage = new MemoryStorage({ logger: new Logger({ sink: ({ event }) => void events.push(event) }) });
  const user = { userId: 'student-1' };
  const upload = () => storage.getUploadUrl({ fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: 4, ...user });
  const aborts = async (uploadReference: string) => {
    events.length = 0;
    await storage.abortUpload(uploadReference, user);
    return [...events];
  };
  const [pending, sent] = [await upload(), await upload()];
  expect([await aborts(pending.uploadReference), await aborts(pending.uploadReference)]).toEqual([
    ['upload.aborted'],
    ['upload.aborted'],
  ]);
  storage.provider.receive(sent.videoId, new Uint8Array(4), 'video/mp4');
  await storage.confirmUpload(sent.uploadReference, { ...user, acceptUnverified: true });
  expect(await aborts(sent.uploadReference)).toEqual([]);
  const refused = await upload();
  storage.provider.receive(refused.videoId, new Uint8Array(5), 'video/mp4');
  const confirming = storage.confirmUpload(refused.uploadReference, user);
  await expect(confirming).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' });
  expect(await aborts(refused.uploadReference)).toEqual(['upload.aborted']);
  await storage.deleteVideo(sent.videoId);
  expect(await aborts(sent.uploadReference)).toEqual([]);
});

test.each([null, 7, 'options'])('options that are %j are refused', (given) => {
  const refused = expect.objectContaining({ code: 'MISCONFIGURED' });
  expect(() => Reflect.construct(MemoryStorage, [given])).toThrow(refused);
  expect(() => Reflect.construct(ManualClock, [given])).toThrow(refused);
});

test.each([
  [{ multipartThreshold: 5 }, '`multipartThreshold` is not an option; do you mean `multipartThresholdBytes`?'],
  [{ multipartThresholdBytes: '5' }, '`multipartThresholdBytes` must be'],
  [{ partSizeBytes: 0 }, '`partSizeBytes` must be'],
  [{ signingSecret: new Secret('short') }, '`signingSecret` must have at least 32 bytes'],
  [{ logger: console }, '`logger` must be a Logger'],
])('MemoryStorage refuses %j by its name', (given, sentence) => {
  expect(() => Reflect.construct(MemoryStorage, [given])).toThrow(sentence);
});

/** Options that are getters of a class, which reads them from its private fields. */
class Settings {
  readonly uploadExpiresInSeconds = 600;
  readonly #partSizeBytes = 2;
  readonly #limiter = new RateLimiter({ upload: [{ scope: 'global', limit: 1, windowSeconds: 60 }], playback: [] });

  get partSizeBytes() {
    return this.#partSizeBytes;
  }

  get multipartThresholdBytes() {
    return 2 * this.#partSizeBytes;
  }

  get rateLimiter() {
    return this.#limiter;
  }
}

class SettingsWithSecrets extends Settings {
  readonly #secret: Secret;

  constructor(secret: Secret) {
    super();
    this.#secret = secret;
  }

  get referenceSecrets() {
    return [this.#secret];
  }

  get signingSecret() {
    return this.#secret;
  }
}

test.each([
  ['their own', () => new SettingsWithSecrets(new Secret('s'.repeat(32)))],
  ['random secrets', () => new Settings()],
])('options that are getters of a class are used, with %s', async (_, create) => {
  const storage = new MemoryStorage(create());
  const file = { fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: 5, userId: 'student-1' };
  expect(await storage.getUploadUrl(file)).toMatchObject({ protocol: 'multipart', partSizeBytes: 2, partCount: 3 });
  await expect(storage.getUploadUrl(file)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  const misspelt = Object.assign(create(), { partSize: 2 });
  expect(() => new MemoryStorage(misspelt)).toThrow('do you mean `partSizeBytes`?');
});

test('with secrets that are getters of a class, another storage with the same secrets accepts a signature', async () => {
  const secret = new Secret('s'.repeat(32));
  const clock = new ManualClock();
  const [one, other] = [1, 2].map(() => new MemoryStorage(Object.assign(new SettingsWithSecrets(secret), { clock })));
  expect.assert(one !== undefined && other !== undefined);
  const user = { userId: 'student-1' };
  const file = { fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: 5, ...user };
  const { uploadReference, videoId } = await one.getUploadUrl(file);
  await expect(other.confirmUpload(uploadReference, user)).rejects.toMatchObject({ code: 'NOT_UPLOADED' });
  const { url } = await one.getPlaybackUrl(videoId);
  expect((await other.getPlaybackUrl(videoId)).url).toBe(url);
});

test('a signing secret may be text, and `multipartThresholdBytes` may be Infinity', () => {
  const given = { signingSecret: 'x'.repeat(32), multipartThresholdBytes: Number.POSITIVE_INFINITY };
  expect(Reflect.construct(MemoryStorage, [given])).toBeInstanceOf(MemoryStorage);
});

test('sendTicket refuses a misspelt option: without `fetch` it would send to the network', async () => {
  const { storage } = createMemorySubject();
  const file = { fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: 1, userId: 'student-1' };
  const given = [await storage.getUploadUrl(file), new Uint8Array(1), 'video/mp4', { fetsh: () => {} }];
  await expect(Reflect.apply(sendTicket, undefined, given)).rejects.toThrow('do you mean `fetch`?');
});

test('at most a hundred parts are signed per call', async () => {
  const storage = new MemoryStorage({ multipartThresholdBytes: 1, partSizeBytes: 1 });
  const user = { userId: 'student-1' };
  const file = { fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: 101, ...user };
  const { uploadReference } = await storage.getUploadUrl(file);
  const numbers = Array.from({ length: 101 }, (_, index) => index + 1);
  expect(await storage.multipart.signParts(uploadReference, numbers.slice(1), user)).toHaveLength(100);
  const tooMany = storage.multipart.signParts(uploadReference, numbers, user);
  await expect(tooMany).rejects.toMatchObject({ problems: [{ path: 'partNumbers' }] });
});
