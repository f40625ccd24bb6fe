import {
  BackendError,
  ContentMismatchError,
  NotUploadedError,
  UploadExpiredError,
  type UploadState,
  type VideoMetadata,
  VideoNotFoundError,
} from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import { MapStorage } from '../test-support/map-storage.ts';
import { createHttpTransport } from './create-http-transport.ts';
import { completePending, discardUpload, listResumable } from './earlier-visits.ts';
import { type RememberedUpload, RememberedUploads } from './memory/remembered-uploads.ts';
import { Connection } from './page/connection.ts';
import { withUploadLock } from './page/upload-locks.ts';
import type { UploadContext } from './upload-context.ts';

const entry = (own: Partial<RememberedUpload> = {}): RememberedUpload => ({
  ...{
    idempotencyKey: 'k1',
    uploadReference: 'r1',
    fileName: 'film.mp4',
    sizeBytes: 8,
    fingerprint: 'f',
    begunAtMs: 0,
  },
  ...own,
});
const ticket = { protocol: 'tus', url: 'https://storage.example/', uploadReference: 'r1', videoId: 'v' } as const;
const pending: UploadState = {
  ...{ uploadReference: 'r1', videoId: 'v', status: 'pending', fileName: 'film.mp4', sizeBytes: 8 },
  ticket: { ...ticket, expiresAt: '2100-01-01T00:00:00.000Z', chunk: { minBytes: 1, maxBytes: 8, multipleOf: 1 } },
};

/** The host app's answers by reference: a value, or an error that is thrown. */
function visit(entries: readonly RememberedUpload[], answers: Readonly<Record<string, unknown>>, isOnline = true) {
  const storage = new MapStorage();
  const memory = new RememberedUploads(storage, () => 0);
  for (const each of entries) memory.keep(each);
  const asked: string[] = [];
  const waits: number[] = [];
  const answer = async <Answer>(call: string, reference: string): Promise<Answer> => {
    asked.push(`${call} ${reference}`);
    const given = answers[reference];
    if (given instanceof Error) throw given;
    return given as Answer;
  };
  const context: UploadContext = {
    ...{ validator: undefined, maxParts: 4, stallMs: 1000, memory },
    connection: new Connection(() => undefined, { navigator: { onLine: isOnline } }),
    clock: { now: () => 0, sleep: async (delayMs) => void waits.push(delayMs) },
    transport: {
      ...createHttpTransport('/'),
      getUpload: (reference) => answer<UploadState>('getUpload', reference),
      confirmUpload: (reference) => answer<VideoMetadata>('confirmUpload', reference),
      abortUpload: (reference) => answer<undefined>('abortUpload', reference),
    },
  };
  const left = () => memory.list().map(({ idempotencyKey, pending: toDo }) => `${idempotencyKey} ${toDo ?? ''}`.trim());
  return { context, asked, waits, left };
}

describe('resumable uploads', () => {
  test('are those that the host app lists as pending with a ticket, with their context', async () => {
    // Without a reference there is nothing to continue.
    const { uploadReference: _, ...unissued } = entry({ idempotencyKey: 'k3' });
    const entries = [
      entry({ contextId: 'lesson-1' }),
      entry({ idempotencyKey: 'k2', uploadReference: 'r2' }),
      unissued,
    ];
    const { context } = visit(entries, { r1: pending, r2: { ...pending, ticket: undefined } });
    expect(await listResumable(context, new Set())).toEqual([
      { uploadReference: 'r1', fileName: 'film.mp4', sizeBytes: 8, contextId: 'lesson-1' },
    ]);
  });

  test('of this page, and those with a pending confirm or release, are not requested', async () => {
    const entries = [
      entry(),
      entry({ idempotencyKey: 'k2', uploadReference: 'r2', pending: 'confirm' }),
      entry({ idempotencyKey: 'k3', uploadReference: 'r3', pending: 'release' }),
    ];
    const { context, asked } = visit(entries, {});
    expect(await listResumable(context, new Set(['r1']))).toEqual([]);
    expect(asked).toEqual([]);
  });

  test.each([
    ['processing', ['k1']],
    ['ready', ['k1']],
    ['failed', []],
    ['expired', []],
    ['deleted', []],
  ])('that are %s leave the entries %j', async (status, left) => {
    const { context, left: entries } = visit([entry()], { r1: { ...pending, status, ticket: undefined } });
    expect(await listResumable(context, new Set())).toEqual([]);
    expect(entries()).toEqual(left);
  });

  test('that have expired are no longer remembered, and do not hide the others', async () => {
    const entries = [entry(), entry({ idempotencyKey: 'k2', uploadReference: 'r2' })];
    const { context, left } = visit(entries, { r1: new UploadExpiredError(), r2: pending });
    expect(await listResumable(context, new Set())).toMatchObject([{ uploadReference: 'r2' }]);
    expect(left()).toEqual(['k2']);
  });

  test('whose state the host app fails to return stay remembered, and do not hide the others', async () => {
    const entries = [entry(), entry({ idempotencyKey: 'k2', uploadReference: 'r2' })];
    const { context, left } = visit(entries, { r1: new BackendError('BACKEND_REFUSED', 'no rights'), r2: pending });
    expect(await listResumable(context, new Set())).toMatchObject([{ uploadReference: 'r2' }]);
    expect(left()).toEqual(['k1', 'k2']);
  });

  test('reject when the host app fails for all of them, while one of this page is being sent', async () => {
    const entries = [entry(), entry({ idempotencyKey: 'k2', uploadReference: 'r2' })];
    const away = new BackendError('BACKEND_UNAVAILABLE', 'no answer');
    const { context } = visit(entries, { r2: away });
    await expect(listResumable(context, new Set(['r1']))).rejects.toBe(away);
  });

  test('that the host app does not know stay remembered, and any other failure is thrown', async () => {
    const unknown = visit([entry()], { r1: new VideoNotFoundError() });
    expect(await listResumable(unknown.context, new Set())).toEqual([]);
    expect(unknown.left()).toEqual(['k1']);
    const error = new BackendError('BACKEND_UNAVAILABLE', 'away');
    await expect(listResumable(visit([entry()], { r1: error }).context, new Set())).rejects.toBe(error);
  });
});

