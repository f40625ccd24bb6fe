import {
  AccessError,
  BackendError,
  ContentMismatchError,
  NotUploadedError,
  UploadExpiredError,
  VideoNotFoundError,
} from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import { MapStorage } from '../test-support/map-storage.ts';
import { pauseBeforeSending, until } from '../test-support/open-page.ts';
import { formTicket, type PageScript, partsTicket, scriptedPage, videoThatIs } from '../test-support/scripted-page.ts';
import { fileFingerprint } from './memory/file-fingerprint.ts';
import { RememberedUploads } from './memory/remembered-uploads.ts';
import { withUploadLock } from './page/upload-locks.ts';

const away = new BackendError('BACKEND_UNAVAILABLE', 'away');
const countOf = (asked: readonly string[], name: string) => asked.filter((each) => each === name).length;

/** How an upload ends: its phase, or the code of its failure. */
async function endOf(script: PageScript) {
  const world = scriptedPage(script);
  const upload = world.page.upload(world.file);
  const end = await upload.done.then(
    ({ status }) => status,
    ({ code }) => code,
  );
  return { ...world, upload, end };
}

test('a file is requested, sent and confirmed once, and then no longer remembered', async () => {
  const { end, asked, remembered } = await endOf({});
  expect([end, asked, remembered()]).toEqual(['ready', ['ticket', 'send', 'confirm'], []]);
});

describe('a confirm that answers NOT_UPLOADED', () => {
  const notUploaded = () => new NotUploadedError();

  test('has the file sent six times, at least two seconds apart', async () => {
    const { end, asked, waits, remembered } = await endOf({ confirm: notUploaded });
    expect(end).toBe('NOT_UPLOADED');
    expect(['ticket', 'state', 'send', 'confirm'].map((name) => countOf(asked, name))).toEqual([1, 5, 6, 6]);
    expect(waits).toHaveLength(5);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(2000);
    expect(remembered()).toEqual([expect.not.objectContaining({ pending: 'confirm' })]);
    expect(remembered()).toMatchObject([{ uploadReference: 'r', fileName: 'film.mp4' }]);
  });

  test('ends a form that the storage has refused, but not one that it still receives', async () => {
    const refused = await endOf({ send: () => 403, confirm: notUploaded });
    expect([refused.end, refused.asked]).toEqual(['BACKEND_REFUSED', ['ticket', 'send', 'confirm']]);
    const received = await endOf({
      send: (call) => (call === 1 ? 409 : 204),
      confirm: (call) => (call === 1 ? notUploaded() : videoThatIs('ready')),
    });
    expect([received.end, countOf(received.asked, 'send')]).toEqual(['ready', 2]);
  });

  test('for an expired ticket is UPLOAD_EXPIRED, whatever the storage answered', async () => {
    const { time } = scriptedPage({});
    const ending = (leftMs: number) => () => ({
      ...formTicket,
      expiresAt: new Date(time.nowMs + leftMs).toISOString(),
    });
    const expired = await endOf({ ticket: ending(0), send: () => 403, confirm: notUploaded });
    expect([expired.end, expired.keys.length]).toEqual(['UPLOAD_EXPIRED', 2]);
    const valid = await endOf({ ticket: ending(1), send: () => 403, confirm: notUploaded });
    expect([valid.end, valid.keys.length]).toEqual(['BACKEND_REFUSED', 1]);
  });

  test.each([404, 410])('for a URL that is gone (%i) leads to one new upload, with another key', async (status) => {
    const twice = await endOf({ send: () => status, confirm: notUploaded });
    expect([twice.end, new Set(twice.keys).size, twice.keys.length]).toEqual(['UPLOAD_EXPIRED', 2, 2]);
    const once = await endOf({
      send: (call) => (call === 1 ? status : 204),
      confirm: (call) => (call === 1 ? notUploaded() : videoThatIs('ready')),
    });
    expect([once.end, once.keys.length, once.remembered()]).toEqual(['ready', 2, []]);
  });

  test('for a URL that is gone after bytes were sent is UPLOAD_EXPIRED, so that the user knows', async () => {
    const { end, keys, upload } = await endOf({
      ...{ ticket: () => partsTicket(3), confirm: notUploaded },
      send: (call) => (call === 1 ? away : 410),
    });
    expect([end, keys.length]).toEqual(['UPLOAD_EXPIRED', 1]);
    expect(upload.error).toHaveProperty('cause.status', 410);
  });

  test('for a form whose URL is gone after a dropped connection leads to a new upload, since no bytes are lost', async () => {
    const { end, keys } = await endOf({
      send: (call) => [away, 410][call - 1] ?? 204,
      confirm: (call) => (call === 1 ? notUploaded() : videoThatIs('ready')),
    });
    expect([end, new Set(keys).size]).toEqual(['ready', 2]);
  });

  test('for a URL that is gone after bytes were sent leads to a new upload when the user tries again', async () => {
    const { end, keys, upload } = await endOf({
      ticket: () => ({ ...partsTicket(1), partSizeBytes: 25 }),
      // A refused part is signed again and sent once more.
      send: (call) => [away, 410, 410, 410, 410][call - 1] ?? 204,
      confirm: (call) => (call < 3 ? notUploaded() : videoThatIs('ready')),
    });
    expect([end, keys.length]).toEqual(['UPLOAD_EXPIRED', 1]);
    upload.resume();
    await expect(upload.done).resolves.toMatchObject({ status: 'ready' });
    expect(new Set(keys).size).toBe(2);
  });
});

