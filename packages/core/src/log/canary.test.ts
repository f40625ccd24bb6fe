import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { ArrayStorage } from '../../test-support/array-storage.ts';
import { ManualClock } from '../../test-support/manual-clock.ts';
import { oneOfEach } from '../../test-support/one-of-each.ts';
import { eachVideo } from '../base-storage/each-video.ts';
import type { LogRecord } from '../contract/log-record.ts';
import { BackendError, StoreUnavailableError, TimeoutError } from '../errors/backend-errors.ts';
import { isVideoStorageError } from '../errors/is-video-storage-error.ts';
import { RateLimiter } from '../rate-limit/rate-limiter.ts';
import { consoleSink } from './console-sink.ts';
import { Logger } from './logger.ts';
import { Secret } from './secret.ts';

const CANARY = 'cänary/9f+3 "of thirty-two bytes" or more';
const JWT = 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJjYW5hcnkiOiJjYW5hcnkifQ.Y2FuYXJ5LWNhbmFyeS1jYW5hcnk';
const bytes = Buffer.from(CANARY);
const traces = [
  CANARY,
  bytes.toString('base64'),
  bytes.toString('base64url'),
  bytes.toString('hex'),
  encodeURIComponent(CANARY),
  encodeURIComponent(encodeURIComponent(CANARY)),
  JSON.stringify(CANARY).slice(1, -1),
  JSON.stringify(JSON.stringify(CANARY)).slice(3, -3),
  ...JWT.split('.'),
];

function expectNoTrace(shown: string): void {
  for (const trace of traces) expect(shown).not.toContain(trace);
}

/** All that may be printed of a value. */
function everyView(value: unknown): string {
  const views = [String(value), JSON.stringify(value) ?? ''];
  for (const customInspect of [true, false]) {
    views.push(inspect(value, { showHidden: true, depth: Number.POSITIVE_INFINITY, customInspect }));
  }
  if (value instanceof Error) {
    views.push(String(value.stack), everyView(value.cause));
    for (const key of Reflect.ownKeys(value)) views.push(inspect(Reflect.get(value, key), { showHidden: true }));
  }
  return views.join('\n');
}

/**
 * What a careless client may put into an error. The last four are recognised by their form, whichever class of error
 * contains them.
 */
const leaks: Readonly<Record<string, string>> = {
  'the bare secret': `refused ${CANARY}`,
  base64: bytes.toString('base64'),
  hexadecimal: bytes.toString('hex'),
  'basic credentials': `Basic ${Buffer.from(`user:${CANARY}`).toString('base64')}`,
  'a signed URL': `GET https://h.example/${JWT}/a.mp4?token=${encodeURIComponent(CANARY)} failed`,
  'JSON in JSON': JSON.stringify(JSON.stringify({ headers: { authorization: `Bearer ${CANARY}` } })),
  'a token in a header': `authorization: Bearer ${JWT}`,
};

const RECOGNISED: readonly string[] = Object.values(leaks).slice(-4);

const faults: Readonly<Record<string, (message: string) => unknown>> = {
  'an error of Node': (message) =>
    Object.assign(new Error(message, { cause: new Error(message) }), { code: 'ECONNRESET' }),
  'a fetch that failed': (message) => new TypeError('fetch failed', { cause: new Error(message) }),
  'a backend that is down': (message) => new BackendError('BACKEND_UNAVAILABLE', message),
  'a backend that throttles': (message) => new BackendError('BACKEND_THROTTLED', message, { retryAfterMs: 5 }),
  'a backend that refuses': (message) => new BackendError('BACKEND_REFUSED', message, { cause: message }),
  'a deadline': (message) => new TimeoutError(message),
  'a store that is away': (message) => new StoreUnavailableError(message),
  'a store that says why': (message) => new StoreUnavailableError(undefined, { cause: new Error(message) }),
  'thrown text': (message) => message,
};

const request = {
  ...{ userId: 'student', contextId: 'assignment', fileName: 'a.mp4', sizeBytes: 1000, mimeType: 'video/mp4' },
  uploadId: '0123456789abcdef0123456789abcdef',
};