describe('a pending confirm', () => {
  const confirm = entry({ pending: 'confirm' });

  test('that succeeds is counted and forgotten', async () => {
    const other = entry({ idempotencyKey: 'k2', uploadReference: 'r2' });
    const { context, left, asked } = visit([confirm, other], { r1: { status: 'ready' } });
    expect(await completePending(context)).toBe(1);
    expect(left()).toEqual(['k2']);
    expect(asked).toEqual(['confirmUpload r1']);
  });

  test.each<readonly [Error, readonly string[]]>([
    [new ContentMismatchError({ code: 'NOT_A_VIDEO', message: 'x' }), []],
    [new NotUploadedError(), ['k1']],
    [new VideoNotFoundError(), ['k1 confirm']],
    [new BackendError('BACKEND_UNAVAILABLE', 'away'), ['k1 confirm']],
  ])('answered by %s is not counted, and leaves %j', async (error, left) => {
    const { context, left: entries } = visit([confirm], { r1: error });
    expect(await completePending(context)).toBe(0);
    expect(entries()).toEqual(left);
  });

  test('that another tab is sending is left to that tab', async () => {
    const { context, asked, left, waits } = visit([confirm], { r1: { status: 'ready' } });
    const over = Promise.withResolvers<void>();
    const held = withUploadLock('k1', 'film.mp4', () => over.promise, context.clock);
    expect(await completePending(context)).toBe(0);
    expect([asked, left(), waits]).toEqual([[], ['k1 confirm'], [2000]]);
    over.resolve();
    await held;
  });

  test('with an error that is not the library’s rejects', async () => {
    const error = new TypeError('a bug');
    await expect(completePending(visit([confirm], { r1: error }).context)).rejects.toBe(error);
  });
});

describe('a release', () => {
  test('that succeeds is forgotten, and not counted as a confirm', async () => {
    const { context, left, asked } = visit([entry({ pending: 'release' })], {});
    expect(await completePending(context)).toBe(0);
    expect([left(), asked]).toEqual([[], ['abortUpload r1']]);
  });

  test('of an upload that has no ticket yet is forgotten without a call', async () => {
    const { uploadReference: _, ...unissued } = entry({ pending: 'release' });
    const { context, left, asked } = visit([unissued], {});
    expect(await completePending(context)).toBe(0);
    expect([left(), asked]).toEqual([[], []]);
  });

  test('is tried three times, with waits between, and stays pending', async () => {
    const { context, left, asked, waits } = visit([entry()], { r1: new BackendError('BACKEND_UNAVAILABLE', 'away') });
    await discardUpload('r1', context);
    expect([asked.length, waits.length, left()]).toEqual([3, 3, ['k1 release']]);
  });

  test('stays pending, and is not tried, while the browser is offline', async () => {
    const { context, left, asked } = visit([entry()], {}, false);
    await discardUpload('r1', context);
    expect([asked, left()]).toEqual([[], ['k1 release']]);
  });

  test('of an upload that the host app does not know is done once, and stays pending for its user', async () => {
    const { context, left, asked } = visit([entry()], { r1: new VideoNotFoundError() });
    await discardUpload('r1', context);
    expect([asked.length, left()]).toEqual([1, ['k1 release']]);
  });

  test('that the host app refuses rejects, and stays pending', async () => {
    const error = new BackendError('BACKEND_REFUSED', 'no');
    const { context, left } = visit([entry()], { r1: error });
    await expect(discardUpload('r1', context)).rejects.toBe(error);
    expect(left()).toEqual(['k1 release']);
  });

  test('of an upload that another tab is sending is refused after two seconds of the page’s clock', async () => {
    const { context, asked, waits, left } = visit([entry()], {});
    const over = Promise.withResolvers<void>();
    const held = withUploadLock('k1', 'film.mp4', () => over.promise, context.clock);
    await expect(discardUpload('r1', context)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect([asked, waits, left()]).toEqual([[], [2000], ['k1']]);
    over.resolve();
    await held;
  });

  test('of a reference that is not remembered does nothing', async () => {
    const { context, asked } = visit([entry()], {});
    await discardUpload('r9', context);
    expect(asked).toEqual([]);
  });
});