describe('what is remembered of an upload', () => {
  test('whose bytes have arrived is a pending confirm', async () => {
    const { remembered } = await endOf({ confirm: () => new AccessError('ACCESS_DENIED') });
    expect(remembered()).toMatchObject([{ pending: 'confirm' }]);
  });

  test('that the storage refused is not a pending confirm', async () => {
    const { remembered } = await endOf({ send: () => 403, confirm: () => new AccessError('ACCESS_DENIED') });
    expect(remembered()).toEqual([expect.not.objectContaining({ pending: 'confirm' })]);
  });

  test('whose confirm was refused for good is nothing', async () => {
    const refusal = new ContentMismatchError({ code: 'NOT_A_VIDEO', message: 'x' });
    const { end, remembered } = await endOf({ confirm: () => refusal });
    expect([end, remembered()]).toEqual(['CONTENT_MISMATCH', []]);
  });
});

describe('an upload that continues', () => {
  const paused = async (script: PageScript) => {
    const world = scriptedPage(script);
    const upload = world.page.upload(world.file);
    await pauseBeforeSending(upload);
    return { ...world, upload };
  };

  test.each(['expired', 'failed', 'deleted'] as const)(
    'and is %s leads to a new one, and is no longer remembered',
    async (status) => {
      const { upload, keys, remembered } = await paused({
        state: () => ({ status }),
        confirm: () => new AccessError('ACCESS_DENIED'),
      });
      upload.resume();
      await expect(upload.done).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
      expect(keys.length).toBe(2);
      expect(remembered()).toMatchObject([{ idempotencyKey: keys[1] }]);
    },
  );

  test('and is unknown leads to a new one, and stays remembered for its user', async () => {
    const { upload, keys, remembered } = await paused({ state: () => new VideoNotFoundError() });
    upload.resume();
    await upload.done;
    expect(remembered()).toMatchObject([{ idempotencyKey: keys[0] }]);
  });

  test('and is already a video is confirmed and not sent', async () => {
    const { upload, asked } = await paused({ state: () => ({ status: 'ready' }) });
    const before = countOf(asked, 'send');
    upload.resume();
    expect(await upload.done).toMatchObject({ status: 'ready' });
    expect([countOf(asked, 'send'), upload.progress.sentBytes]).toEqual([before, 25]);
  });

  test('sends the parts that are missing', async () => {
    const uploadedParts = [
      { partNumber: 1, sizeBytes: 10 },
      { partNumber: 3, sizeBytes: 5 },
    ];
    const { upload, urls } = await paused({ ticket: () => partsTicket(3), state: () => ({ uploadedParts }) });
    const before = urls.length;
    upload.resume();
    expect(await upload.done).toMatchObject({ status: 'ready' });
    expect(urls.slice(before)).toEqual(['https://storage.example/2']);
  });

  test('and has ended after its bytes were sent leads to a new one, which starts at zero', async () => {
    const sentBytes: number[] = [];
    const { page, file, keys } = scriptedPage({
      ticket: () => {
        sentBytes.push(upload.progress.sentBytes);
        return formTicket;
      },
      state: () => ({ status: 'expired' }),
      // The URL of the second upload is gone before any of its bytes were sent, so a third one is created.
      send: (call) => (call === 2 ? 410 : 204),
      confirm: (call) => (call < 3 ? new NotUploadedError() : videoThatIs('ready')),
    });
    const upload = page.upload(file);
    expect(await upload.done).toMatchObject({ status: 'ready' });
    expect([sentBytes, new Set(keys).size]).toEqual([[0, 0, 0], 3]);
  });
});

