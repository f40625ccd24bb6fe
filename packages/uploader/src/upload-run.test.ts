import { AccessError, BackendError } from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import { pauseBeforeSending, until } from '../test-support/open-page.ts';
import { pageEvents } from '../test-support/page-events.ts';
import { formTicket, partsTicket, scriptedPage, videoThatIs } from '../test-support/scripted-page.ts';
import type { UploadHandle, UploadPhase } from './upload-handle.ts';

const refusal = new AccessError('ACCESS_DENIED');

test('a handle describes its file, and each has its own id', () => {
  const { page, file } = scriptedPage({});
  const [first, second] = [page.upload(file, { contextId: 'lesson-1' }), page.upload(file)];
  expect(first).toMatchObject({
    ...{ file: { name: 'film.mp4', sizeBytes: 25, mimeType: 'video/mp4' }, contextId: 'lesson-1', phase: 'checking' },
    ...{ uploadReference: undefined, media: undefined, error: undefined, video: undefined },
  });
  expect(second.contextId).toBeUndefined();
  expect(first.id).toMatch(/^upload-\d+$/);
  expect(second.id).not.toBe(first.id);
});

/** An upload in this phase. */
async function uploadThatIs(phase: UploadPhase): Promise<UploadHandle> {
  const { page, file } = scriptedPage({ confirm: () => videoThatIs('processing') });
  if (phase === 'waiting') [1, 2].map(() => page.upload(file));
  const upload = page.upload(file);
  if (phase === 'paused') await pauseBeforeSending(upload);
  else if (upload.phase !== phase) await entered(upload, phase);
  return upload;
}

test.each<readonly [UploadPhase, boolean, boolean]>([
  ['waiting', true, true],
  ['checking', true, true],
  ['asking', true, true],
  ['sending', true, true],
  ['confirming', false, true],
  ['processing', false, false],
  ['paused', false, true],
])('while it is %s, canPause and canAbort say what has an effect', async (phase, canPause, canAbort) => {
  const upload = await uploadThatIs(phase);
  expect([upload.phase, upload.canPause, upload.canAbort]).toEqual([phase, canPause, canAbort]);
  if (!canPause) {
    upload.pause();
    expect(upload.phase).toBe(phase);
  }
  if (canAbort) await upload.abort();
  expect([upload.phase, upload.canAbort]).toEqual([canAbort ? 'aborted' : phase, false]);
});

test.each<readonly [UploadPhase, UploadPhase]>([
  ['waiting', 'waiting'],
  ['checking', 'offline'],
  ['asking', 'offline'],
  ['sending', 'offline'],
  ['confirming', 'offline'],
  ['processing', 'offline'],
  ['paused', 'paused'],
  ['ready', 'ready'],
])('an upload that is %s is %s without a network', async (phase, expected) => {
  const events = pageEvents();
  const upload = await uploadThatIs(phase);
  events.set(false);
  expect(upload.phase).toBe(expected);
  events.set(true);
  expect(upload.phase).toBe(phase);
});

test('an upload that is being confirmed still counts against maxFiles: the next one waits', async () => {
  const phases: UploadPhase[] = [];
  const { page, file } = scriptedPage(
    {
      confirm: () => {
        phases.push(second.phase);
        return videoThatIs('ready');
      },
    },
    { maxFiles: 1 },
  );
  const [first, second] = [page.upload(file), page.upload(new File(['x'], 'next.mp4', { type: 'video/mp4' }))];
  await Promise.all([first.done, second.done]);
  expect(phases).toEqual(['waiting', 'confirming']);
});

test('abort() while a ticket is requested waits for it, and releases the upload', async () => {
  let aborted: Promise<void> | undefined;
  const { page, file, asked, remembered } = scriptedPage({
    ticket: () => {
      aborted = upload.abort();
      return formTicket;
    },
  });
  const upload = page.upload(file);
  await expect(upload.done).rejects.toMatchObject({ name: 'AbortError' });
  await aborted;
  expect([asked, remembered()]).toEqual([['ticket', 'release'], []]);
});

