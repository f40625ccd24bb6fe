import type { SignedPart, UploadState, UploadTicket, VideoMetadata } from '@videostorage/core';
import { onTestFinished, vi } from 'vitest';
import { createUploader } from '../src/create-uploader.ts';
import type { UploadTransport } from '../src/upload-transport.ts';
import type { Uploader } from '../src/uploader.ts';
import type { UploaderOptions } from '../src/uploader-options.ts';
import { MapStorage } from './map-storage.ts';

const REFERENCE = 'r';
const NEVER_EXPIRES = '2100-01-01T00:00:00.000Z';
/** Waits of the watchdog of a connection, which end with its request. */
const WATCHDOG_MS = 300_000;

/** A ticket for a form, which the scripted storage takes. */
export const formTicket: UploadTicket = {
  ...{ protocol: 'post', url: 'https://storage.example/', fields: {}, fileField: 'file' },
  ...{ uploadReference: REFERENCE, videoId: 'v', expiresAt: NEVER_EXPIRES },
};

/** A ticket for parts of ten bytes. */
export const partsTicket = (partCount: number): UploadTicket => ({
  ...{ protocol: 'multipart', partSizeBytes: 10, partCount },
  ...{ uploadReference: REFERENCE, videoId: 'v', expiresAt: NEVER_EXPIRES },
});

/** A video in that state. */
export const videoThatIs = (status: VideoMetadata['status']): VideoMetadata => ({
  ...{ videoId: 'v', backendName: 'local', status, playable: status === 'ready' },
  createdAt: '2026-01-01T00:00:00.000Z',
});

/** The answer to each call, by its number from 1 on; a returned error is thrown. */
export interface PageScript {
  readonly ticket?: (call: number) => UploadTicket | Error;
  readonly state?: (call: number) => Partial<UploadState> | Error;
  readonly confirm?: (call: number) => VideoMetadata | Error;
  readonly release?: (call: number) => Error | undefined;
  readonly video?: (call: number) => VideoMetadata | Error;
  /** The status of the storage's answer; an error is a connection that drops. */
  readonly send?: (call: number) => number | Error | Promise<number>;
}

/** A page, and a record of what it did. */
export interface ScriptedPage {
  readonly page: Uploader;
  /** A file of 25 bytes. */
  readonly file: File;
  /** Calls to host app and storage, in order. */
  readonly asked: readonly string[];
  /** URLs to which something was sent. */
  readonly urls: readonly string[];
  /** Idempotency keys of the tickets that were asked for. */
  readonly keys: readonly unknown[];
  /** Waits so far, in milliseconds, except those of the watchdog. */
  readonly waits: readonly number[];
  /** The time, which stands still. */
  readonly time: { nowMs: number };
  /** The entries that are remembered for the next visit. */
  remembered(): readonly unknown[];
}

/**
 * A page whose host app and storage are functions: there is no server, and waits end at once. It is closed at the end of its
 * test.
 */
export function scriptedPage(script: PageScript, options: Partial<UploaderOptions> = {}): ScriptedPage {
  const storage = new MapStorage();
  const asked: string[] = [];
  const urls: string[] = [];
  const keys: unknown[] = [];
  const waits: number[] = [];
  const time = { nowMs: 1_800_000_000_000 };
  const answer = <Answer>(name: string, give: (call: number) => Answer | Error): Answer => {
    asked.push(name);
    const given = give(asked.filter((other) => other === name).length);
    if (given instanceof Error) throw given;
    return given;
  };
  const ready = () => videoThatIs('ready');
  const ticketOf = script.ticket ?? (() => formTicket);
  let issued = formTicket;
  const transport: UploadTransport = {
    async getUploadUrl(_, { idempotencyKey }) {
      keys.push(idempotencyKey);
      issued = answer('ticket', ticketOf);
      return issued;
    },
    async getUpload(uploadReference) {
      const state = answer('state', script.state ?? (() => ({})));
      return {
        ...{ uploadReference, videoId: 'v', status: 'pending', fileName: 'film.mp4', sizeBytes: 25 },
        ticket: issued,
        ...state,
      };
    },
    signParts: async (_, partNumbers): Promise<readonly SignedPart[]> =>
      partNumbers.map((partNumber) => ({
        ...{ partNumber, url: `https://storage.example/${partNumber}`, headers: {}, sizeBytes: 10 },
        expiresAt: NEVER_EXPIRES,
      })),
    confirmUpload: async () => answer('confirm', script.confirm ?? ready),
    abortUpload: async () => answer('release', script.release ?? (() => undefined)),
    getVideo: async () => answer('video', script.video ?? ready),
  };
  vi.stubGlobal('fetch', async (url: string, { signal }: RequestInit) => {
    signal?.throwIfAborted();
    urls.push(url);
    const status = await answer('send', script.send ?? (() => 204));
    return new Response(null, { status });
  });
  const clock = {
    now: () => time.nowMs,
    sleep: (delayMs: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        if (delayMs > WATCHDOG_MS) return undefined;
        waits.push(delayMs);
        return setImmediate(resolve);
      }),
  };
  // With Node's Web Locks, the waits of a page for a lock would take real time.
  vi.stubGlobal('navigator', { onLine: globalThis.navigator?.onLine });
  const page = createUploader({ transport, storage, clock, stallSeconds: 3600, ...options });
  onTestFinished(() => page.close());
  const file = new File(['x'.repeat(25)], 'film.mp4', { type: 'video/mp4', lastModified: 7 });
  const remembered = () =>
    Array.from({ length: storage.length }, (_, index) => JSON.parse(storage.getItem(storage.key(index) ?? '') ?? ''));
  return { ...{ page, file, asked, urls, keys, waits, time }, remembered };
}