/** Every public method, with a reference that was issued before. */
const methods: Readonly<Record<string, (storage: ArrayStorage, uploadReference: string) => Promise<unknown>>> = {
  getUploadUrl: (storage) => storage.getUploadUrl(request),
  confirmUpload: (storage, uploadReference) => storage.confirmUpload(uploadReference, { userId: 'student' }),
  'confirmUpload of another': (storage, uploadReference) => storage.confirmUpload(uploadReference, { userId: 'x' }),
  abortUpload: (storage, uploadReference) => storage.abortUpload(uploadReference, { userId: 'student' }),
  getPlaybackUrl: (storage) => storage.getPlaybackUrl(request.uploadId),
  deleteVideo: (storage) => storage.deleteVideo(request.uploadId),
  videoExists: (storage) => storage.videoExists(request.uploadId),
  getVideoMetadata: (storage) => storage.getVideoMetadata(request.uploadId),
  listVideos: (storage) => storage.listVideos(),
  eachVideo: (storage) => eachVideo(storage).next(),
};

async function setUp() {
  const lines: string[] = [];
  const records: LogRecord[] = [];
  const write = (line: string) => void lines.push(line);
  const toConsole = consoleSink({ debug: write, info: write, warn: write, error: write });
  const secret = new Secret(CANARY);
  const clock = new ManualClock({ autoAdvance: true });
  const sink = (record: LogRecord) => {
    records.push(record);
    toConsole(record);
  };
  const logger = new Logger({ sink, level: 'debug', clock, secrets: [secret] });
  const rateLimiter = new RateLimiter({ keySecret: CANARY });
  const storage = new ArrayStorage({ clock, logger, rateLimiter, referenceSecrets: [secret, CANARY] });
  const { uploadReference } = await storage.getUploadUrl(request);
  return { storage, logger, rateLimiter, secret, lines, records, uploadReference };
}

/** Each kind of error with each leak, and each method with each leak. */
const combinations = oneOfEach(
  Object.keys(faults).flatMap((fault) =>
    Object.keys(methods).map((method) => Object.values(leaks).map((leak) => ({ fault, method, leak }))),
  ),
);

describe.each(Object.keys(faults))('T-H1: %s', (fault) => {
  test.each(Object.keys(methods))(
    '%s shows no canary secret in the log, on the console, or when the storage is inspected',
    async (method) => {
      const console = vi.spyOn(globalThis.console, 'error').mockReturnValue();
      const output = vi.spyOn(process.stdout, 'write');
      for (const { leak } of combinations.filter((each) => each.fault === fault && each.method === method)) {
        const { storage, logger, rateLimiter, secret, lines, records, uploadReference } = await setUp();
        const thrown = faults[fault]?.(leak);
        storage.before = () => {
          throw thrown;
        };
        const caught: unknown = await methods[method]?.(storage, uploadReference).then(
          () => expect.unreachable(),
          (error: unknown) => error,
        );
        // The error that a backend threw, and its cause, are the backend's; no error of this library contains the canary.
        if (caught !== thrown) expectNoTrace(everyView(caught));
        else if (isVideoStorageError(caught) && RECOGNISED.includes(leak)) {
          Reflect.deleteProperty(caught, 'cause');
          expectNoTrace(everyView(caught));
        }
        expectNoTrace(lines.join('\n'));
        for (const each of [records, storage, logger, rateLimiter, secret]) expectNoTrace(everyView(each));
        expectNoTrace(everyView(new Error(`x ${secret}`, { cause: { secret, storage } })));
        expect(logger.droppedCount).toBe(0);
        expect(records.length).toBeGreaterThan(0);
        for (const line of lines) expect(line).not.toContain(uploadReference);
      }
      expect(console).not.toHaveBeenCalled();
      expectNoTrace(output.mock.calls.map(String).join('\n'));
      vi.restoreAllMocks();
    },
  );
});

test('T-H2, T-H3: an error shows only code, message, retryable, wait and problems', async () => {
  const { storage, uploadReference } = await setUp();
  const attempts = [
    storage.getUploadUrl({ ...request, sizeBytes: -1 }),
    storage.confirmUpload('forged', { userId: 'student' }),
    storage.confirmUpload(uploadReference, { userId: 'student' }),
    storage.getVideoMetadata(request.uploadId),
  ];
  for (const error of await Promise.all(attempts.map((each) => each.catch((reason: unknown) => reason)))) {
    expect(isVideoStorageError(error)).toBe(true);
    const allowed = ['code', 'message', 'retryable', 'retryAfterMs', 'problems'];
    expect(allowed).toEqual(expect.arrayContaining(Object.keys(JSON.parse(JSON.stringify(error)))));
    expectNoTrace(everyView(error));
  }
});