/** Reads the progress when the phase is entered. */
async function entered(upload: UploadHandle, phase: UploadPhase): Promise<UploadHandle> {
  const seen = Promise.withResolvers<UploadHandle>();
  const unsubscribe = upload.subscribe((handle) => {
    if (handle.phase !== phase) return;
    unsubscribe();
    seen.resolve(handle);
  });
  await seen.promise;
  return upload;
}

describe('the progress of bytes in flight', () => {
  /** The reported bytes while the only part is sent, which takes this long. */
  async function reported(tookMs: number) {
    const { page, file, time } = scriptedPage({
      ticket: () => ({ ...partsTicket(1), partSizeBytes: 25 }),
      send: () => {
        time.nowMs += tookMs;
        return 204;
      },
    });
    const upload = page.upload(file);
    const bytes: number[] = [];
    upload.subscribe(({ phase, progress }) => {
      if (phase === 'sending') bytes.push(progress.sentBytes);
    });
    await upload.done;
    return bytes;
  }

  test('is reported at most every 100 ms, and arrived bytes always', async () => {
    expect(await reported(99)).toEqual([0, 0, 25]);
    // All bytes of a part that the storage has not acknowledged.
    expect(await reported(100)).toEqual([0, 0, 24, 25]);
  });

  test('is reported although the computer’s clock was set back', async () => {
    expect(await reported(-3_600_000)).toContain(24);
  });
});

test('when an upload whose processing failed is resumed, its video and its progress are reset', async () => {
  const sent: unknown[] = [];
  const { page, file } = scriptedPage({
    confirm: (call) => videoThatIs(call === 1 ? 'processing' : 'ready'),
    video: () => videoThatIs('failed'),
    state: () => ({ status: 'failed' }),
    send: () => {
      sent.push([upload.progress.sentBytes, upload.video?.status]);
      return 204;
    },
  });
  const upload = page.upload(file);
  await expect(upload.done).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' });
  expect(upload.video).toMatchObject({ status: 'processing' });
  upload.resume();
  expect(await upload.done).toMatchObject({ status: 'ready' });
  expect(sent).toEqual([
    [0, undefined],
    [0, undefined],
  ]);
});

test('all bytes of an upload that is confirmed have arrived, and nothing is sent any more', async () => {
  const { page, file } = scriptedPage({});
  const upload = page.upload(file);
  await until(upload, ({ phase }) => phase === 'confirming');
  expect(upload.progress).toEqual({ sentBytes: 25, totalBytes: 25, bytesPerSecond: 0 });
  await upload.done;
  expect(upload.progress).toMatchObject({ sentBytes: 25 });
});

test('a form that is sent again, since the confirm of the first one failed, counts from zero', async () => {
  const { page, file } = scriptedPage({
    ticket: () => formTicket,
    state: () => ({ status: 'pending', ticket: formTicket }),
    confirm: (call) => (call === 1 ? refusal : videoThatIs('ready')),
    send: () => {
      counted.push(upload.progress.sentBytes);
      return 204;
    },
  });
  const counted: number[] = [];
  const upload = page.upload(file);
  await expect(upload.done).rejects.toBe(refusal);
  upload.resume();
  await upload.done;
  expect(counted).toEqual([0, 0]);
});

