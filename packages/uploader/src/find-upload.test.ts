import {
  AccessError,
  BackendError,
  UploadExpiredError,
  type UploadState,
  type UploadTicket,
  VideoNotFoundError,
} from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import { MapStorage } from '../test-support/map-storage.ts';
import { createHttpTransport } from './create-http-transport.ts';
import { createUpload, findUpload, identifyUpload } from './find-upload.ts';
import { type RememberedUpload, RememberedUploads } from './memory/remembered-uploads.ts';
import type { TransportOptions } from './upload-transport.ts';

const file = new File(['12345678'], 'film.mp4', { type: 'video/mp4' });
const clock = { now: () => 7, sleep: async () => undefined };
const known: RememberedUpload & { readonly uploadReference: string } = {
  ...{
    idempotencyKey: 'k1',
    uploadReference: 'r1',
    fileName: 'film.mp4',
    sizeBytes: 8,
    fingerprint: 'f',
    begunAtMs: 0,
  },
};
const ticket: UploadTicket = {
  ...{ protocol: 'post', url: 'https://storage.example/', fields: {}, fileField: 'file' },
  ...{ uploadReference: 'r2', videoId: 'v', expiresAt: '2100-01-01T00:00:00.000Z' },
};
const persist = <Result>(work: (signal: AbortSignal) => Promise<Result>) => work(new AbortController().signal);

function memoryWith(...uploads: readonly RememberedUpload[]) {
  const storage = new MapStorage();
  const memory = new RememberedUploads(storage, () => 0);
  for (const upload of uploads) memory.keep(upload);
  return memory;
}

describe('the upload of a file', () => {
  const none = new Set<string>();

  test('is the remembered one of the same file and context', () => {
    const memory = memoryWith(known, { ...known, idempotencyKey: 'k2', contextId: 'lesson-1' });
    expect(identifyUpload(file, 'f', {}, { memory, clock }, none)).toEqual(known);
    const options = { contextId: 'lesson-1' };
    expect(identifyUpload(file, 'f', options, { memory, clock }, none)).toMatchObject({ idempotencyKey: 'k2' });
  });

  test.each([
    ['another file', { ...known, fingerprint: 'g', contextId: 'lesson-2' }, none],
    ['another context', { ...known, contextId: 'lesson-1' }, none],
    ['a cancelled upload', { ...known, pending: 'release' } as const, none],
    ['one that was tried', known, new Set(['k1'])],
  ])('is not that of %s, but a new one', (_, upload, tried) => {
    const memory = memoryWith(upload);
    const begun = identifyUpload(file, 'f', { contextId: 'lesson-2' }, { memory, clock }, tried);
    expect(begun).toEqual({
      ...{ idempotencyKey: begun.idempotencyKey, fileName: 'film.mp4', sizeBytes: 8, fingerprint: 'f' },
      ...{ contextId: 'lesson-2', begunAtMs: 7 },
    });
    expect(begun.idempotencyKey).toMatch(/^[0-9a-f]{32}$/);
    const bare = identifyUpload(file, 'h', {}, { memory, clock }, tried);
    expect('contextId' in bare).toBe(false);
    expect(bare.idempotencyKey).not.toBe(begun.idempotencyKey);
  });

  test('with a pending confirm is continued', () => {
    const upload = { ...known, pending: 'confirm' } as const;
    expect(identifyUpload(file, 'f', {}, { memory: memoryWith(upload), clock }, none)).toEqual(upload);
  });

  test('that is passed by reference is used, whatever its context', () => {
    const memory = memoryWith(known, { ...known, idempotencyKey: 'k2', uploadReference: 'r2', contextId: 'lesson-1' });
    const options = { uploadReference: 'r2' };
    expect(identifyUpload(file, 'f', options, { memory, clock }, none)).toMatchObject({ idempotencyKey: 'k2' });
  });

  test('T-L1: that is passed by reference is refused with a message that no direction mark in a name can reverse', () => {
    const hostile = (name: string) => new File([], `${name}\u202E\u2066\n\u2028\u20294pm.mp4`);
    const memory = memoryWith({ ...known, fileName: hostile('a').name });
    const identify = (uploadReference: string) => () =>
      identifyUpload(hostile('b'), 'g', { uploadReference }, { memory, clock }, none);
    expect(identify('r1')).toThrow(/^“b4pm\.mp4” is not .* choose “a4pm\.mp4” as it was\.$/);
    expect(identify('r9')).toThrow(/^The upload that “b4pm\.mp4” should continue /);
  });

  test('that is passed by reference is refused for another file, and when it is unknown', () => {
    const memory = memoryWith(known, { ...known, idempotencyKey: 'k2', uploadReference: 'r2', pending: 'release' });
    const identify = (uploadReference: string, fingerprint: string) => () =>
      identifyUpload(file, fingerprint, { uploadReference }, { memory, clock }, none);
    expect(identify('r1', 'g')).toThrow(
      '“film.mp4” is not the file whose upload began, or has changed since; please choose “film.mp4” as it was.',
    );
    for (const reference of ['r2', 'r9']) {
      expect(identify(reference, 'f')).toThrow(
        'The upload that “film.mp4” should continue is no longer known here; please upload it again.',
      );
    }
  });

  test('that was passed by reference and tried is replaced by a new one', () => {
    const begun = identifyUpload(
      file,
      'f',
      { uploadReference: 'r1' },
      { memory: memoryWith(known), clock },
      new Set(['k1']),
    );
    expect(begun.uploadReference).toBeUndefined();
  });
});