describe('an upload that another page sends', () => {
  /** A page with a paused upload, whose lock another page holds until it has finished. */
  async function heldElsewhere() {
    const world = scriptedPage({});
    const first = world.page.upload(world.file);
    await pauseBeforeSending(first);
    const [began, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const elsewhere = async () => {
      began.resolve();
      await over.promise;
    };
    const held = withUploadLock(`${world.keys[0]}`, 'film.mp4', elsewhere, new ManualClock());
    await began.promise;
    const end = async () => {
      over.resolve();
      await held;
    };
    return { ...world, first, end };
  }

  test('is refused after two seconds of the page’s clock, and continued later, whether it is remembered or not', async () => {
    const { page, file, asked, waits, first, end } = await heldElsewhere();
    const second = page.upload(file);
    await expect(second.done).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(waits).toEqual([2000]);
    await end();
    await first.abort();
    second.resume();
    expect(await second.done).toMatchObject({ status: 'ready' });
    expect(asked).toEqual(['ticket', 'release', 'state', 'send', 'confirm']);
  });

  test.each([
    ['continues after the bytes that page has sent', undefined, 'state', [2, 3]],
    ['is requested again when that page has abandoned it', 'release', 'ticket', [1, 2, 3]],
  ] as const)('and that had no ticket yet when it was chosen here %s', async (_name, pending, question, sent) => {
    const storage = new MapStorage();
    const memory = new RememberedUploads(storage, () => 1_800_000_000_000);
    const uploadedParts = [{ partNumber: 1, sizeBytes: 10 }];
    const state = () => ({ ticket: partsTicket(3), uploadedParts });
    const { page, file, asked, urls } = scriptedPage({ ticket: () => partsTicket(3), state }, { storage });
    const fingerprint = await fileFingerprint(file);
    const begun = { idempotencyKey: 'k', fileName: file.name, sizeBytes: file.size, fingerprint };
    memory.keep({ ...begun, begunAtMs: 1_800_000_000_000 });
    const over = Promise.withResolvers<void>();
    const elsewhere = withUploadLock('k', 'film.mp4', () => over.promise, new ManualClock());
    const upload = page.upload(file);
    await expect(upload.done).rejects.toMatchObject({ code: 'CONFLICT' });
    memory.keep({ ...begun, begunAtMs: 1_800_000_000_000, uploadReference: 'r', ...(pending && { pending }) });
    over.resolve();
    await elsewhere;
    upload.resume();
    expect(await upload.done).toMatchObject({ status: 'ready' });
    expect([asked.filter((each) => each !== 'send'), urls]).toEqual([
      [question, 'confirm'],
      sent.map((part) => `https://storage.example/${part}`),
    ]);
  });

  test('is not released when it is aborted here, as is decided after two seconds of the page’s clock', async () => {
    const { asked, waits, first, end } = await heldElsewhere();
    await first.abort();
    expect([first.phase, asked, waits]).toEqual(['aborted', ['ticket'], [2000]]);
    await end();
  });
});

test('a key whose upload has ended is replaced once, and not a second time', async () => {
  const once = await endOf({ ticket: (call) => (call === 1 ? new UploadExpiredError() : formTicket) });
  expect([once.end, new Set(once.keys).size]).toEqual(['ready', 2]);
  const always = await endOf({ ticket: () => new UploadExpiredError() });
  expect([always.end, new Set(always.keys).size, always.keys.length]).toEqual(['UPLOAD_EXPIRED', 2, 2]);
});

test('a tus upload that ends after its offset was requested and before bytes were sent is replaced by another', async () => {
  const storage = new MapStorage();
  const memory = new RememberedUploads(storage, () => 1_800_000_000_000);
  const chunk = { minBytes: 1, maxBytes: 100, multipleOf: 1 };
  const { uploadReference, videoId, expiresAt } = formTicket;
  const script: PageScript = {
    state: () => ({
      ticket: { protocol: 'tus', url: 'https://storage.example/tus', chunk, uploadReference, videoId, expiresAt },
    }),
    // The answer has no offset, so that it is requested again.
    send: (call) => [200, 410][call - 1] ?? 204,
    confirm: (call) => (call === 1 ? new NotUploadedError() : videoThatIs('ready')),
  };
  const { page, file, asked } = scriptedPage(script, { storage });
  const fingerprint = await fileFingerprint(file);
  const begun = { idempotencyKey: 'k', fileName: file.name, sizeBytes: file.size, fingerprint };
  memory.keep({ ...begun, begunAtMs: 1_800_000_000_000, uploadReference });
  expect(await page.upload(file).done).toMatchObject({ status: 'ready' });
  expect(asked).toEqual(['state', 'send', 'send', 'confirm', 'ticket', 'send', 'confirm']);
});

test('a form that the storage accepted, and whose upload ended before its confirm, is sent again when the user tries again', async () => {
  const { end, keys, asked, upload } = await endOf({
    state: () => new UploadExpiredError(),
    confirm: (call) => (call === 1 ? new UploadExpiredError() : videoThatIs('ready')),
  });
  expect([end, keys.length, countOf(asked, 'send')]).toEqual(['UPLOAD_EXPIRED', 1, 1]);
  upload.resume();
  await expect(upload.done).resolves.toMatchObject({ status: 'ready' });
  expect([new Set(keys).size, countOf(asked, 'send')]).toEqual([2, 2]);
});

test('a file that has changed is a CONFLICT, and not sent again', async () => {
  const { page, file, asked } = scriptedPage({
    send: () => {
      file.slice = () => {
        const blob = new Blob();
        blob.arrayBuffer = () => Promise.reject(new DOMException('changed', 'NotReadableError'));
        return blob;
      };
      return new TypeError('Failed to fetch');
    },
  });
  await expect(page.upload(file).done).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(asked).toEqual(['ticket', 'send']);
});

test('when the host app refuses a release, abort() rejects, and the release stays remembered', async () => {
  const { page, file, remembered } = scriptedPage({ release: () => new AccessError('ACCESS_DENIED') });
  const upload = page.upload(file);
  await pauseBeforeSending(upload);
  await expect(upload.abort()).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  expect([upload.phase, remembered()]).toEqual(['aborted', [expect.objectContaining({ pending: 'release' })]]);
});

test('an upload that is aborted before it has a ticket is no longer remembered, and nothing is released', async () => {
  let aborted: Promise<void> | undefined;
  const { page, file, asked, remembered } = scriptedPage({
    ticket: (call) => {
      if (call === 2) aborted = upload.abort();
      return away;
    },
  });
  const upload = page.upload(file);
  await expect(upload.done).rejects.toMatchObject({ name: 'AbortError' });
  await aborted;
  expect([asked, remembered()]).toEqual([['ticket', 'ticket'], []]);
});

test('an answer about the encoding counts as progress: thirteen failures that are not in a row do not end an upload', async () => {
  const { page, file, asked } = scriptedPage({
    confirm: () => videoThatIs('processing'),
    video: (call) => (call === 26 ? videoThatIs('ready') : call % 2 === 0 ? videoThatIs('processing') : away),
  });
  const upload = page.upload(file);
  await until(upload, ({ phase }) => phase === 'processing');
  expect(upload.video).toMatchObject({ status: 'processing' });
  expect(await upload.done).toMatchObject({ status: 'ready' });
  expect(countOf(asked, 'video')).toBe(26);
});