describe('a failed upload', () => {
  test('has an error until it is resumed, and then a new `done`', async () => {
    const { page, file } = scriptedPage({ confirm: (call) => (call === 1 ? refusal : videoThatIs('ready')) });
    const upload = page.upload(file);
    const first = upload.done;
    await expect(first).rejects.toBe(refusal);
    expect([upload.phase, upload.error]).toEqual(['failed', refusal]);
    upload.resume();
    expect([upload.error, upload.done === first]).toEqual([undefined, false]);
    expect(await upload.done).toMatchObject({ status: 'ready' });
  });

  test('that is aborted no longer has an error', async () => {
    const { page, file, asked } = scriptedPage({ confirm: () => refusal });
    const upload = page.upload(file);
    await expect(upload.done).rejects.toBe(refusal);
    await upload.abort();
    expect([upload.phase, upload.error, asked.at(-1)]).toEqual(['aborted', undefined, 'release']);
  });

  test('because of a page error has such a message, and is not retryable', async () => {
    const bug = new TypeError('x is not a function');
    const { page, file } = scriptedPage({ confirm: () => bug });
    const upload = page.upload(file);
    await expect(upload.done).rejects.toMatchObject({
      ...{ code: 'BACKEND_REFUSED', retryable: false, message: 'Something went wrong in this page.', cause: bug },
    });
  });

  test('counts its failures from zero when it is resumed', async () => {
    const away = new BackendError('BACKEND_UNAVAILABLE', 'away');
    const { page, file } = scriptedPage({ ticket: (call) => (call <= 25 ? away : partsTicket(3)) });
    const upload = page.upload(file);
    await expect(upload.done).rejects.toBe(away);
    upload.resume();
    // Twelve more failures, each followed by a wait.
    expect(await upload.done).toMatchObject({ status: 'ready' });
  });
});

test('a paused upload keeps its `done`, and listeners are not called after they have unsubscribed', async () => {
  const { page, file } = scriptedPage({});
  const upload = page.upload(file);
  const { done } = upload;
  await pauseBeforeSending(upload);
  let heard = 0;
  const unsubscribe = upload.subscribe(() => {
    heard += 1;
  });
  upload.resume();
  expect([upload.done === done, heard > 0]).toEqual([true, true]);
  unsubscribe();
  heard = 0;
  await done;
  expect(heard).toBe(0);
});

describe('close()', () => {
  test('rejects `done` of a paused upload, which gets a new one when it is resumed and keeps it', async () => {
    const { page, file } = scriptedPage({});
    const upload = page.upload(file);
    await pauseBeforeSending(upload);
    const { done } = upload;
    page.close();
    await expect(done).rejects.toMatchObject({ name: 'AbortError' });
    upload.resume();
    const next = upload.done;
    await pauseBeforeSending(upload);
    upload.resume();
    expect([next === done, upload.done === next]).toEqual([false, true]);
    expect(await next).toMatchObject({ status: 'ready' });
  });

  test('ends the polling of a video that is being processed', async () => {
    const processing = () => videoThatIs('processing');
    const { page, file, asked } = scriptedPage({ confirm: processing, video: processing });
    const upload = page.upload(file);
    await entered(upload, 'processing');
    page.close();
    await expect(upload.done).rejects.toMatchObject({ name: 'AbortError' });
    const before = asked.length;
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(asked.length).toBe(before);
  });
});

test('an aborted signal stops an upload with its reason, and has no effect after the end', async () => {
  const { page, file } = scriptedPage({});
  const controller = new AbortController();
  const upload = page.upload(file, { signal: controller.signal });
  await upload.done;
  controller.abort(new Error('late'));
  expect(upload.phase).toBe('ready');
  const [stopping, reason] = [new AbortController(), new Error('the page is left')];
  const stopped = page.upload(file, { signal: stopping.signal });
  stopping.abort(reason);
  await expect(stopped.done).rejects.toBe(reason);
  expect(stopped.phase).toBe('aborted');
});

test('a confirm that is answered after its uploader was closed changes no phase, and does not guard the page', async () => {
  const events = pageEvents();
  const confirm = () => {
    page.close();
    return videoThatIs('processing');
  };
  const { page, file, asked } = scriptedPage({ confirm }, { guardUnload: true });
  const upload = page.upload(file);
  await expect(upload.done).rejects.toThrow('stopped');
  await new Promise((resolve) => setImmediate(resolve));
  expect([upload.phase, asked, events.listening()]).toEqual(['confirming', ['ticket', 'send', 'confirm'], []]);
});

test('an upload that is cancelled after its uploader was closed does not guard the page for the others', async () => {
  const events = pageEvents();
  const { page, file } = scriptedPage({}, { guardUnload: true });
  const [first, second] = [page.upload(file), page.upload(file, { contextId: 'other' })];
  page.close();
  await first.abort();
  await page.remove(second);
  page.upload(file);
  expect(events.listening()).toEqual([]);
});