describe('the state of an upload', () => {
  const stateOf = (answer: Partial<UploadState> | Error) => {
    const asked: [string, TransportOptions][] = [];
    const transport = {
      ...createHttpTransport('/'),
      async getUpload(reference: string, options: TransportOptions): Promise<UploadState> {
        asked.push([reference, options]);
        if (answer instanceof Error) throw answer;
        return {
          uploadReference: 'r1',
          videoId: 'v',
          status: 'pending',
          fileName: 'film.mp4',
          sizeBytes: 8,
          ...answer,
        };
      },
    };
    return { asked, found: findUpload(known, { transport }, persist) };
  };
  const parts = [{ partNumber: 1, sizeBytes: 8 }];

  test.each([
    ['pending with a ticket and parts', { ticket, uploadedParts: parts }, { ticket, uploadedParts: parts }],
    ['pending with a ticket', { ticket }, { ticket, uploadedParts: [] }],
    ['processing', { status: 'processing' }, { uploadedParts: [] }],
    ['ready', { status: 'ready' }, { uploadedParts: [] }],
  ] as const)('%s: it continues, and is not new', async (_, answer, found) => {
    expect(await stateOf(answer).found).toEqual({ upload: known, isNew: false, ...found });
  });

  test.each([{}, { status: 'failed' }, { status: 'expired' }, { status: 'deleted' }] as const)(
    '%j: it has ended',
    async (answer) => {
      expect(await stateOf(answer).found).toBe('over');
    },
  );

  test('that the host app reports as expired: it has ended', async () => {
    expect(await stateOf(new UploadExpiredError()).found).toBe('over');
  });

  test('not found: it is unknown; any other failure is thrown', async () => {
    expect(await stateOf(new VideoNotFoundError()).found).toBe('unknown');
    const error = new AccessError('UNAUTHENTICATED');
    await expect(stateOf(error).found).rejects.toBe(error);
  });

  test('is requested without a signal: an aborted request could not say whether it may be released', async () => {
    const { asked, found } = stateOf({ ticket });
    await found;
    expect(asked).toEqual([['r1', {}]]);
  });
});

describe('the request for a ticket', () => {
  const { uploadReference: _, ...unissued } = known;

  function requested(answer: UploadTicket | Error) {
    const memory = memoryWith();
    const before: (readonly RememberedUpload[])[] = [];
    const asked: unknown[] = [];
    const transport = {
      ...createHttpTransport('/'),
      async getUploadUrl(...call: readonly unknown[]) {
        before.push(memory.list());
        asked.push(call);
        if (answer instanceof Error) throw answer;
        return answer;
      },
    };
    const options = { contextId: 'lesson-1' };
    return { memory, before, asked, created: createUpload(file, unissued, options, { transport, memory }, persist) };
  }

  test('has the key, which is stored before it, and the reference after it', async () => {
    const { memory, before, asked, created } = requested(ticket);
    const upload = { ...unissued, uploadReference: 'r2' };
    expect(await created).toEqual({ upload, ticket, uploadedParts: [], isNew: true });
    expect(before).toEqual([[unissued]]);
    expect(memory.list()).toEqual([upload]);
    const request = { fileName: 'film.mp4', sizeBytes: 8, mimeType: 'video/mp4', contextId: 'lesson-1' };
    expect(asked).toEqual([[request, { idempotencyKey: 'k1' }]]);
  });

  test.each<readonly [Error, number]>([
    [new BackendError('BACKEND_UNAVAILABLE', 'away'), 1],
    [new UploadExpiredError(), 0],
    [new TypeError('a bug'), 1],
  ])('that fails by %s leaves %i entries', async (error, count) => {
    const { memory, created } = requested(error);
    await expect(created).rejects.toBe(error);
    expect(memory.list()).toHaveLength(count);
  });
});
